"""Replication copies the data only where it is declared to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.filters import declared_filter, observed_filter
from s3_perimeter.drift.judging.words import on, other_rules
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]

Rule = dict[str, Any]


@control(
    about=Bucket,
    id="bucket-replication",
    title="replication copies the data only where it is declared to",
    severity=Severity.CRITICAL,
    impact="S3 itself copies every new object, and no network condition of the policy stops that.",
    reads=lambda bucket: [s3.replication(bucket)],
    parts=("s3/bucketReplicationConfig",),
    inline=("replicationConfiguration",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketReplicationConfig")
    given = part.properties if part else bucket.inline.block("replicationConfiguration")
    declared = [_declared(rule) for rule in given.blocks("rules")]
    answer = Block("the answer", context(s3.replication(bucket)) or {})
    observed = [_observed(rule) for rule in answer.block("ReplicationConfiguration").blocks("Rules")]
    targets = ", ".join(sorted({str(rule["to"]) for rule in observed}))
    yield from other_rules(
        declared,
        observed,
        Severity.CRITICAL,
        context,
        undeclared=f"every new object is copied to {targets}, whatever the bucket's policy says",
        remove=f"aws s3api delete-bucket-replication {on(bucket)}",
        otherwise="new objects are copied elsewhere or by another rule than declared, or no longer",
    )


def _declared(rule: Block) -> Rule:
    """Return where a rule of the state copies which objects. Raises ShapeError."""
    target, (prefix, tags) = rule.block("destination"), declared_filter(rule)
    return {
        "to": target.text("bucket"),
        "account": target.text("account") or target.text("accountId"),
        "status": rule.text("status"),
        "prefix": prefix,
        "tags": tags,
    }


def _observed(rule: Block) -> Rule:
    target, (prefix, tags) = rule.block("Destination"), observed_filter(rule)
    return {
        "to": target.text("Bucket"),
        "account": target.text("Account"),
        "status": rule.text("Status"),
        "prefix": prefix,
        "tags": tags,
    }
