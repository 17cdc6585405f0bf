"""aws.s3.BucketVersioning."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, table, text
from local.provider.types.bucket_part import BucketPart, owner
from local.provider.values import Props

FORM = block(
    {"status": text(required=True), "mfaDelete": text(computed=True, aws="MFADelete")},
    required=True,
)


class BucketVersioning(BucketPart):
    """Whether a bucket keeps the versions of its objects. It is never gone: it can only be suspended."""

    token = "aws:s3/bucketVersioning:BucketVersioning"  # noqa: S105
    aliases = ("aws:s3/bucketVersioningV2:BucketVersioningV2",)
    title = "S3 Bucket Versioning"
    put, get, body = "put_bucket_versioning", "get_bucket_versioning", "VersioningConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "versioningConfiguration": FORM,
            "expectedBucketOwner": text(replaces=True, kept=True),
            "mfa": text(kept=True),
            "region": REGION,
        }
    )

    def mistakes(self, inputs: Props) -> dict[str, str]:
        status = inputs["versioningConfiguration"].get("status")
        if isinstance(status, str) and status not in ("Enabled", "Suspended", "Disabled"):
            return {
                "versioningConfiguration.status": "expected versioning_configuration.0.status to be one of "
                f'["Enabled" "Suspended" "Disabled"], got {status}'
            }
        return {}

    def write(self, session: Any, inputs: Props) -> None:
        """Put it; "Disabled" means that it was never put, so there is nothing to do."""
        if inputs["versioningConfiguration"]["status"] != "Disabled":
            super().write(session, inputs)

    def arguments(self, inputs: Props) -> Props:
        device = {"MFA": inputs["mfa"]} if inputs.get("mfa") else {}
        wanted = FORM.to_aws(inputs["versioningConfiguration"])
        return {self.body: {key: value for key, value in wanted.items() if value}, **device}

    def from_body(self, answer: Props) -> Props:
        found = FORM.from_aws(answer)
        return {"versioningConfiguration": {"status": "Disabled", **found}}

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        if state["versioningConfiguration"]["status"] == "Enabled":
            s3.put_bucket_versioning(Bucket=bucket, **{self.body: {"Status": "Suspended"}}, **owner(state))
