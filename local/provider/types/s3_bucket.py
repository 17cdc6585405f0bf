"""aws.s3.Bucket."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local.provider.declared import Details
from local.provider.failures import CancelledError, eventually, gone
from local.provider.resource import AutoName, Resource
from local.provider.session import Session
from local.provider.structures import from_tags, to_tags, unchanged
from local.provider.types.s3_inline import INLINE, refuse
from local.provider.types.s3_website import website_domain
from local.provider.values import Props

HOSTED_ZONES = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-northeast-3": "Z2YQB5RD63NC85",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
}
"""Route 53's zones of S3's endpoints ("Amazon S3 endpoints and quotas")."""


class Bucket(Resource):
    """A bucket, with what older programs declare inside it."""

    token = "aws:s3/bucket:Bucket"  # noqa: S105
    title = "S3 Bucket"
    auto_name = AutoName("bucket", longest=63, lower=True, instead="bucketPrefix")
    details = Details(
        replaces="bucket bucketNamespace bucketPrefix objectLockEnabled",
        kept="acl bucketPrefix forceDestroy",
        unordered="grants grants.permissions lifecycleRules.noncurrentVersionTransitions "
        "lifecycleRules.transitions replicationConfiguration.rules "
        "serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
        computed="lifecycleRules.id replicationConfiguration.rules.id "
        "serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
        documents="policy website.routingRules",
        defaults={"forceDestroy": False},
    )

    def create(self, session: Session, inputs: Props) -> str:
        region = inputs.get("region") or session.region
        s3 = session.client("s3", region)
        arguments: Props = {"Bucket": inputs["bucket"]}
        if region != "us-east-1":
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
        if inputs.get("objectLockEnabled"):
            arguments["ObjectLockEnabledForBucket"] = True
        if inputs.get("acl"):
            arguments["ACL"] = inputs["acl"]
        if inputs.get("bucketNamespace"):
            arguments["BucketNamespace"] = inputs["bucketNamespace"]
        eventually(lambda: s3.create_bucket(**arguments), being_changed, session.cancelled)
        return str(inputs["bucket"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        refuse(
            identity,
            {key: new[key] for key in new if not unchanged(self.properties[key], old.get(key), new[key])},
        )
        region = {"region": new.get("region")}
        s3 = session.client("s3", new.get("region"))
        self.tag(session, s3, identity, old, new)
        for name, inline in INLINE.items():
            wanted = new.get(name)
            if wanted is not None and not unchanged(self.properties[name], old.get(name), wanted):
                inline.write(session, identity, region, old.get(name), wanted)
        if old and new.get("acl") and not self.same("acl", old, new):
            # A first one went with the creation: S3 refuses even "private" afterwards.
            s3.put_bucket_acl(Bucket=identity, ACL=new["acl"])

    def tag(self, session: Session, s3: Any, bucket: str, old: Props, new: Props) -> None:
        """Bring the bucket's tags to the program's over the provider's default tags."""
        before = old.get("tagsAll") or {}
        wanted = {**session.default_tags, **(new.get("tags") or {})}
        if wanted == before:
            return
        if wanted:
            s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": to_tags(wanted)})
        else:
            s3.delete_bucket_tagging(Bucket=bucket)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        s3 = session.client("s3", state.get("region"))
        try:
            head = s3.head_bucket(Bucket=identity)
        except ClientError as error:
            if gone(error, {"NoSuchBucket", "NotFound"}):
                return None
            raise
        region = head.get("BucketRegion") or state.get("region") or session.region
        found = {name: inline.read(session, identity, {"region": region}) for name, inline in INLINE.items()}
        known = {name: value for name, value in found.items() if value is not None}
        suffix = session.dns_suffix
        if known.get("website"):
            known["websiteDomain"] = website_domain(region, suffix)
            known["websiteEndpoint"] = f"{identity}.{known['websiteDomain']}"
        return {
            **known,
            "bucket": identity,
            "arn": f"arn:{session.partition}:s3:::{identity}",
            "bucketDomainName": f"{identity}.s3.{suffix}",
            "bucketNamespace": head.get("BucketNamespace") or "global",
            "bucketRegion": region,
            "bucketRegionalDomainName": f"{identity}.s3.{region}.{suffix}",
            "hostedZoneId": HOSTED_ZONES.get(region, ""),
            "objectLockEnabled": has_object_lock(s3, identity),
            "region": region,
            "tags": bucket_tags(s3, identity),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        s3 = session.client("s3", state.get("region"))
        force = bool(state.get("forceDestroy"))
        while not session.cancelled.is_set():
            try:
                if force:
                    empty_bucket(s3, identity, bypass=bool(state.get("objectLockEnabled")))
                eventually(lambda: s3.delete_bucket(Bucket=identity), being_changed, session.cancelled)
            except ClientError as error:
                if gone(error, {"NoSuchBucket"}):
                    return
                if not (force and error.response["Error"]["Code"] == "BucketNotEmpty"):
                    raise
                # Something was written since (an access log, say): empty it again, as the real one does.
            else:
                return
        raise CancelledError("the operation was cancelled")


def being_changed(error: BaseException) -> bool:
    """Whether S3 is still busy with an operation on a bucket of this name."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "OperationAborted"


def has_object_lock(s3: Any, bucket: str) -> bool:
    """Whether the bucket was made with object lock."""
    try:
        found = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError as error:
        if gone(error, {"ObjectLockConfigurationNotFoundError"}):
            return False
        raise
    return bool(found.get("ObjectLockEnabled") == "Enabled")


def bucket_tags(s3: Any, bucket: str) -> dict[str, str]:
    """The bucket's tags."""
    try:
        return from_tags(s3.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except ClientError as error:
        if gone(error, {"NoSuchTagSet", "NoSuchTagSetError"}):
            return {}
        raise


def empty_bucket(s3: Any, bucket: str, *, bypass: bool) -> None:
    """Delete every version of every object and every delete marker; S3 itself ends unfinished uploads."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*(page.get("Versions") or []), *(page.get("DeleteMarkers") or [])]
        keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        for start in range(0, len(keys), 1000):
            s3.delete_objects(
                Bucket=bucket,
                Delete={"Objects": keys[start : start + 1000], "Quiet": True},
                **({"BypassGovernanceRetention": True} if bypass else {}),
            )
