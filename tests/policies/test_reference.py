"""The reference page of the rules: written from the rules, and up to date."""

from __future__ import annotations

from policies.reference import PAGE, rules_page
from policies.rules import RULES


def test_the_page_is_up_to_date() -> None:
    """The page is what `python -m policies.reference` writes now."""
    assert PAGE.read_text() == rules_page()


def test_the_page_has_every_rule_and_setting() -> None:
    """Nothing that can be configured is left out."""
    page = rules_page()
    for rule in RULES:
        assert f"\n## {rule.id}\n" in page
        assert rule.link in page
        for setting in rule.properties:
            assert f"| `{setting}` |" in page
