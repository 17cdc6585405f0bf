"""At no moment of a deployment, a change or a destroy can somebody outside read, list or write."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.stand import Stand
from tests.conftest import Aws, Pulumi, PulumiIn
from tests.e2e.prober import Credentials, Prober

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parent.parent.parent
STACK = "never-open"
BUCKET = "never-open-data"
NOBODY = Credentials("anonymous")


@pytest.fixture
def cli(pulumi: PulumiIn) -> Iterator[Pulumi]:
    """The CLI on this project with a new stack; whatever the test leaves is destroyed."""
    run = pulumi(ROOT)
    config = ROOT / f"Pulumi.{STACK}.yaml"
    run("stack", "init", STACK)
    try:
        for key, value in {
            "aws:region": "ap-northeast-1",
            "s3-perimeter:bucketName": BUCKET,
            "s3-perimeter:protect": "false",
        }.items():
            run("config", "set", key, value, "--stack", STACK)
        allow(run, "203.0.113.0/24")
        yield run
    finally:
        run("destroy", "--yes", "--skip-preview", "--stack", STACK, expect=None)
        config.unlink(missing_ok=True)


def allow(run: Pulumi, network: str) -> None:
    """Make `network` the whole allow-list in config."""
    run("config", "set", "--stack", STACK, "--path", "s3-perimeter:allowedNetworks[0]", network)


def remote_user(run: Pulumi) -> Credentials:
    """The access key of the deployed stack's user."""
    shown = run("stack", "output", "--json", "--show-secrets", "--stack", STACK)
    outputs = json.loads(shown.out)
    (person,) = outputs["accessKeyIds"]
    return Credentials(
        person,
        *(next(iter(outputs[name][person].values())) for name in ("accessKeyIds", "secretAccessKeys")),
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
    cli: Pulumi, stand: Stand, aws: Aws
) -> None:
    """Anonymous callers and a stolen key are refused through the whole life of a stack."""
    with probed(stand, NOBODY):
        cli("up", "--yes", "--skip-preview", "--stack", STACK)
    stolen = remote_user(cli)
    s3 = aws("s3", aws_access_key_id=stolen.key, aws_secret_access_key=stolen.secret)
    s3.put_object(Bucket=BUCKET, Key="probe", Body=b"kept inside")

    with probed(stand, NOBODY, stolen) as prober:
        for network in ("203.0.113.0/25", "203.0.112.0/23"):
            allow(cli, network)
            cli("up", "--yes", "--skip-preview", "--stack", STACK)
    assert prober.answers.get("AccessDenied", 0) > 50
    assert s3.get_object(Bucket=BUCKET, Key="probe")["Body"].read() == b"kept inside"

    with probed(stand, NOBODY, stolen, endpoint="outside-ipv6"):
        cli("destroy", "--yes", "--skip-preview", "--stack", STACK)


def test_the_prober_notices_an_open_bucket(stand: Stand, aws: Aws) -> None:
    """A bucket without a fence lets the admin in from outside, and the prober says so."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="open-bucket", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    admin = Credentials("admin", aws.admin["key"], aws.admin["secret"])
    with Prober(stand, stand.endpoint("outside"), "open-bucket", (admin,)) as prober:
        time.sleep(0.5)
    assert any("ListObjectsV2" in entry for entry in prober.allowed)
    assert any("PutObject" in entry for entry in prober.allowed)
