"""One AWS call of a deployment goes wrong: it converges, nothing is orphaned, nobody outside gets in.

`make test` tries a few calls; `make bench NAME=chaos` tries every one, and kills the CLI at twenty moments.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from local.aws.faults import Fault
from local.stand import Stand
from tests.e2e.chaos import Chaos
from tests.e2e.stacks import checkout_stack

pytestmark = pytest.mark.e2e

BUCKET = "faulty-data"


@pytest.fixture
def chaos(stand: Stand, tmp_path: Path) -> Chaos:
    """A stack of its own to disturb."""
    return Chaos(checkout_stack(stand, tmp_path, "faulty", bucketName=BUCKET), stand, BUCKET)


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
