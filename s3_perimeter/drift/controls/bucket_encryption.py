"""Default encryption is as declared: algorithm, key, bucket key, blocked encryption types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket, encryption_rule
from s3_perimeter.stack.state import Block

__all__ = ["judge"]

_KMS: Final = "aws:kms"


@control(
    about=Bucket,
    id="bucket-encryption",
    title="default encryption is as declared: algorithm, key, bucket key, blocked types",
    severity=Severity.HIGH,
    impact="Another key is another list of people who can decrypt. Where SSE-C is no longer blocked, an "
    "uploader can encrypt your objects with a key that only they hold.",
    reads=lambda bucket: [s3.encryption(bucket)],
    parts=("s3/bucketServerSideEncryptionConfiguration",),
    inline=("serverSideEncryptionConfiguration",),
    default="AES256, with keys that S3 manages",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield the difference in default encryption.

    Blocked types are compared only if they are declared, because S3 fills in its own default. The bucket key
    is compared only if both sides encrypt with KMS, because it has no effect on S3's own keys.
    """
    rule = encryption_rule(bucket)
    declared, observed = _declared(rule), _observed(context(s3.encryption(bucket)) or {})
    compared = ["algorithm", "key"]
    compared += ["bucket key"] if declared["algorithm"] == observed["algorithm"] == _KMS else []
    compared += ["blocked types"] if declared["blocked types"] else []
    aspects = [aspect for aspect in compared if not _same(aspect, declared[aspect], observed[aspect])]
    if not aspects:
        return
    detail = f"new objects are encrypted otherwise ({', '.join(aspects)})"
    if set(aspects) & {"algorithm", "key"}:
        detail += f": who may decrypt them changed{_stranger(observed['key'], bucket)}"
    if rule:
        yield changed(Severity.HIGH, declared, observed, detail, redeploy(context))
    else:
        fix = f"aws s3api delete-bucket-encryption {on(bucket)}, or declare the encryption that is meant"
        yield Difference(
            Kind.UNMANAGED, Severity.HIGH, declared, observed, f"{detail}; nobody declared it", fix
        )


def _declared(rule: Block) -> dict[str, Json]:
    default = rule.block("applyServerSideEncryptionByDefault")
    return {
        "algorithm": default.text("sseAlgorithm") or "AES256",
        "key": default.text("kmsMasterKeyId"),
        "bucket key": rule.flag("bucketKeyEnabled"),
        "blocked types": sorted(rule.texts("blockedEncryptionTypes")) or None,
    }


def _observed(answer: Mapping[str, Any]) -> dict[str, Json]:
    """Return the observed encryption; if nothing is configured, S3 encrypts with its own keys (since January
    2023).
    """
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
    """Whether two names are of the same key: the ARN, or the id at its end."""
    if aspect == "key" and isinstance(declared, str) and isinstance(observed, str):
        return declared.rpartition("/")[2] == observed.rpartition("/")[2]
    return declared == observed


def _stranger(key: Json, bucket: Bucket) -> str:
    """Return the end of the sentence where the key belongs to another account."""
    fields = key.split(":") if isinstance(key, str) else []
    if len(fields) < 6 or not bucket.account or fields[4] == bucket.account:
        return ""
    return f", and account {fields[4]}, which owns the key, decides who that is"
