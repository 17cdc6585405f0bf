"""The bucket is there."""

from __future__ import annotations

from collections.abc import Iterator

from drift.calls import s3
from drift.controls.control import Control, View
from drift.controls.words import mend
from drift.declared import Bucket
from drift.facts import Absent
from drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    if isinstance(view.facts.reading(s3.location(bucket)), Absent):
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            bucket.name,
            None,
            "the bucket is gone: its name is free, and whoever takes it receives what clients still send",
            mend(view),
        )


CONTROL = Control(
    id="bucket-exists",
    title="the bucket is there",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="A bucket's name is free once it is deleted: a stranger who takes it receives what your clients "
    "send.",
    reads=lambda bucket: [s3.location(bucket)],
    judge=judge,
    gate=True,
)
