"""Every rule as the engine meets it: a failure refuses, exemptions end, and the metadata is whole."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from policies import rules
from policies.judging.context import Context
from policies.judging.rule import Rule, Violation
from policies.rules import RULES, bucket_blocks_public_access
from tests.policies.engine import judge
from tests.policies.programs import CONFIG, NAME, bucket, deny, deny_plain_http, text, with_part

BLOCKS = bucket_blocks_public_access.judge

EXEMPT = {"urn": "*::acme-*", "reason": "public downloads", "until": "2026-11-23"}


def breaking(rule: Rule) -> Rule:
    """The rule with a fault in it that only shows when it judges."""

    def judge_badly(context: Context) -> Iterator[Violation]:
        yield from rule.judge(context)
        raise ZeroDivisionError("a fault put here on purpose")

    return dataclasses.replace(rule, judge=judge_badly)


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
@pytest.mark.parametrize("level", ["mandatory", "advisory"])
def test_a_rule_that_raises_is_a_mandatory_violation_naming_it(rule: Rule, level: str) -> None:
    """Whatever level a rule has, its failure refuses the deployment under its own name."""
    found = judge([breaking(rule)], [], config=CONFIG, pack_config={rule.id: {"enforcementLevel": level}})
    (crash,) = [one for one in found if "could not judge" in one.message]
    assert crash.rule == rule.id
    assert rule.id in crash.message
    assert "ZeroDivisionError" in crash.message
    assert crash.level == "MANDATORY"


def test_a_fault_in_one_rule_leaves_the_others_judging() -> None:
    """The rules after a broken one still report."""
    other = dataclasses.replace(breaking(BLOCKS), id="another-rule")
    found = judge([other, BLOCKS], [bucket()])
    assert [one.rule for one in found] == ["another-rule", BLOCKS.id, "another-rule"]


def test_a_fault_never_shows_what_the_rule_was_reading() -> None:
    """An exception's own text can hold a secret value, so it is left out."""
    (found,) = judge([breaking(BLOCKS)], [])
    assert "on purpose" not in found.message


def test_an_exemption_in_force_silences_the_rule_through_its_last_day() -> None:
    """The day that `until` names still counts."""
    assert judge([BLOCKS], [bucket()], pack_config={BLOCKS.id: {"exemptions": [EXEMPT]}}) == []


def test_an_expired_exemption_lets_the_violation_through_and_says_so() -> None:
    """The first day after, the rule applies again."""
    (found,) = judge(
        [BLOCKS], [bucket()], pack_config={BLOCKS.id: {"exemptions": [EXEMPT]}}, today=date(2026, 11, 24)
    )
    assert "the exemption (public downloads) expired on 2026-11-23, 1 day ago" in found.message


def test_an_exemption_can_name_a_resource_with_brackets() -> None:
    """`*` and `?` are wildcards, and nothing else is: resources made in a loop are called `data[0]`."""
    one = {**EXEMPT, "urn": "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data[0]"}
    looped = dataclasses.replace(bucket(), name="data[0]")
    assert judge([BLOCKS], [looped], pack_config={BLOCKS.id: {"exemptions": [one]}}) == []
    neighbor = dataclasses.replace(bucket(), name="data0")
    assert len(judge([BLOCKS], [neighbor], pack_config={BLOCKS.id: {"exemptions": [one]}})) == 1


def test_an_exemption_covers_only_the_urns_it_names() -> None:
    """A pattern that does not match leaves the violation standing."""
    other = {**EXEMPT, "urn": "*::other-*"}
    (found,) = judge([BLOCKS], [bucket()], pack_config={BLOCKS.id: {"exemptions": [other]}})
    assert NAME in found.message


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param(
            {"exemptions": [{**EXEMPT, "until": "2026-02-31"}]}, "`2026-02-31` is not a date", id="no-date"
        ),
        pytest.param({"exemptions": [{"urn": "*", "until": "2027-01-01"}]}, "no `reason`", id="no-reason"),
        pytest.param({"exemptions": [{**EXEMPT, "urn": " "}]}, "no `urn`", id="no-urn"),
        pytest.param({"exemptions": ["*"]}, "not an object", id="not-an-object"),
        pytest.param({"exemptions": {"urn": "*"}}, "not a list", id="not-a-list"),
        pytest.param({"exemptions": None}, "`exemptions` is null", id="null"),
        pytest.param(
            {"exemptions": [{**EXEMPT, "until": None}]},
            "`exemptions, entry 1.until` is null",
            id="null-within",
        ),
        pytest.param({"exemption": [EXEMPT]}, "did you mean `exemptions`?", id="misspelled"),
    ],
)
def test_a_mistake_in_the_packs_config_refuses(settings: dict[str, object], said: str) -> None:
    """A mistake is mandatory, names the rule, and says what to write."""
    pack_config = {BLOCKS.id: {**settings, "enforcementLevel": "advisory"}}
    (found,) = judge([BLOCKS], [], pack_config=pack_config)
    assert said in found.message
    assert BLOCKS.id in found.message
    assert found.level == "MANDATORY"


@pytest.mark.parametrize(
    ("rule", "settings", "said"),
    [
        ("bucket-policy-denies-outside", {"allowedNetworks": ""}, "`allowedNetworks` is empty"),
        ("bucket-policy-denies-outside", {"vpcEndpoints": [""]}, "`vpcEndpoints`, entry 1 is empty"),
        (
            "bucket-policy-denies-outside",
            {"allowedNetworksByBucket": {"": ["203.0.113.0/24"]}},
            "`allowedNetworksByBucket.` is empty",
        ),
        ("allow-list-within-approved-networks", {"approvedNetworks": ""}, "`approvedNetworks` is empty"),
        (
            "allow-list-within-approved-networks",
            {"approvedVpcEndpoints": [""]},
            "`approvedVpcEndpoints`, entry 1 is empty",
        ),
        ("user-policy-least-privilege", {"furtherActions": [""]}, "`furtherActions`, entry 1 is empty"),
    ],
)
def test_a_setting_that_is_given_and_empty_refuses(rule: str, settings: dict[str, object], said: str) -> None:
    """As where a script's variable is not set: an empty text is neither a list nor its absence."""
    found = judge(
        [each for each in RULES if each.id == rule], [], config=CONFIG, pack_config={rule: settings}
    )
    assert said in found[0].message
    assert found[0].level == "MANDATORY"


def test_a_rule_that_the_pack_does_not_have_refuses() -> None:
    """Settings under a misspelled name would be settings for nobody; the engine lets them through."""
    (found,) = judge([BLOCKS], [], pack_config={"bucket-block-public-access": {"exemptions": [EXEMPT]}})
    assert f"did you mean `{BLOCKS.id}`?" in found.message
    assert found.level == "MANDATORY"


def test_a_level_for_all_rules_is_no_unknown_rule() -> None:
    """The engine gives `all`'s level to each rule and hands the entry on; settings for all there are none."""
    assert judge([BLOCKS], [], pack_config={"all": {"enforcementLevel": "advisory"}}) == []
    (found,) = judge([BLOCKS], [], pack_config={"all": {"exemptions": [EXEMPT]}})
    assert "give it a level; write settings under their rule" in found.message
    assert found.level == "MANDATORY"


@pytest.mark.parametrize("networks", [["x"], {"acme-*": None}, {"acme-*": []}], ids=["list", "null", "empty"])
def test_a_mistake_in_the_lists_by_bucket_is_reported_once(networks: object) -> None:
    """Every rule is handed the same lists; one of them reports what is wrong with these."""
    pack_config = {"bucket-policy-denies-outside": {"allowedNetworksByBucket": networks}}
    found = judge(RULES, with_part(text(deny(), deny_plain_http())), config=CONFIG, pack_config=pack_config)
    assert len([one for one in found if "allowedNetworksByBucket" in one.message]) == 1


def test_a_disabled_rule_does_not_run() -> None:
    """Disabling a rule disables its failures too."""
    config = {BLOCKS.id: {"enforcementLevel": "disabled"}}
    assert judge([breaking(BLOCKS)], [bucket()], pack_config=config) == []


def test_every_file_of_rules_is_a_rule_named_after_it() -> None:
    """One file a rule, sorted by its id."""
    files = {path.stem for path in Path(rules.__path__[0]).glob("*.py")} - {"__init__"}
    assert [rule.id for rule in RULES] == sorted(name.replace("_", "-") for name in files)
    tests = {path.stem.removeprefix("test_") for path in (Path(__file__).parent / "rules").glob("test_*.py")}
    assert tests == files, "each rule has one table of its own in tests/policies/rules/"


def test_a_file_of_rules_without_a_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten `@rule(…)` would otherwise leave the rule out."""
    undecorated = ModuleType("policies.rules.undecorated")
    monkeypatch.setattr(undecorated, "judge", lambda _: (), raising=False)
    monkeypatch.setitem(sys.modules, "policies.rules.undecorated", undecorated)
    with pytest.raises(TypeError, match=re.escape("undecorated.py has no function `judge` below `@rule(…)`")):
        rules._rule_in("undecorated")


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_documents_itself(rule: Rule) -> None:
    """Its description is a sentence, its remedy an instruction, its link AWS's or ours."""
    assert rule.description.endswith(".")
    assert rule.remedy[0].islower()
    assert not rule.remedy.endswith(".")
    assert rule.link.startswith("https://docs.aws.amazon.com/")
    for described in rule.properties.values():
        assert described["description"]
