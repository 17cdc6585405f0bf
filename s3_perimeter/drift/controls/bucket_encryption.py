"""Default encryption is as declared: algorithm, key, bucket key, blocked encryption types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Bucket, encryption_rule
from s3_perimeter.drift.findings import Difference, Json, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    """Blocked types are compared where they are declared: S3 fills in a default of its own otherwise."""
    rule = encryption_rule(bucket)
    if not rule:
        return
    declared, observed = _declared(rule), _observed(view(s3.encryption(bucket)) or {})
    if declared["blocked types"] is None:
        del declared["blocked types"], observed["blocked types"]
    aspects = [aspect for aspect in declared if not _same(aspect, declared[aspect], observed[aspect])]
    if aspects:
        yield changed(
            Severity.HIGH,
            declared,
            observed,
            f"new objects are encrypted otherwise ({', '.join(aspects)}): who may decrypt them changed",
            mend(view),
        )


def _declared(rule: Mapping[str, Any]) -> dict[str, Json]:
    blocked = rule.get("blockedEncryptionTypes")
    return {
        "algorithm": rule.get("sseAlgorithm"),
        "key": rule.get("kmsMasterKeyId") or None,
        "bucket key": bool(rule.get("bucketKeyEnabled")),
        "blocked types": sorted(blocked) if blocked else None,
    }


def _observed(answer: Mapping[str, Any]) -> dict[str, Json]:
    """Where nothing is configured S3 encrypts with keys of its own all the same (since January 2023)."""
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules") or [{}]
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    blocked = rules[0].get("BlockedEncryptionTypes", {}).get("EncryptionType")
    return {
        "algorithm": default.get("SSEAlgorithm", "AES256"),
        "key": default.get("KMSMasterKeyID") or None,
        "bucket key": bool(rules[0].get("BucketKeyEnabled")),
        "blocked types": sorted(blocked) if blocked else None,
    }


def _same(aspect: str, declared: Json, observed: Json) -> bool:
    """A key is the same by its ARN and by the id at the end of it."""
    if aspect == "key" and isinstance(declared, str) and isinstance(observed, str):
        return declared.rpartition("/")[2] == observed.rpartition("/")[2]
    return declared == observed


CONTROL = Control(
    id="bucket-encryption",
    title="default encryption is as declared: algorithm, key, bucket key, blocked types",
    scope="bucket",
    severity=Severity.HIGH,
    lets="Another key is another list of people who can decrypt. Where SSE-C is no longer blocked, an "
    "uploader can "
    "encrypt your objects with a key that only they hold.",
    reads=lambda bucket: [s3.encryption(bucket)],
    judge=judge,
)
