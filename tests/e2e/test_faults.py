"""One AWS call of a deployment goes wrong: it converges, nothing is orphaned, nobody outside gets in.

`make test` tries a few calls; `CHAOS=N` in the environment tries every N-th call, in each way of failing.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from local.aws.faults import Fault
from local.stand import Stand
from tests.conftest import Aws, Pulumi, PulumiIn
from tests.e2e.prober import Credentials, Prober

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parent.parent.parent
STACK = "faulty"
BUCKET = "faulty-data"


@pytest.fixture
def cli(pulumi: PulumiIn) -> Pulumi:
    """The CLI on this project with a new stack of its own."""
    run = pulumi(ROOT)
    run("stack", "init", STACK)
    return run


def up(run: Pulumi, *more: str, expect: int | None = 0) -> int:
    """Deploy; config comes with the command, so that no file is left in the checkout."""
    config = {
        "aws:region": "ap-northeast-1",
        "s3-perimeter:bucketName": BUCKET,
        "s3-perimeter:protect": "false",
        "s3-perimeter:allowedNetworks": '["203.0.113.0/24"]',
    }
    given = [word for key, value in config.items() for word in ("--config", f"{key}={value}")]
    return run("up", "--yes", "--skip-preview", "--stack", STACK, *given, *more, expect=expect).code


def count(stand: Stand, at: int = 0, fault: Fault = Fault.ERROR) -> int:
    """Let request `at` from now on fail; returns how many came since the last call."""
    return int(str(stand.control("/fault", {"at": at, "fault": fault.value})["seen"]))


def keys_of_everybody(aws: Aws) -> dict[str, int]:
    """How many access keys each user of this stack has."""
    iam = aws("iam", "root", aws_access_key_id="test", aws_secret_access_key="test")
    users = [user["UserName"] for user in iam.list_users()["Users"] if STACK in user["UserName"]]
    return {user: len(iam.list_access_keys(UserName=user)["AccessKeyMetadata"]) for user in users}


def chosen(calls: int) -> list[tuple[int, Fault]]:
    """Which call fails how: four spread over the deployment, or every N-th call in every way."""
    step = int(os.environ.get("CHAOS", "0"))
    if step:
        return list(itertools.product(range(1, calls + 1, step), Fault))
    return [(max(1, calls * part // 5), fault) for part, fault in enumerate(Fault, start=1)]


def test_a_deployment_converges_whichever_call_fails(cli: Pulumi, stand: Stand, aws: Aws) -> None:
    """Errors, throttling, broken connections, lost answers: the declared stack, and one key a user."""
    config = ROOT / f"Pulumi.{STACK}.yaml"
    try:
        count(stand)
        up(cli)
        calls = count(stand)
        assert calls > 30
        cli("destroy", "--yes", "--stack", STACK)
        wrong: list[str] = []
        for at, fault in chosen(calls):
            nobody = Credentials("anonymous")
            with Prober(stand, stand.endpoint("outside"), BUCKET, (nobody,)) as prober:
                count(stand, at, fault)
                first = up(cli, expect=None)
                assert count(stand) >= at, "the fault was not reached"
                if first != 0:
                    up(cli, "--refresh")
            label = f"call {at} of {calls}, {fault.value}"
            wrong += [f"{label}: outsider let in: {entry}" for entry in prober.let_in]
            if up(cli, "--expect-no-changes", expect=None) != 0:
                wrong.append(f"{label}: the next deployment changes something")
            if set(keys_of_everybody(aws).values()) != {1}:
                wrong.append(f"{label}: access keys {keys_of_everybody(aws)}")
            cli("destroy", "--yes", "--stack", STACK)
            if keys_of_everybody(aws):
                wrong.append(f"{label}: left behind {keys_of_everybody(aws)}")
        assert wrong == []
    finally:
        count(stand)
        cli("destroy", "--yes", "--stack", STACK, expect=None)
        config.unlink(missing_ok=True)
