"""No replication copies the data to where it is not declared to go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.words import changed, on, redeploy
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

Rule = dict[str, Any]


def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketReplicationConfig")
    given = part.properties if part else bucket.inline.block("replicationConfiguration")
    declared = [_declared(rule) for rule in given.blocks("rules")]
    answer = Block("the answer", context(s3.replication(bucket)) or {})
    observed = [_observed(rule) for rule in answer.block("ReplicationConfiguration").blocks("Rules")]
    if sorted(declared, key=str) == sorted(observed, key=str):
        return
    if not declared:
        targets = ", ".join(sorted({str(rule["to"]) for rule in observed}))
        yield Difference(
            Kind.UNMANAGED,
            Severity.CRITICAL,
            None,
            observed,
            f"every new object is copied to {targets}, whatever the bucket's policy says",
            f"aws s3api delete-bucket-replication {on(bucket)}",
        )
    else:
        yield changed(
            Severity.CRITICAL,
            declared,
            observed or None,
            "new objects are copied elsewhere or by another rule than declared, or no longer",
            redeploy(context),
        )


def _declared(rule: Block) -> Rule:
    """Where a rule of the state copies which objects. Raises ShapeError."""
    where, target = rule.block("filter"), rule.block("destination")
    several, tag = where.block("and"), where.block("tag")
    tags = {**where.strings("tags"), **several.strings("tags")}
    if tag:
        tags[tag.text("key") or ""] = tag.text("value") or ""
    return {
        "to": target.text("bucket"),
        "account": target.text("account") or target.text("accountId"),
        "status": rule.text("status"),
        "prefix": where.text("prefix") or several.text("prefix") or rule.text("prefix"),
        "tags": dict(sorted(tags.items())),
    }


def _observed(rule: Block) -> Rule:
    where, target = rule.block("Filter"), rule.block("Destination")
    several = where.block("And")
    listed = [*several.blocks("Tags"), *([where.block("Tag")] if where.get("Tag") else [])]
    tags = {tag.text("Key") or "": tag.text("Value") or "" for tag in listed}
    return {
        "to": target.text("Bucket"),
        "account": target.text("Account"),
        "status": rule.text("Status"),
        "prefix": where.text("Prefix") or several.text("Prefix") or rule.text("Prefix"),
        "tags": dict(sorted(tags.items())),
    }


CONTROL = Control(
    id="bucket-replication",
    title="no replication copies the data to where it is not declared to go",
    scope="bucket",
    severity=Severity.CRITICAL,
    impact="Replication carries every new object out, by S3 itself: no network condition of the policy "
    "stops it.",
    reads=lambda bucket: [s3.replication(bucket)],
    judge=judge,
    parts=("s3/bucketReplicationConfig",),
    inline=("replicationConfiguration",),
)
