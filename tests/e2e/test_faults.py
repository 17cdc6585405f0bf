"""One AWS call of a deployment goes wrong: it converges, nothing is orphaned, nobody outside gets in.

`make test` tries a few calls; `make bench NAME=chaos` tries every one, and kills the CLI at twenty moments.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.aws.faults import Fault
from local.stand import Stand
from tests.conftest import Ran
from tests.e2e.stacks import checkout_stack
from tools.chaos import Chaos

pytestmark = pytest.mark.e2e

BUCKET = "faulty-data"
USER = "s3-perimeter-faulty-remote-user"


@pytest.fixture
def chaos(stand: Stand, tmp_path: Path) -> Chaos:
    """A stack of its own to disturb."""
    return Chaos(checkout_stack(stand, tmp_path, "faulty", bucketName=BUCKET), stand, BUCKET, pause=0.1)


def test_a_deployment_converges_whichever_call_fails(chaos: Chaos) -> None:
    """Errors, throttling, broken connections, lost answers, a kill: the declared stack, nothing left over."""
    calls = chaos.calls()
    assert calls > 30
    rounds = [
        chaos.one_call_fails(max(1, calls * part // 5), fault) for part, fault in enumerate(Fault, start=1)
    ]
    rounds.append(chaos.killed(calls // 2))
    assert [entry for each in rounds for entry in each.wrong] == []
    assert all(each.probes > 20 for each in rounds)


def test_a_name_taken_by_a_lost_request_is_reported_and_freed_by_hand(chaos: Chaos) -> None:
    """The client asks again and meets what it made: the error leads to the guide, whose way out is walked."""
    result = chaos.one_call_fails(1, Fault.LOST, f"PUT /{BUCKET}")
    assert len(result.by_hand) == 1
    assert result.wrong == []


def test_a_key_whose_answer_is_lost_is_reported_and_found_by_the_drift_check(chaos: Chaos) -> None:
    """`up` fails and names the user; the next one converges, and the lost key is unmanaged until deleted."""
    chaos.count(1, Fault.LOST, "CreateAccessKey")
    first = chaos.stack.up(expect=None)
    assert chaos.count() == 1
    assert first.code != 0
    assert f"AWS may have created an access key of user {USER} whose secret nobody has" in first.text
    (lost,) = chaos.keys()
    assert unmanaged(chaos) == {lost}

    chaos.stack.up()
    chaos.stack.up("--expect-no-changes")
    assert len(chaos.keys() - {lost}) == 1
    assert unmanaged(chaos) == {lost}

    chaos.root("iam").delete_access_key(UserName=USER, AccessKeyId=lost)
    assert drift(chaos).code == 0
    chaos.destroy()
    assert chaos.remains() == []


def drift(chaos: Chaos) -> Ran:
    """What the drift check says of the state that there is now."""
    state = str(chaos.stack.exported())
    return chaos.stack.run("pulumi-tool-drift-check", "--state", state, "--format", "json")


def unmanaged(chaos: Chaos) -> set[str]:
    """The access keys that the drift check calls unmanaged; it has to find nothing else."""
    ran = drift(chaos)
    assert ran.code == 1, ran.text
    findings = json.loads(ran.out)["findings"]
    assert {(each["control"], each["kind"]) for each in findings} == {("user-access-keys", "unmanaged")}
    return {each["observed"] for each in findings}
