"""aws.s3.Bucket."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local.provider.declared import Details
from local.provider.failures import CancelledError, code, eventually, if_there
from local.provider.resource import AutoName, Resource
from local.provider.scalars import empty
from local.provider.session import Session
from local.provider.structures import from_tags, to_tags, unchanged
from local.provider.tags import wanted_tags
from local.provider.types.s3_inline import INLINE, refuse
from local.provider.values import Props

CREATED = {
    "acl": "ACL",
    "bucket": "Bucket",
    "bucketNamespace": "BucketNamespace",
    "objectLockEnabled": "ObjectLockEnabledForBucket",
}
"""The arguments of CreateBucket, by property."""


class Bucket(Resource):
    """A bucket, with what older programs declare inside it."""

    token = "aws:s3/bucket:Bucket"  # noqa: S105
    title = "S3 Bucket"
    auto_name = AutoName("bucket", longest=63, lower=True, instead="bucketPrefix")
    details = Details(
        replaces="bucket bucketNamespace bucketPrefix objectLockEnabled",
        kept="acl bucketPrefix forceDestroy",
        unordered="serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
        computed="serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
        documents="policy website.routingRules",
        defaults={"forceDestroy": False},
    )

    def create(self, session: Session, inputs: Props) -> str:
        refuse(inputs["bucket"], [key for key, value in inputs.items() if not empty(value)])
        region = inputs.get("region") or session.region
        s3 = session.client("s3", region)
        arguments: Props = {argument: inputs[key] for key, argument in CREATED.items() if inputs.get(key)}
        if region != "us-east-1":
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
        eventually(lambda: s3.create_bucket(**arguments), being_changed, session.cancelled)
        return str(inputs["bucket"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        changed = [key for key in new if not unchanged(self.properties[key], old.get(key), new[key])]
        refuse(identity, changed)
        region = {"region": new.get("region")}
        s3 = session.client("s3", new.get("region"))
        self.tag(session, s3, identity, old, new)
        for name, inline in INLINE.items():
            if name in changed and new[name] is not None:
                inline.write(session, identity, region, old.get(name), new[name])
        if old and new.get("acl") and "acl" in changed:
            # A first one went with the creation: S3 refuses even "private" afterwards.
            s3.put_bucket_acl(Bucket=identity, ACL=new["acl"])

    def tag(self, session: Session, s3: Any, bucket: str, old: Props, new: Props) -> None:
        """Bring the bucket's tags to the program's over the provider's default tags."""
        wanted = wanted_tags(session, new)
        if wanted == (old.get("tagsAll") or {}):
            return
        if wanted:
            s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": to_tags(wanted)})
        else:
            s3.delete_bucket_tagging(Bucket=bucket)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        s3 = session.client("s3", state.get("region"))
        head = if_there(lambda: s3.head_bucket(Bucket=identity), "NoSuchBucket", "NotFound")
        if head is None:
            return None
        tags = if_there(lambda: s3.get_bucket_tagging(Bucket=identity), "NoSuchTagSet", "NoSuchTagSetError")
        lock = if_there(
            lambda: s3.get_object_lock_configuration(Bucket=identity), "ObjectLockConfigurationNotFoundError"
        )
        locked = (lock or {}).get("ObjectLockConfiguration") or {}
        region = head.get("BucketRegion") or state.get("region") or session.region
        found = {name: inline.read(session, identity, {"region": region}) for name, inline in INLINE.items()}
        known = {name: value for name, value in found.items() if value is not None}
        suffix = session.dns_suffix
        return {
            **known,
            "bucket": identity,
            "arn": f"arn:{session.partition}:s3:::{identity}",
            "bucketDomainName": f"{identity}.s3.{suffix}",
            "bucketNamespace": head.get("BucketNamespace") or "global",
            "bucketRegion": region,
            "bucketRegionalDomainName": f"{identity}.s3.{region}.{suffix}",
            "objectLockEnabled": locked.get("ObjectLockEnabled") == "Enabled",
            "region": region,
            "tags": from_tags((tags or {}).get("TagSet")),
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
                if code(error) == "NoSuchBucket":
                    return
                if not (force and code(error) == "BucketNotEmpty"):
                    raise
                # Something was written since (an access log, say): empty it again, as the real one does.
            else:
                return
        raise CancelledError("the operation was cancelled")


def being_changed(error: BaseException) -> bool:
    """Whether S3 is still busy with an operation on a bucket of this name."""
    return code(error) == "OperationAborted"


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
