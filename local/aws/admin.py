"""The admins of the embedded AWS: ordinary IAM users, whom policies bind as on AWS."""

from __future__ import annotations

from pathlib import Path

import boto3

from local.aws.emulator import REGION, ROOT_KEY, ROOT_SECRET

NAME = "admin"


def create_admin(root_endpoint: str, authority: Path, root_key: str = ROOT_KEY) -> dict[str, str]:
    """Make the admin and an access key of theirs as root; gives ``{"key": …, "secret": …}``.

    An account's id is the root key of that account.
    """
    iam = boto3.client(
        "iam",
        endpoint_url=root_endpoint,
        region_name=REGION,
        aws_access_key_id=root_key,
        aws_secret_access_key=ROOT_SECRET,
        verify=str(authority),
    )
    iam.create_user(UserName=NAME)
    iam.attach_user_policy(UserName=NAME, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    made = iam.create_access_key(UserName=NAME)["AccessKey"]
    return {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}
