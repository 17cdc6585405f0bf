"""The settings of a bucket: access, ownership, versions, encryption, logs, lifecycle."""

from __future__ import annotations

from typing import Any

from local.provider.declared import Details
from local.provider.failures import says
from local.provider.session import Session
from local.provider.structures import Pairs
from local.provider.types.s3_part import BucketPart, owner
from local.provider.values import Props

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


class BucketPolicy(BucketPart):
    """The bucket's policy document."""

    token = "aws:s3/bucketPolicy:BucketPolicy"  # noqa: S105  (a type token)
    title = "S3 Bucket Policy"
    setting, absent = "bucket_policy", "NoSuchBucketPolicy"

    def passing(self, error: BaseException) -> bool:
        """Whether the error passes by itself: a principal that was just made is not known to S3 at once."""
        return super().passing(error) or says(error, "MalformedPolicy", "Invalid principal in policy")

    def arguments(self, inputs: Props) -> Props:
        return {"Policy": inputs["policy"]}

    def from_answer(self, answer: Props) -> Props:
        return {"policy": answer["Policy"]}


class BucketPublicAccessBlock(BucketPart):
    """The four public-access blocks of a bucket."""

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"  # noqa: S105
    title = "S3 Bucket Public Access Block"
    setting, body = "public_access_block", "PublicAccessBlockConfiguration"
    absent = "NoSuchPublicAccessBlockConfiguration"
    details = Details(replaces="bucket", defaults=dict.fromkeys(BLOCKS, False))


class BucketOwnershipControls(BucketPart):
    """Who owns the objects: with BucketOwnerEnforced, ACLs are off."""

    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"  # noqa: S105
    title = "S3 Bucket Ownership Controls"
    setting, body = "bucket_ownership_controls", "OwnershipControls"
    absent = "OwnershipControlsNotFoundError"

    def to_body(self, inputs: Props) -> Any:
        return {"Rules": [self.fields.to_aws(inputs)["Rule"]]}

    def from_answer(self, answer: Props) -> Props | None:
        rules = answer[self.body]["Rules"]
        return self.fields.from_aws({"Rule": rules[0]}) if rules else None


class BucketVersioning(BucketPart):
    """Whether a bucket keeps the versions of its objects. It is never gone: it can only be suspended."""

    token = "aws:s3/bucketVersioning:BucketVersioning"  # noqa: S105
    aliases = ("aws:s3/bucketVersioningV2:BucketVersioningV2",)
    title = "S3 Bucket Versioning"
    setting, body = "bucket_versioning", "VersioningConfiguration"
    details = Details(replaces="bucket", kept="mfa", computed="versioningConfiguration.mfaDelete")

    def mistakes(self, inputs: Props) -> dict[str, str]:
        status = inputs["versioningConfiguration"].get("status")
        if isinstance(status, str) and status not in ("Enabled", "Suspended", "Disabled"):
            return {
                "versioningConfiguration.status": "expected versioning_configuration.0.status to be one of "
                f'["Enabled" "Suspended" "Disabled"], got {status}'
            }
        return {}

    def write(self, session: Session, inputs: Props) -> None:
        """Put it; "Disabled" means that it was never put, so there is nothing to do."""
        if inputs["versioningConfiguration"]["status"] != "Disabled":
            super().write(session, inputs)

    def arguments(self, inputs: Props) -> Props:
        device = {"MFA": inputs["mfa"]} if inputs.get("mfa") else {}
        wanted = self.fields.to_aws(inputs)[self.body]
        return {self.body: {key: value for key, value in wanted.items() if value}, **device}

    def from_answer(self, answer: Props) -> Props:
        found = self.properties["versioningConfiguration"].from_aws(answer)
        return {"versioningConfiguration": {"status": "Disabled", **found}}

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        if state["versioningConfiguration"]["status"] == "Enabled":
            s3.put_bucket_versioning(Bucket=bucket, **{self.body: {"Status": "Suspended"}}, **owner(state))


class BucketEncryption(BucketPart):
    """How a bucket encrypts what comes without a wish of its own, and which wishes it refuses."""

    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",)
    title = "S3 Bucket Server-side Encryption Configuration"
    setting, body = "bucket_encryption", "ServerSideEncryptionConfiguration"
    absent = "ServerSideEncryptionConfigurationNotFoundError"
    details = Details(
        replaces="bucket",
        unordered="rules rules.blockedEncryptionTypes",
        computed="rules.blockedEncryptionTypes",
    )

    def to_body(self, inputs: Props) -> Any:
        rules = self.fields.to_aws(inputs)["Rules"]
        for rule in rules:
            blocked = rule.pop("BlockedEncryptionTypes", None)
            if blocked:
                rule["BlockedEncryptionTypes"] = {"EncryptionType": blocked}
        return {"Rules": rules}

    def from_answer(self, answer: Props) -> Props | None:
        rules = [
            {
                **rule,
                "BlockedEncryptionTypes": (rule.get("BlockedEncryptionTypes") or {}).get("EncryptionType"),
            }
            for rule in answer[self.body]["Rules"]
        ]
        return self.fields.from_aws({"Rules": rules}) if rules else None


class BucketLogging(BucketPart):
    """Where S3 writes the server access logs of a bucket."""

    token = "aws:s3/bucketLogging:BucketLogging"  # noqa: S105
    aliases = ("aws:s3/bucketLoggingV2:BucketLoggingV2",)
    title = "S3 Bucket Logging"
    setting, body = "bucket_logging", "BucketLoggingStatus"
    details = Details(
        replaces="bucket", unordered="targetGrants", computed="targetGrants.grantee.displayName"
    )

    def to_body(self, inputs: Props) -> Any:
        return {"LoggingEnabled": self.fields.to_aws(inputs)}

    def from_answer(self, answer: Props) -> Props | None:
        enabled = answer.get("LoggingEnabled")
        return {"targetPrefix": "", **self.fields.from_aws(enabled)} if enabled else None

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        s3.put_bucket_logging(Bucket=bucket, **{self.body: {}}, **owner(state))


MINIMUM = "transitionDefaultMinimumObjectSize"


class BucketLifecycle(BucketPart):
    """When S3 moves objects to other storage classes and when it deletes them."""

    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",)
    title = "S3 Bucket Lifecycle Configuration"
    setting, body = "bucket_lifecycle_configuration", "LifecycleConfiguration"
    absent = "NoSuchLifecycleConfiguration"
    details = Details(
        replaces="bucket",
        kept="timeouts",
        unordered="rules.noncurrentVersionTransitions rules.transitions",
        forms={"rules.filter.and.tags": Pairs},
    )

    def arguments(self, inputs: Props) -> Props:
        minimum = {"TransitionDefaultMinimumObjectSize": inputs[MINIMUM]} if inputs.get(MINIMUM) else {}
        rules = self.properties["rules"].to_aws(inputs.get("rules") or [])
        return {self.body: {"Rules": [complete(rule) for rule in rules]}, **minimum}

    def from_answer(self, answer: Props) -> Props:
        minimum = answer.get("TransitionDefaultMinimumObjectSize") or "all_storage_classes_128K"
        return {"rules": self.properties["rules"].from_aws(answer.get("Rules")), MINIMUM: minimum}

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        s3.delete_bucket_lifecycle(Bucket=bucket, **owner(state))


def complete(rule: Props) -> Props:
    """Return one rule as S3 takes it: it has to have a filter or a prefix, and an empty filter is
    everything.
    """
    body = {key: value for key, value in rule.items() if value != []}
    if "Prefix" not in body and not body.get("Filter"):
        body["Filter"] = {"Prefix": ""}
    return body
