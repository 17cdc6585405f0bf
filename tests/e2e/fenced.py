"""A fenced bucket on the embedded AWS, made by boto3, and the state that Pulumi would have of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from tests.conftest import Aws
from tests.s3_perimeter.commands.engine_answers import SIGNATURE, resource

NETWORKS = ["203.0.113.0/24", "2001:db8:1234::/48"]
ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Fenced:
    """Its name, its user's access key, and what `pulumi stack export` says of it."""

    bucket: str
    logs: str
    user_arn: str
    key: str
    secret: str
    policy: str

    def state(self) -> dict[str, Any]:
        """The exported state."""
        secret = {**SIGNATURE, "plaintext": json.dumps(self.secret)}
        return {
            "version": 3,
            "deployment": {
                "resources": [
                    resource(
                        "pulumi:pulumi:Stack",
                        "stack",
                        bucket=self.bucket,
                        bucketArn=f"arn:aws:s3:::{self.bucket}",
                        region="ap-northeast-1",
                        logBucket=self.logs,
                        allowedNetworks=NETWORKS,
                    ),
                    resource("aws:iam/user:User", "user", name=f"{self.bucket}-kenji", arn=self.user_arn),
                    resource(
                        "aws:iam/accessKey:AccessKey",
                        "user-a",
                        id=self.key,
                        user=f"{self.bucket}-kenji",
                        secret=secret,
                    ),
                    resource(
                        "aws:s3/bucketLogging:BucketLogging",
                        "logging",
                        bucket=self.bucket,
                        targetBucket=self.logs,
                        targetPrefix="access/",
                    ),
                    resource(
                        "aws:s3/bucketPolicy:BucketPolicy", "policy", bucket=self.bucket, policy=self.policy
                    ),
                ]
            },
        }


def fenced_bucket(aws: Aws, name: str) -> Fenced:
    """Make a bucket with versions, logging, the fence, and one user who may list, read and write."""
    s3, iam = aws("s3"), aws("iam")
    logs = f"{name}-logs"
    place = {"CreateBucketConfiguration": {"LocationConstraint": "ap-northeast-1"}}
    for bucket in (name, logs):
        s3.create_bucket(Bucket=bucket, **place)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{logs}/access/*",
    }
    s3.put_bucket_policy(Bucket=logs, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    s3.put_bucket_logging(
        Bucket=name,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "access/"}},
    )
    policy = bucket_policy(Perimeter(bucket=name, allowed=AddressSet.parse(NETWORKS)))
    s3.put_bucket_policy(Bucket=name, Policy=policy)
    user = iam.create_user(UserName=f"{name}-kenji")["User"]
    actions = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    may = {
        "Effect": "Allow",
        "Action": actions,
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=user["UserName"], PolicyName="use", PolicyDocument=document)
    key = iam.create_access_key(UserName=user["UserName"])["AccessKey"]
    return Fenced(name, logs, user["Arn"], key["AccessKeyId"], key["SecretAccessKey"], policy)
