"""The shim over the SDK's servicer: what it records, and that it refuses an SDK it does not know."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy import policy as sdk

from policies.engine import servicer
from policies.engine.pack import as_policy
from policies.engine.session import Session
from policies.judging.stack_identity import StackIdentity
from policies.rules import RULES
from tests.policies.engine import SDK_SERVICER

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def test_config_is_recorded_where_it_arrives() -> None:
    """Project, stack and config of ConfigureStack are what the rules judge by."""
    session = Session(now=NOON)
    policies = [as_policy(RULES[0], session)]
    served = servicer.recording(SDK_SERVICER, session)("p", "1", policies, EnforcementLevel.MANDATORY)
    served.ConfigureStack(
        proto.AnalyzerStackConfigureRequest(stack="dev", project="acme", config={"a:b": "c"}), None
    )
    assert session.stack == StackIdentity("acme", "dev", {"a:b": "c"})


def test_installing_puts_the_recorder_under_the_sdks_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PolicyPack built after installing serves the recording servicer."""
    monkeypatch.setattr(sdk, "_PolicyAnalyzerServicer", SDK_SERVICER)
    servicer.install(Session(now=NOON))
    assert issubclass(sdk._PolicyAnalyzerServicer, SDK_SERVICER)
    assert sdk._PolicyAnalyzerServicer is not SDK_SERVICER


class WithoutStackCall:
    """What a later SDK's servicer may look like: one of the calls is gone."""

    Configure = Analyze = AnalyzeStack = SDK_SERVICER.Analyze


@pytest.mark.parametrize("found", [None, WithoutStackCall], ids=["gone", "changed"])
def test_an_unknown_sdk_is_refused(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    """Without a place to listen the pack refuses to run, and says which version to install."""
    monkeypatch.setattr(sdk, "_PolicyAnalyzerServicer", found)
    with pytest.raises(servicer.SdkChangedError, match="install the pulumi-policy version"):
        servicer.install(Session(now=NOON))


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that the pack's process has when it begins to serve."""
    code = "import sys, s3_perimeter.policies.engine.serve; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "unneeded",
    [
        pytest.param("pulumi_aws", id="hundreds of generated modules"),
        pytest.param("boto3", id="the AWS SDK"),
        pytest.param("s3_perimeter.proof", id="what judges, which is imported while the program runs"),
        pytest.param("policies.rules", id="the rules themselves"),
        pytest.param("dill", id="dynamic providers"),
        pytest.param("pulumi.automation._workspace", id="the Automation API"),
    ],
)
def test_the_pack_answers_before_it_imports(imported: set[str], unneeded: str) -> None:
    """The engine waits for the pack's first answers: what it imports until then, a preview pays for."""
    assert "s3_perimeter.policies.engine.serve" in imported
    assert unneeded not in imported


def test_what_is_put_off_is_there_when_it_is_used() -> None:
    """A part of the SDK that the pack leaves out is complete for whoever asks for it."""
    code = (
        "import s3_perimeter.policies.engine.serve, pulumi, sys; pulumi.automation.LocalWorkspace;"
        " pulumi.dynamic.ResourceProvider; sys.exit('dill' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
