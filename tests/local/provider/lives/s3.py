"""The lives of what S3 has."""

from __future__ import annotations

import json

from tests.local.provider.conftest import Things
from tests.local.provider.engine import Props
from tests.local.provider.lives.life import Life

ALL_BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
KMS_RULE = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:ap-northeast-1:111122223333:key/some"}


def token(name: str) -> str:
    """The token of a type of S3."""
    return f"aws:s3/{name[0].lower()}{name[1:]}:{name}"


def deny(bucket: str, network: str = "203.0.113.0/24") -> str:
    """A bucket policy that denies all but one network."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": network}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def other_bucket(things: Things) -> Props:
    """Inputs that move a setting to another bucket."""
    return {"bucket": things.other_bucket}


LIVES = [
    Life(
        token("BucketPolicy"),
        lambda t: {"bucket": t.bucket, "policy": deny(t.bucket)},
        lambda t: {"policy": deny(t.bucket, "203.0.113.0/25")},
        lambda t: {"bucket": t.other_bucket, "policy": deny(t.other_bucket)},
        lambda aws, o: aws("s3").put_bucket_policy(
            Bucket=o["bucket"], Policy=deny(o["bucket"], "203.0.0.0/16")
        ),
        "policy",
    ),
    Life(
        token("BucketPublicAccessBlock"),
        lambda t: {"bucket": t.bucket, **ALL_BLOCKED},
        lambda _: {"blockPublicAcls": False},
        other_bucket,
        lambda aws, o: aws("s3").put_public_access_block(
            Bucket=o["bucket"], PublicAccessBlockConfiguration={"BlockPublicAcls": True}
        ),
        "blockPublicPolicy",
    ),
    Life(
        token("BucketOwnershipControls"),
        lambda t: {"bucket": t.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda _: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_ownership_controls(
            Bucket=o["bucket"], OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        "rule",
    ),
    Life(
        token("BucketVersioning"),
        lambda t: {"bucket": t.plain_bucket, "versioningConfiguration": {"status": "Enabled"}},
        lambda _: {"versioningConfiguration": {"status": "Suspended"}},
        None,
        lambda aws, o: aws("s3").put_bucket_versioning(
            Bucket=o["bucket"], VersioningConfiguration={"Status": "Suspended"}
        ),
        "versioningConfiguration",
        stays=True,
    ),
    Life(
        token("BucketServerSideEncryptionConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": KMS_RULE,
                    "bucketKeyEnabled": True,
                    "blockedEncryptionTypes": ["SSE-C"],
                }
            ],
        },
        lambda _: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_encryption(
            Bucket=o["bucket"],
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
        "rules",
        stays=True,
    ),
    Life(
        token("BucketLogging"),
        lambda t: {"bucket": t.bucket, "targetBucket": t.other_bucket, "targetPrefix": "a/"},
        lambda _: {"targetPrefix": "b/"},
        lambda t: {"bucket": t.other_bucket, "targetBucket": t.bucket},
        lambda aws, o: aws("s3").put_bucket_logging(
            Bucket=o["bucket"],
            BucketLoggingStatus={
                "LoggingEnabled": {"TargetBucket": o["targetBucket"], "TargetPrefix": "elsewhere/"}
            },
        ),
        "targetPrefix",
    ),
    Life(
        token("BucketLifecycleConfiguration"),
        lambda t: {
            "bucket": t.bucket,
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": 30},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                    "noncurrentVersionExpiration": {"noncurrentDays": 3},
                },
                {
                    "id": "move",
                    "status": "Disabled",
                    "filter": {"and": {"prefix": "x/", "tags": {"a": "b"}}},
                    "transitions": [{"days": 40, "storageClass": "GLACIER"}],
                },
            ],
        },
        lambda _: {"rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 31}}]},
        other_bucket,
        lambda aws, o: aws("s3").put_bucket_lifecycle_configuration(
            Bucket=o["bucket"],
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "x", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
                ]
            },
        ),
        "rules",
    ),
    Life(
        token("Bucket"),
        lambda t: {"bucket": f"new-{t.bucket}", "tags": {"a": "1"}, "forceDestroy": True},
        lambda _: {"tags": {"b": "2"}},
        lambda t: {"bucket": f"other-{t.bucket}"},
        lambda aws, o: aws("s3").put_bucket_tagging(
            Bucket=o["bucket"], Tagging={"TagSet": [{"Key": "by", "Value": "hand"}]}
        ),
        "tags",
        unknown=("arn", "bucketDomainName"),
        not_imported=frozenset({"forceDestroy"}),
    ),
]
