"""The reference page and the catalog of the rules: written from the rules, and up to date."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from policies.engine import catalog
from policies.engine.session import SEALING
from policies.reference import PAGE, rules_page
from policies.rules import RULES
from s3_perimeter.previews import deletions
from tests.policies.engine import Res, judge


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


def test_the_page_has_what_perimeter_preview_adds() -> None:
    """SARIF results link to the page's section of that name."""
    assert f"\n## {deletions.RULE}\n\n{deletions.SUMMARY}\n" in rules_page()


def test_the_catalog_lists_the_rules_as_they_are() -> None:
    """The engine is shown the catalog, and each rule in it judges by the rule itself."""
    assert catalog.FILE.read_text() == catalog.written()
    assert [replace(rule, judge=RULES[0].judge) for rule in catalog.listed()] == [
        replace(rule, judge=RULES[0].judge) for rule in RULES
    ]
    assert dict(catalog.loaded()) == {rule.id: rule for rule in RULES}
    assert SEALING in catalog.loaded()


def test_a_stale_catalog_lets_nothing_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that the file does not list would never judge: so none of them does, and each of them fails."""
    stale = tmp_path / "catalog.json"
    stale.write_text(json.dumps(json.loads(catalog.FILE.read_text())[1:]))
    monkeypatch.setattr(catalog, "FILE", stale)
    catalog.loaded.cache_clear()
    found = judge(catalog.listed(), [Res("aws:s3/bucket:Bucket", "data", {})])
    assert [one.rule for one in found] == [rule.id for rule in RULES[1:]]
    assert all(
        "could not judge this deployment, so it is refused (StaleError" in one.message for one in found
    )
    assert {one.level for one in found} == {"MANDATORY"}
    catalog.loaded.cache_clear()
