"""The admin of the embedded AWS: an ordinary IAM user, whom policies bind as on AWS."""

from __future__ import annotations

from pathlib import Path

import boto3

from local.aws.emulator import REGION, ROOT_KEY, ROOT_SECRET

NAME = "admin"


def create_admin(root_endpoint: str, authority: Path) -> dict[str, str]:
    """Make the admin and an access key of theirs as root; gives ``{"key": …, "secret": …}``."""
    iam = boto3.client(
        "iam",
        endpoint_url=root_endpoint,
        region_name=REGION,
        aws_access_key_id=ROOT_KEY,
        aws_secret_access_key=ROOT_SECRET,
        verify=str(authority),
    )
    iam.create_user(UserName=NAME)
    iam.attach_user_policy(UserName=NAME, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    made = iam.create_access_key(UserName=NAME)["AccessKey"]
    return {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}
