"""aws.s3.BucketObject and BucketObjectv2."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from local.provider.assets import content_of
from local.provider.declared import Details
from local.provider.failures import code, eventually, gone
from local.provider.resource import AutoName, Resource
from local.provider.session import Session
from local.provider.structures import from_tags, to_tags, unchanged
from local.provider.types.s3_part import PASSING
from local.provider.values import Props

CONTENT = ("content", "contentBase64", "source", "sourceHash", "etag", "kmsKeyId")
HEADERS = {
    "cacheControl": "CacheControl",
    "contentDisposition": "ContentDisposition",
    "contentEncoding": "ContentEncoding",
    "contentLanguage": "ContentLanguage",
    "contentType": "ContentType",
    "metadata": "Metadata",
    "serverSideEncryption": "ServerSideEncryption",
    "storageClass": "StorageClass",
    "websiteRedirect": "WebsiteRedirectLocation",
}
LOCKS = {
    "objectLockLegalHoldStatus": "ObjectLockLegalHoldStatus",
    "objectLockMode": "ObjectLockMode",
    "objectLockRetainUntilDate": "ObjectLockRetainUntilDate",
}
CHECKSUMS = ("Crc32", "Crc32c", "Crc64nvme", "Sha1", "Sha256")
DETAILS = Details(
    replaces="bucket key",
    kept="acl content contentBase64 forceDestroy source sourceHash",
    computed="objectLockLegalHoldStatus objectLockMode objectLockRetainUntilDate",
    defaults={"forceDestroy": False},
)


class BucketObject(Resource):
    """An object; its id is its key."""

    token = "aws:s3/bucketObject:BucketObject"  # noqa: S105
    title = "S3 Object"
    auto_name = AutoName("key", random=False, instead=None)
    details = DETAILS

    def create(self, session: Session, inputs: Props) -> str:
        self.put(session, inputs)
        return str(inputs["key"])

    def put(self, session: Session, inputs: Props) -> None:
        """Upload the object with everything about it."""
        s3 = session.client("s3", inputs.get("region"))
        arguments: Props = {"Bucket": inputs["bucket"], "Key": inputs["key"], "Body": body_of(inputs)}
        for name, key in {**HEADERS, **LOCKS}.items():
            if inputs.get(name):
                arguments[key] = inputs[name]
        if inputs.get("acl"):
            arguments["ACL"] = inputs["acl"]
        if inputs.get("kmsKeyId"):
            arguments.update(ServerSideEncryption="aws:kms", SSEKMSKeyId=inputs["kmsKeyId"])
        if inputs.get("bucketKeyEnabled") is not None:
            arguments["BucketKeyEnabled"] = inputs["bucketKeyEnabled"]
        if inputs.get("checksumAlgorithm"):
            arguments["ChecksumAlgorithm"] = inputs["checksumAlgorithm"]
        eventually(
            lambda: s3.put_object(**arguments),
            lambda error: code(error) in PASSING,
            session.cancelled,
        )
        wanted = self.wanted_tags(session, inputs)
        if wanted:
            s3.put_object_tagging(
                Bucket=inputs["bucket"], Key=inputs["key"], Tagging={"TagSet": to_tags(wanted)}
            )

    def wanted_tags(self, session: Session, inputs: Props) -> dict[str, str]:
        """The object's tags over the provider's, which BucketObjectv2 can put aside."""
        override = (inputs.get("overrideProvider") or {}).get("defaultTags")
        defaults = session.default_tags if override is None else override.get("tags") or {}
        return {**defaults, **(inputs.get("tags") or {})}

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        names = {*CONTENT, *HEADERS, *LOCKS, "acl", "bucketKeyEnabled"}
        forms = self.properties
        if any(not unchanged(forms[name], old.get(name), new.get(name)) for name in names):
            # What AWS or an earlier upload chose is not asked for again.
            declared = {key: value for key, value in new.items() if key not in ("etag", "versionId")}
            self.put(session, {**declared, "key": identity})
            return
        s3, where = session.client("s3", new.get("region")), {"Bucket": new["bucket"], "Key": identity}
        wanted = self.wanted_tags(session, new)
        if wanted:
            s3.put_object_tagging(**where, Tagging={"TagSet": to_tags(wanted)})
        else:
            s3.delete_object_tagging(**where)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        bucket, key = state.get("bucket"), identity
        if not bucket:
            bucket, _, key = identity.removeprefix("s3://").partition("/")
        s3 = session.client("s3", state.get("region"))
        try:
            head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
            tags = from_tags(s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"])
        except ClientError as error:
            if gone(error, {"NoSuchKey", "NoSuchBucket"}):
                return None
            raise
        found = {name: head.get(answered) for name, answered in HEADERS.items()}
        until = head.get("ObjectLockRetainUntilDate")
        checksums = {f"checksum{kind}": head.get(f"Checksum{kind.upper()}") for kind in CHECKSUMS}
        return {
            **{name: value for name, value in found.items() if value},
            **{name: value for name, value in checksums.items() if name in self.properties and value},
            "arn": f"arn:{session.partition}:s3:::{bucket}/{key}",
            "bucket": bucket,
            "bucketKeyEnabled": bool(head.get("BucketKeyEnabled")),
            "etag": head["ETag"].strip('"'),
            "key": key,
            "kmsKeyId": head.get("SSEKMSKeyId"),
            "objectLockLegalHoldStatus": head.get("ObjectLockLegalHoldStatus"),
            "objectLockMode": head.get("ObjectLockMode"),
            "objectLockRetainUntilDate": until.strftime("%Y-%m-%dT%H:%M:%SZ") if until else None,
            "storageClass": head.get("StorageClass") or "STANDARD",
            "tags": tags,
            "versionId": head.get("VersionId") or "",
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        s3 = session.client("s3", state.get("region"))
        bypass = {"BypassGovernanceRetention": True} if state.get("forceDestroy") else {}
        try:
            if state.get("versionId"):
                delete_versions(s3, state["bucket"], identity, bypass)
            else:
                s3.delete_object(Bucket=state["bucket"], Key=identity)
        except ClientError as error:
            if not gone(error, {"NoSuchBucket", "NoSuchKey"}):
                raise


class BucketObjectV2(BucketObject):
    """An object, with checksums."""

    token = "aws:s3/bucketObjectv2:BucketObjectv2"  # noqa: S105
    aliases = ("aws:s3/BucketObject:BucketObject",)
    details = replace(DETAILS, kept=f"{DETAILS.kept} checksumAlgorithm overrideProvider")


def body_of(inputs: Props) -> bytes:
    """The object's content."""
    if inputs.get("source") is not None:
        return content_of(inputs["source"])
    if inputs.get("contentBase64"):
        return base64.b64decode(inputs["contentBase64"])
    return str(inputs.get("content") or "").encode()


def delete_versions(s3: Any, bucket: str, key: str, bypass: Props) -> None:
    """Delete every version of one key, and its delete markers."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
        for each in [*(page.get("Versions") or []), *(page.get("DeleteMarkers") or [])]:
            if each["Key"] == key:
                s3.delete_object(Bucket=bucket, Key=key, VersionId=each["VersionId"], **bypass)
