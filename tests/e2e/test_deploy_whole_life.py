"""A stack's whole life beside another one: the fence to the last moment, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, OUTSIDE, checkout_stack, credentials

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


class Prober:
    """Somebody outside who asks for the bucket again and again, and remembers every answer but a refusal."""

    def __init__(self, stand: Stand, bucket: str, keys: list[dict[str, str] | None]) -> None:
        self.bucket = bucket
        self.let_in: list[str] = []
        self.asked = 0
        self._over = threading.Event()
        once = {"total_max_attempts": 1}
        self._clients = [
            Aws(stand)("s3", stand.vantage(address), **options)
            for address in OUTSIDE
            for options in (
                key or {"config": Config(signature_version=UNSIGNED, retries=once)} for key in keys
            )
        ]

    def _ask(self, client: Any, operation: str, **arguments: str) -> None:
        self.asked += 1
        try:
            getattr(client, operation)(Bucket=self.bucket, **arguments)
        except (ClientError, BotoCoreError):
            return
        self.let_in.append(operation)

    def _hammer(self, client: Any) -> None:
        while not self._over.is_set():
            self._ask(client, "list_objects_v2")
            self._ask(client, "get_object", Key="secret")

    @contextmanager
    def hammering(self) -> Iterator[None]:
        """Ask from every client until the block ends."""
        threads = [threading.Thread(target=self._hammer, args=(client,)) for client in self._clients]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()


def test_two_stacks_live_side_by_side_and_leave_nothing(stand: Stand, tmp_path: Path) -> None:
    """Two stacks of one project share no name, neither opens the other, no moment lets anybody in."""
    before = inventory(stand)
    one = checkout_stack(stand, tmp_path, "one", encryption="aws:kms", users=[{"name": "a"}, {"name": "b"}])
    two = checkout_stack(stand, tmp_path, "two", bucketName="second-example-bucket")
    anonymous = Prober(stand, "second-example-bucket", [None])
    with anonymous.hammering():
        one.up()
        two.up()
    assert anonymous.asked > 0
    assert anonymous.let_in == []
    first, second = one.outputs(), two.outputs()
    assert first["bucket"] != second["bucket"]
    assert second["bucket"] == "second-example-bucket"
    key = credentials(second)
    own = Aws(stand)("s3", stand.vantage(INSIDE[0]), **key)
    own.put_object(Bucket=second["bucket"], Key="secret", Body=b"secret")
    with pytest.raises(ClientError) as refused:
        own.list_objects_v2(Bucket=first["bucket"])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"

    admin = {
        "aws_access_key_id": stand.record.admin["key"],
        "aws_secret_access_key": stand.record.admin["secret"],
    }
    prober = Prober(stand, second["bucket"], [key, admin, None])
    with prober.hammering():
        two("destroy", "--yes", "--skip-preview")
    assert prober.asked > 0
    assert prober.let_in == []
    one("destroy", "--yes", "--skip-preview")
    assert inventory(stand) == before
    for stack in (one, two):
        stack("stack rm", "--yes")
