"""The reference page and the catalog of the rules, written from their metadata.

``python -m policies.reference`` writes docs/reference/rules.md and policies/engine/catalog.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from .engine import catalog
from .judging.exemptions import SCHEMA
from .judging.rule import Rule
from .rules import RULES

__all__ = ["PAGE", "rules_page"]

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "rules.md"
HEAD: Final = """\
<!-- Written by `python -m policies.reference` from policies/rules/: change those instead. -->
# The policy pack's rules

The pack judges every bucket, user and policy of a deployment, and the roles for its buckets, in programs in
every Pulumi language. It reads resources of the providers `aws` (`Bucket`, `BucketV2` and the resources for
their settings) and `aws-native`, whether a setting is an argument of the bucket or a resource of its own.

It refuses what is not known during preview and what it cannot judge. If a rule itself ends with an error,
the pack reports a mandatory violation under that rule's name. The pack cannot see what the engine does not
show it ([threat model](../explanation/threat-model.md)).

[Enforce the fence in CI](../how-to/enforce-in-ci.md) describes how to run the pack, change the level of a
rule and exempt a resource.
"""
AFTER_THE_RULES: Final = """
## bucket-keeps-what-fences-it

No bucket loses its policy or another safeguard while the bucket itself stays.

This is not a rule of the pack, because the engine does not show deletions to a pack. `perimeter preview`
and `perimeter plan` report it ([enforce in CI](../how-to/enforce-in-ci.md#run-it)), and it is always
mandatory."""


def rules_page() -> str:
    """Return the page as it should be in docs/."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield "| rule | severity | level | what must hold |"
    yield "| --- | --- | --- | --- |"
    for rule in RULES:
        yield f"| [`{rule.id}`](#{rule.id}) | {rule.severity} | {rule.enforcement} | {rule.description} |"
    for rule in RULES:
        yield from _section(rule)
    yield AFTER_THE_RULES
    yield "\n## Exemptions\n"
    yield f"Every rule takes `exemptions`. {SCHEMA['description']}"
    yield "After that day the rule applies again, and says that the exemption has expired.\n"
    yield from _table(_entries())


def _section(rule: Rule) -> Iterator[str]:
    yield f"\n## {rule.id}\n"
    yield f"{rule.description}\n"
    yield f"To fix a violation: {rule.remedy}.\n"
    yield f"[AWS's documentation]({rule.link})"
    if rule.properties:
        yield ""
        yield from _table(rule.properties)


def _table(properties: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    yield "| setting | type | meaning |"
    yield "| --- | --- | --- |"
    for name, described in properties.items():
        yield f"| `{name}` | {described['type']} | {described['description']} |"


def _entries() -> Mapping[str, Mapping[str, object]]:
    """Return the fields of one exemption."""
    items = SCHEMA["items"]
    entries = items.get("properties") if isinstance(items, Mapping) else None
    if not isinstance(entries, Mapping):
        raise TypeError("the schema of exemptions describes no entries")
    return entries


if __name__ == "__main__":
    PAGE.write_text(rules_page())
    catalog.FILE.write_text(catalog.written())
