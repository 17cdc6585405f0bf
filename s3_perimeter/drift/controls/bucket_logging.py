"""Access logs go where they are declared to go."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend, on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketLogging")
    enabled = (view(s3.logging(bucket)) or {}).get("LoggingEnabled") or {}
    observed = _target(enabled.get("TargetBucket"), enabled.get("TargetPrefix"))
    inline = bucket.inline("logging") or {}
    if part is not None:
        declared = _target(part.text("targetBucket"), part.get("targetPrefix"))
    else:
        declared = _target(inline.get("targetBucket"), inline.get("targetPrefix"))
    if observed == declared:
        return
    if declared is None:
        yield Difference(
            Kind.UNMANAGED,
            Severity.MEDIUM,
            None,
            observed,
            f"the record of every request goes to {observed}: whoever reads there sees keys, requesters "
            "and addresses",
            f"aws s3api put-bucket-logging {on(bucket)} --bucket-logging-status {{}}",
        )
    else:
        detail = (
            "requests are no longer recorded: what happens to the data now leaves no trace"
            if observed is None
            else f"requests are recorded at {observed} now, where nobody of yours may look"
        )
        yield changed(Severity.HIGH, declared, observed, detail, mend(view))


def _target(bucket: str | None, prefix: str | None) -> str | None:
    return f"s3://{bucket}/{prefix or ''}" if bucket else None


CONTROL = Control(
    id="bucket-logging",
    title="access logs go where they are declared to go",
    scope="bucket",
    severity=Severity.HIGH,
    lets="Without logs, misuse leaves no trace; at another target, somebody else reads who asks for what.",
    reads=lambda bucket: [s3.logging(bucket)],
    judge=judge,
)
