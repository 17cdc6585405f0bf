"""A deployment that is killed: nothing is open, no key is lost without a word, and the next one converges."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, OUTSIDE, Stack, checkout_stack, credentials

pytestmark = pytest.mark.e2e

BUCKET = "killed-example-bucket"
USER = "s3-perimeter-killed-remote-user"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"


def there(moment: str, s3: Any, iam: Any) -> bool:
    """Whether a deployment has come as far as the bucket, or the key, in AWS."""
    if moment == "bucket":
        return BUCKET in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    return USER in [each["UserName"] for each in iam.list_users()["Users"]] and bool(keys(iam))


def keys(iam: Any) -> set[str]:
    """The ids of the user's access keys in AWS."""
    listed = iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]
    return {each["AccessKeyId"] for each in listed}


def kill_when(stack: Stack, stand: Stand, moment: str) -> None:
    """Start ``up`` and kill the CLI, without a word, as soon as AWS shows the moment."""
    s3, iam = Aws(stand)("s3"), Aws(stand)("iam")
    process = subprocess.Popen(
        ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--stack", stack.name],
        cwd=stack.directory,
        env=dict(stack.pulumi.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 90
        while not there(moment, s3, iam) and process.poll() is None:
            assert time.monotonic() < deadline, "the deployment never came that far"
            time.sleep(0.01)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def pending(stack: Stack) -> list[dict[str, Any]]:
    """What the state says was under way when the deployment ended."""
    deployment = json.loads(stack("stack export").out)["deployment"]
    found: list[dict[str, Any]] = deployment.get("pending_operations") or []
    return [each["resource"] for each in found if each["type"] == "creating"]


def orphans(stack: Stack, stand: Stand) -> set[str]:
    """Keys that work in AWS and that the state does not know."""
    return keys(Aws(stand)("iam")) - {each["id"] for each in stack.resources() if each["type"] == ACCESS_KEY}


def test_after_a_kill_the_next_deployment_converges(stand: Stand, tmp_path: Path) -> None:
    """Killed when the bucket and when the key appears: cancel, refresh and up bring everything right."""
    stack = checkout_stack(stand, tmp_path, "killed", bucketName=BUCKET)
    said = ""
    for moment in ("bucket", "key"):
        kill_when(stack, stand, moment)
        stack("cancel", "--yes")
        said += stack("refresh", "--yes", "--skip-preview", "--clear-pending-creates").text
    said += stack.up().text
    stack.up("--expect-no-changes")
    assert pending(stack) == []

    found = orphans(stack, stand)
    assert not found or f"{ACCESS_KEY}::private-bucket-users-remote-user-a" in said
    outputs = stack.outputs()
    key = credentials(outputs)
    Aws(stand)("s3", stand.vantage(INSIDE[0]), **key).list_objects_v2(Bucket=BUCKET)
    for options in (key, {}):
        with pytest.raises(ClientError) as refused:
            Aws(stand)("s3", stand.vantage(OUTSIDE[0]), **options).list_objects_v2(Bucket=BUCKET)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"

    # The worst moment: AWS has made the key, and the engine dies before it can write that down.
    file = next((tmp_path / "stacks").rglob("killed.json"))
    state = json.loads(file.read_text())
    deployment = state["checkpoint"]["latest"]
    lost = next(each for each in deployment["resources"] if each["type"] == ACCESS_KEY)
    deployment["resources"].remove(lost)
    lost_id = lost.pop("id")
    lost.pop("outputs")
    deployment["pending_operations"] = [{"resource": lost, "type": "creating"}]
    file.write_text(json.dumps(state))
    text = stack.up().text
    assert orphans(stack, stand) == {lost_id}
    assert f"{lost['urn']}, interrupted while creating" in text
    stack("destroy", "--yes", "--skip-preview")
    assert USER not in [each["UserName"] for each in Aws(stand)("iam").list_users()["Users"]]
