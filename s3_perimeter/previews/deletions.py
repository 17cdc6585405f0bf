"""What a preview takes off a bucket that stays. The policy pack is shown no deletes, so it cannot know.

S3 keeps one policy, one public-access block and so on a bucket. Where a program renames the resource that
declares one, the engine first puts what has the new name, and then deletes what has the old one: the bucket
is left with none, and every later preview passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from s3_perimeter.previews.violations import Violation

__all__ = ["RULE", "Step", "taken_off"]

RULE: Final = "bucket-keeps-what-fences-it"
SUMMARY: Final = "No bucket loses its policy or another safeguard while the bucket itself stays."
DELETES: Final = ("delete", "delete-replaced")
BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws-native:s3:Bucket")
SAFEGUARDS: Final[Mapping[str, str]] = {
    "aws-native:s3:BucketPolicy": "bucket policy",
    **{
        f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}": what
        for what, kinds in {
            "bucket policy": ("BucketPolicy",),
            "public-access block": ("BucketPublicAccessBlock",),
            "object ownership": ("BucketOwnershipControls",),
            "default encryption": (
                "BucketServerSideEncryptionConfiguration",
                "BucketServerSideEncryptionConfigurationV2",
            ),
            "versioning": ("BucketVersioning", "BucketVersioningV2"),
            "access logging": ("BucketLogging", "BucketLoggingV2"),
        }.items()
        for kind in kinds
    },
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a preview: what is done to a resource, and what the state says of it."""

    op: str
    urn: str
    type: str
    bucket: str | None
    retained: bool

    @classmethod
    def of(cls, op: str, urn: str, kind: str, old: Mapping[str, Any], retained: bool) -> Step:
        """Read one; ``old`` is the resource's inputs in the state, over its outputs."""
        name = old.get("bucket") or old.get("bucketName")
        known = isinstance(name, str) and name != "[secret]"
        return cls(op, urn, kind, str(name).rpartition(":::")[2] if known else None, retained)

    @property
    def deletes(self) -> bool:
        """Whether the resource itself is deleted in AWS."""
        return self.op in DELETES and not self.retained


def taken_off(steps: Iterable[Step]) -> Iterator[Violation]:
    """Yield a mandatory violation for each safeguard that is deleted while its bucket stays."""
    known = list(steps)
    going = {step.bucket for step in known if step.type in BUCKETS and step.deletes} - {None}
    for step in known:
        if step.type in SAFEGUARDS and step.deletes and step.bucket not in going:
            name = step.urn.rpartition("::")[2]
            what = SAFEGUARDS[step.type]
            where = f"bucket `{step.bucket}`" if step.bucket else f"the bucket of `{name}`"
            yield Violation(
                rule=RULE,
                pack="s3-perimeter",
                level="mandatory",
                urn=step.urn,
                summary=SUMMARY,
                detail=f"{where}: its {what} `{name}` is deleted while the bucket stays. S3 stores one "
                f"{what} per bucket, so its replacement is deleted with it, and no later preview shows that\n"
                f"fix: {FIX}",
            )


FIX: Final = (
    "if it only got another name or parent in the program, add the old one as an alias "
    "(`aliases=[pulumi.Alias(name=…)]`); if it has to be replaced, or its bucket has `retain_on_delete`, "
    "set `retain_on_delete` on it as well and deploy that first"
)
