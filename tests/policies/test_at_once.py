"""What is refused during a deployment before it is made: one violation of the resource, and one of the
stack.
"""

from __future__ import annotations

import pytest

from policies.engine import servicer
from policies.rules import bucket_policy_denies_outside
from tests.policies.engine import Res, judge
from tests.policies.programs import CONFIG, FORMS, LOG_EXEMPT, LOGS, bucket, deny, part, text, with_part

RULE = bucket_policy_denies_outside.judge

OPEN = text(deny(Effect="Allow"))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_open_policy_is_refused_before_it_is_made(form: object) -> None:
    """In a deployment the resource itself is refused; in a preview the stack rule alone speaks."""
    resources: list[Res] = form(OPEN)  # type: ignore[operator]
    assert len(judge([RULE], resources, config=CONFIG)) == 1
    early, late = judge([RULE], resources, config=CONFIG, deploying=True)
    assert early.level == late.level == "MANDATORY"
    assert "request that gets through" in early.message


def test_a_sealed_policy_and_a_bucket_before_its_policy_pass() -> None:
    """The bucket is made before its policy, so alone it is no violation."""
    assert judge([RULE], with_part(text(deny())), config=CONFIG, deploying=True) == []


def test_a_log_buckets_policy_passes_alone() -> None:
    """Whether logs go to a bucket shows only over the whole stack."""
    logged = [
        bucket(policy=text(deny())),
        part("BucketLogging", targetBucket=LOGS, targetPrefix="access/"),
    ]
    policy = with_part(text(deny(LOGS, Condition=LOG_EXEMPT)), LOGS)
    assert judge([RULE], [*policy, *logged], config=CONFIG, deploying=True) == []


@pytest.mark.parametrize("level", ["advisory", "disabled"])
def test_a_rule_that_does_not_refuse_does_not_refuse_early(level: str) -> None:
    """The level that the organization sets holds here too."""
    found = judge(
        [RULE],
        with_part(OPEN),
        config=CONFIG,
        deploying=True,
        pack_config={RULE.id: {"enforcementLevel": level}},
    )
    assert all(one.level == "ADVISORY" for one in found)


@pytest.mark.parametrize("level", ["mandatory", "remediate"])
def test_a_rule_that_refuses_refuses_early(level: str) -> None:
    """There is nothing to remediate, so that level refuses as well."""
    pack_config = {RULE.id: {"enforcementLevel": level}}
    early, late = judge([RULE], with_part(OPEN), config=CONFIG, deploying=True, pack_config=pack_config)
    assert early.level == late.level == "MANDATORY"


def test_an_exempt_policy_is_made() -> None:
    """An exemption in force counts here too."""
    exempt = [{"urn": "*", "reason": "public downloads", "until": "2026-11-23"}]
    pack_config = {RULE.id: {"exemptions": exempt}}
    assert judge([RULE], with_part(OPEN), config=CONFIG, deploying=True, pack_config=pack_config) == []


def test_a_fault_refuses_the_resource_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be judged before it is made is not made."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(servicer, "refusals", fail)
    found = judge([RULE], [bucket()], config=CONFIG, deploying=True)
    assert "could not judge" in found[0].message
    assert found[0].level == "MANDATORY"
