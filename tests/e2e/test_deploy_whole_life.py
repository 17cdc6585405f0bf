"""A stack's whole life next to another one: the fence to the last moment, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.prober import Credentials, Prober
from tests.e2e.stacks import INSIDE, checkout_stack, credentials

pytestmark = pytest.mark.e2e


def inventory(stand: Stand) -> dict[str, set[str]]:
    """Everything of the kinds that the component makes, in the whole account."""
    aws = Aws(stand)
    iam, kms = aws("iam"), aws("kms")
    users = {each["UserName"] for each in iam.list_users()["Users"]}
    keys = {
        key["AccessKeyId"]
        for user in users
        for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    }
    return {
        "buckets": {each["Name"] for each in aws("s3").list_buckets()["Buckets"]},
        "users": users,
        "access keys": keys,
        "groups": {each["GroupName"] for each in iam.list_groups()["Groups"]},
        "policies": {each["PolicyName"] for each in iam.list_policies(Scope="Local")["Policies"]},
        "aliases": {each["AliasName"] for each in kms.list_aliases()["Aliases"]},
    }


def test_two_stacks_live_side_by_side_and_leave_nothing(stand: Stand, tmp_path: Path) -> None:
    """Two stacks of one project share no name, neither opens the other, and a destroy gives nobody access."""
    before = inventory(stand)
    one = checkout_stack(stand, tmp_path, "one", encryption="aws:kms", users=[{"name": "a"}, {"name": "b"}])
    two = checkout_stack(stand, tmp_path, "two", bucketName="second-example-bucket")
    one.up()
    two.up()
    first, second = one.outputs(), two.outputs()
    assert first["bucket"] != second["bucket"]
    assert second["bucket"] == "second-example-bucket"
    key = credentials(second)
    own = Aws(stand)("s3", stand.vantage(INSIDE[0]), **key)
    own.put_object(Bucket=second["bucket"], Key="secret", Body=b"secret")
    with pytest.raises(ClientError) as refused:
        own.list_objects_v2(Bucket=first["bucket"])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"

    # The stack's own destroy empties and deletes the bucket: even an admin outside sees none of it.
    admin = stand.record.admin
    who = (
        Credentials("user", *key.values()),
        Credentials("admin", admin["key"], admin["secret"]),
        Credentials("anonymous"),
    )
    outside = stand.endpoint("outside")
    with Prober(stand, outside, second["bucket"], who, object_key="secret") as prober:
        two("destroy", "--yes", "--skip-preview")
    assert prober.answers["AccessDenied"] > 0
    assert prober.allowed == []
    one("destroy", "--yes", "--skip-preview")
    assert inventory(stand) == before
    for stack in (one, two):
        stack("stack rm", "--yes")
