"""What a remote person's managed policy grants: S3 access levels on one bucket, or one prefix of it.

Source of the levels: "Actions, resources, and condition keys for Amazon S3", Service Authorization Reference.
Narrower than AWS's own levels on purpose: nothing here deletes an object's version (what somebody overwrites
or deletes can be brought back while versioning is on) and nothing touches the bucket's policy, ownership or
public-access block (who may move the fence is outside of it).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

__all__ = ["ACCESS_LEVELS", "user_policy"]

_BUCKET_ACTIONS = {
    "list": ("s3:ListBucket", "s3:ListBucketVersions"),
}
"""Actions on the bucket that know the condition key ``s3:prefix``, by access level."""

_WHOLE_BUCKET_ACTIONS = {
    "list": ("s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
}
"""Actions on the bucket that no prefix can narrow."""

_OBJECT_ACTIONS = {
    "list": ("s3:ListMultipartUploadParts",),
    "read": (
        "s3:GetObject",
        "s3:GetObjectAttributes",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAttributes",
        "s3:GetObjectVersionTagging",
    ),
    "write": ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:RestoreObject"),
    "tag": (
        "s3:DeleteObjectTagging",
        "s3:DeleteObjectVersionTagging",
        "s3:PutObjectTagging",
        "s3:PutObjectVersionTagging",
    ),
    "permissions": (
        "s3:GetObjectAcl",
        "s3:GetObjectVersionAcl",
        "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl",
    ),
}

_KEY_ACTIONS = {"read": ("kms:Decrypt",), "write": ("kms:Decrypt", "kms:GenerateDataKey")}
"""What S3 needs of a KMS key for a person: a multipart upload decrypts the parts before it joins them."""

ACCESS_LEVELS = tuple(_OBJECT_ACTIONS)
"""The names of the levels, as stack config writes them."""

_LITERALS = {"*": "${*}", "?": "${?}", "$": "${$}"}
"""How IAM writes its own special characters where they are meant literally ("Policy variables")."""


def user_policy(
    bucket_arn: str, levels: Sequence[str], *, prefix: str = "", key_arn: str | None = None
) -> str:
    """Return the managed policy's JSON text: the levels' actions on this bucket and nothing else.

    ``key_arn`` names the KMS key that encrypts the bucket when it is somebody else's: the policy then grants
    what S3 needs of it.
    """
    key_pattern = "".join(_LITERALS.get(character, character) for character in prefix) + "*"
    narrowed = {"StringLike": {"s3:prefix": key_pattern}} if prefix else None
    statements = [
        _allow("Bucket", _chosen(_WHOLE_BUCKET_ACTIONS, levels), bucket_arn),
        _allow("Listing", _chosen(_BUCKET_ACTIONS, levels), bucket_arn, narrowed),
        _allow("Objects", _chosen(_OBJECT_ACTIONS, levels), f"{bucket_arn}/{key_pattern}"),
    ]
    if key_arn is not None:
        # The key's own ARN says where it is: arn:PARTITION:kms:REGION:ACCOUNT:key/ID.
        region = key_arn.split(":")[3]
        through_s3 = {"StringLike": {"kms:ViaService": f"s3.{region}.*"}}
        statements.append(_allow("BucketKey", _chosen(_KEY_ACTIONS, levels), key_arn, through_s3))
    present = [statement for statement in statements if statement["Action"]]
    return json.dumps({"Version": "2012-10-17", "Statement": present}, separators=(",", ":"))


def _chosen(by_level: Mapping[str, tuple[str, ...]], levels: Sequence[str]) -> list[str]:
    """Return the actions of the chosen levels, sorted."""
    return sorted({action for level in levels for action in by_level.get(level, ())})


def _allow(
    sid: str, actions: list[str], resource: str, condition: dict[str, dict[str, str]] | None = None
) -> dict[str, object]:
    """Return one Allow statement."""
    statement: dict[str, object] = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
    if condition is not None:
        statement["Condition"] = condition
    return statement
