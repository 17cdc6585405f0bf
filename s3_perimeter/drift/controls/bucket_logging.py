"""Access logs go where they are declared to go."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-logging",
    title="access logs go where they are declared to go",
    severity=Severity.HIGH,
    impact=(
        "Without logs, misuse leaves no trace; at another target, somebody else can read who requests what."
    ),
    reads=lambda bucket: [s3.logging(bucket)],
    parts=("s3/bucketLogging",),
    inline=("logging",),
    default="no access log",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketLogging")
    given = part.properties if part else bucket.inline.block("logging")
    declared = _target(given.text("targetBucket"), given.text("targetPrefix"))
    enabled = (context(s3.logging(bucket)) or {}).get("LoggingEnabled") or {}
    observed = _target(enabled.get("TargetBucket"), enabled.get("TargetPrefix"))
    if observed == declared:
        return
    if declared is None:
        yield Difference(
            Kind.UNMANAGED,
            Severity.MEDIUM,
            None,
            observed,
            f"the record of every request goes to {observed}: its readers see object keys, requesters and "
            "addresses",
            f"aws s3api put-bucket-logging {on(bucket)} --bucket-logging-status {{}}",
        )
    else:
        detail = (
            "requests are no longer recorded: what happens to the data now leaves no trace"
            if observed is None
            else f"requests are recorded at {observed} now, where your people cannot read them"
        )
        yield changed(Severity.HIGH, declared, observed, detail, redeploy(context))


def _target(bucket: str | None, prefix: str | None) -> str | None:
    return f"s3://{bucket}/{prefix or ''}" if bucket else None
