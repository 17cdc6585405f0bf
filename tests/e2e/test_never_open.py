"""At no moment of a deployment, a change or a destroy can somebody outside read, list or write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.prober import Credentials, Prober
from tests.e2e.stacks import Stack, checkout_stack, credentials

pytestmark = pytest.mark.e2e

BUCKET = "never-open-data"
NOBODY = Credentials("anonymous")


@pytest.fixture
def stack(stand: Stand, tmp_path: Path) -> Stack:
    """A new stack of this project, with one network."""
    return checkout_stack(
        stand, tmp_path, "never-open", bucketName=BUCKET, allowedNetworks=["203.0.113.0/24"]
    )


@contextmanager
def probed(stand: Stand, *who: Credentials, endpoint: str = "outside") -> Iterator[Prober]:
    """Probe during the block; afterwards nobody was ever allowed, every answer was clean, and many came."""
    with Prober(stand, stand.endpoint(endpoint), BUCKET, who) as prober:
        time.sleep(0.2)
        yield prober
        time.sleep(0.2)
    assert prober.allowed == []
    assert prober.broken == []
    assert sum(prober.answers.values()) > 50


def test_nobody_outside_gets_in_while_the_fence_goes_up_changes_and_comes_down(
    stack: Stack, stand: Stand, aws: Aws
) -> None:
    """Anonymous callers and a stolen key are refused through the whole life of a stack."""
    with probed(stand, NOBODY):
        stack.up()
    key = credentials(stack.outputs())
    stolen = Credentials("stolen key", *key.values())
    s3 = aws("s3", **key)
    s3.put_object(Bucket=BUCKET, Key="probe", Body=b"kept inside")

    with probed(stand, NOBODY, stolen) as prober:
        for network in ("203.0.113.0/25", "203.0.112.0/23"):
            stack.configure(allowedNetworks=[network])
            stack.up()
    assert prober.answers.get("AccessDenied", 0) > 50
    assert s3.get_object(Bucket=BUCKET, Key="probe")["Body"].read() == b"kept inside"

    with probed(stand, NOBODY, stolen, endpoint="outside-ipv6"):
        stack("destroy", "--yes", "--skip-preview")


def test_the_prober_notices_an_open_bucket(stand: Stand, aws: Aws) -> None:
    """A bucket without a fence lets the admin in from outside, and the prober says so."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="open-bucket", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    admin = Credentials("admin", aws.admin["key"], aws.admin["secret"])
    with Prober(stand, stand.endpoint("outside"), "open-bucket", (admin,)) as prober:
        time.sleep(0.5)
    assert any("ListObjectsV2" in entry for entry in prober.allowed)
    assert any("PutObject" in entry for entry in prober.allowed)
