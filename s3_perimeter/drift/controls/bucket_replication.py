"""No replication copies the data to where it is not declared to go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend, on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketReplicationConfig")
    given = (part.get("rules") if part else None) or (bucket.inline("replicationConfiguration") or {}).get(
        "rules"
    )
    declared = [_rule(rule, "status", "destination", "bucket", "account") for rule in given or ()]
    answer = (view(s3.replication(bucket)) or {}).get("ReplicationConfiguration", {})
    observed = [_rule(rule, "Status", "Destination", "Bucket", "Account") for rule in answer.get("Rules", ())]
    if _texts(declared) == _texts(observed):
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
            "new objects are copied elsewhere than declared, or no longer",
            mend(view),
        )


def _rule(
    rule: Mapping[str, Any], status: str, destination: str, bucket: str, account: str
) -> dict[str, Any]:
    target = rule.get(destination) or {}
    return {"to": target.get(bucket), "account": target.get(account), "status": rule.get(status)}


def _texts(rules: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(rule) for rule in rules)


CONTROL = Control(
    id="bucket-replication",
    title="no replication copies the data to where it is not declared to go",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="Replication carries every new object out, by S3 itself: no network condition of the policy "
    "stops it.",
    reads=lambda bucket: [s3.replication(bucket)],
    judge=judge,
)
