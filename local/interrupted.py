"""After a Pulumi that was killed: what it was creating is deleted, so that the next run can make it.

A killed run leaves *pending creates* in the stack's state: the engine asked for a resource and never heard
the answer, so it may be there without Pulumi knowing it, and its name be taken. On a real account one looks
and imports; on the embedded AWS nothing is lost by making it again. The secret of an access key created so is
lost either way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.emulator import ACCOUNT
from local.console import note
from local.stack import NAME, Stack

Inputs = Mapping[str, Any]


def delete_access_keys(iam: Any, inputs: Inputs) -> None:
    """Delete the user's keys that the stack's state does not know."""
    for key in iam.list_access_keys(UserName=inputs["user"])["AccessKeyMetadata"]:
        if key["AccessKeyId"] not in inputs["known"]:
            iam.delete_access_key(UserName=inputs["user"], AccessKeyId=key["AccessKeyId"])


DELETIONS: Mapping[str, tuple[str, Callable[[Any, Inputs], object]]] = {
    "aws:s3/bucket:Bucket": ("s3", lambda s3, i: s3.delete_bucket(Bucket=i["bucket"])),
    "aws:iam/user:User": ("iam", lambda iam, i: iam.delete_user(UserName=i["name"])),
    "aws:iam/group:Group": ("iam", lambda iam, i: iam.delete_group(GroupName=i["name"])),
    "aws:iam/policy:Policy": (
        "iam",
        lambda iam, i: iam.delete_policy(
            PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy{i.get('path', '/')}{i['name']}"
        ),
    ),
    "aws:iam/accessKey:AccessKey": ("iam", delete_access_keys),
}
"""How to delete what has a name that is taken, or a secret that is lost. Others can be made over again."""


def settle(stack: Stack) -> None:
    """Clear the pending creates of the stack's state, and what they left. Raises CommandError."""
    checkpoint = latest(stack)
    operations = checkpoint.get("pending_operations") or []
    pending = [each["resource"] for each in operations if each["type"] == "creating"]
    if not pending:
        return
    note(f"the last Pulumi was killed while it created {len(pending)} resources: removing them")
    known = {each.get("id") for each in checkpoint.get("resources", [])}
    for resource in pending:
        if resource["type"] in DELETIONS:
            service, delete = DELETIONS[resource["type"]]
            delete_where_there(
                delete, client(service, stack.environment), {**resource["inputs"], "known": known}
            )
    stack.loudly("refresh", "--yes", "--suppress-progress", "--stack", NAME, "--clear-pending-creates")


def delete_where_there(delete: Callable[[Any, Inputs], object], aws: Any, inputs: Inputs) -> None:
    """Delete a resource; one that was not made after all is fine."""
    from botocore.exceptions import ClientError

    try:
        delete(aws, inputs)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise


def latest(stack: Stack) -> dict[str, Any]:
    """Return the stack's state as its backend keeps it; empty where it was never deployed."""
    for file in (stack.state / "stacks").glob(f".pulumi/stacks/*/{NAME}.json"):
        found: dict[str, Any] = json.loads(file.read_text())["checkpoint"].get("latest") or {}
        return found
    return {}


def client(service: str, environment: Mapping[str, str]) -> Any:
    """Return an admin's client of the embedded AWS."""
    import boto3  # here, as it takes longer than most commands and few need it

    return boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        verify=environment["AWS_CA_BUNDLE"],
    )
