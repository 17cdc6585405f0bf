"""The example of an organization's pack config: every rule and setting in it exists and is read."""

from __future__ import annotations

import json
from pathlib import Path

from policies.engine.pack import schema
from policies.rules import RULES
from tests.policies.engine import judge
from tests.policies.programs import CONFIG, deny, deny_plain_http, text, with_part

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "pack_config" / "policy-pack.json"


def test_every_setting_of_the_example_exists() -> None:
    """The example names only rules and settings that the pack has."""
    rules = {rule.id: rule for rule in RULES}
    for rule, settings in json.loads(EXAMPLE.read_text()).items():
        assert set(settings) - {"enforcementLevel"} <= set(schema(rules[rule]))


def test_the_example_is_read_without_a_mistake() -> None:
    """No rule finds a fault in the example, and the approved networks hold the stack's."""
    pack_config = json.loads(EXAMPLE.read_text())
    rules = [rule for rule in RULES if rule.id in pack_config]
    assert (
        judge(rules, with_part(text(deny(), deny_plain_http())), config=CONFIG, pack_config=pack_config) == []
    )
