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
from policies.judging.allow_list import StackIdentity
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


def test_the_pack_stays_out_of_the_aws_sdk() -> None:
    """The pack's imports are what a preview pays for: hundreds of generated modules are not among them."""
    code = (
        "import sys, policies.engine.serve; sys.exit('pulumi_aws' in sys.modules or 'boto3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
