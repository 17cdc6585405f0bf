"""The declared group exists."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import gone
from s3_perimeter.drift.subjects import Group

__all__ = ["judge"]


@control(
    about=Group,
    id="group-exists",
    title="the declared group exists",
    severity=Severity.HIGH,
    impact="Its members no longer have what its policies allowed.",
    reads=lambda group: [iam.group(group.name)],
    preliminary=True,
)
def judge(group: Group, context: Context) -> Iterator[Difference]:
    if context(iam.group(group.name)) is None:
        yield gone(group, "group", "nobody has what it allowed", context)
