"""aws.s3.BucketAcl."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, table, text, unordered
from local.provider.session import Session
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

GRANTEE = block(
    {
        "type": text(required=True),
        "displayName": text(computed=True),
        "emailAddress": text(),
        "id": text(aws="ID"),
        "uri": text(aws="URI"),
    }
)
FORM = block(
    {
        "owner": block(
            {"id": text(required=True, aws="ID"), "displayName": text(computed=True)}, required=True
        ),
        "grants": unordered(block({"permission": text(required=True), "grantee": GRANTEE})),
    },
    computed=True,
)
CANNED = (
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "log-delivery-write",
)


class BucketAcl(BucketPart):
    """The bucket's access control list. It is never gone: deleting it leaves it as it is."""

    token = "aws:s3/bucketAcl:BucketAcl"  # noqa: S105
    aliases = ("aws:s3/bucketAclV2:BucketAclV2",)
    title = "S3 Bucket ACL"
    put, get = "put_bucket_acl", "get_bucket_acl"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "accessControlPolicy": FORM,
            "acl": text(kept=True),
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        parts = [super().create(session, inputs), inputs.get("expectedBucketOwner"), inputs.get("acl")]
        return ",".join(str(part) for part in parts if part)

    def arguments(self, inputs: Props) -> Props:
        if inputs.get("acl"):
            return {"ACL": inputs["acl"]}
        return {"AccessControlPolicy": FORM.to_aws(inputs["accessControlPolicy"])}

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        bucket, *rest = identity.split(",")
        owner = {"expectedBucketOwner": rest[0]} if rest and rest[0].isdigit() else {}
        found = super().read(session, bucket, {**state, **owner})
        canned = {"acl": rest[-1]} if not state and rest and rest[-1] in CANNED else {}
        return None if found is None else {**found, **owner, **canned}

    def from_body(self, answer: Props) -> Props:
        return {"accessControlPolicy": FORM.from_aws(answer)}

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        """Leave it: the ACL goes with the bucket."""
