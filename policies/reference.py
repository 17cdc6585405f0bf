"""The reference page and the catalogue of the rules, written from their metadata.

``python -m policies.reference`` writes docs/reference/rules.md and policies/engine/catalogue.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from .engine import catalogue
from .judging.exemptions import SCHEMA
from .judging.rule import Rule
from .rules import RULES

__all__ = ["PAGE", "rules_page"]

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "rules.md"
HEAD: Final = """\
<!-- Written by `python -m policies.reference` from policies/rules/: change those instead. -->
# The policy pack's rules

The pack judges every bucket, user and policy of a deployment, and the roles for its buckets, whoever wrote
the program and in whichever Pulumi language: types of the `aws` provider (`Bucket`, `BucketV2` and the
resources for their settings) and of `aws-native`, arguments on the bucket itself and resources of their own.
What is not known during preview, or cannot be judged, is refused. The pack cannot see what the engine does
not show ([threat model](../explanation/threat-model.md)). A rule that itself ends with an error is a
mandatory violation under its own name.

How to run it, change a rule's level and exempt a resource: [enforce in CI](../how-to/enforce-in-ci.md).
"""
AFTER_THE_RULES: Final = """
## bucket-keeps-what-fences-it

No bucket that stays loses its policy or another of its safeguards.

This is not a rule of the pack, because the engine shows a pack no deletions. `perimeter preview` and
`perimeter plan` report it: [enforce in CI](../how-to/enforce-in-ci.md#run-it). It is always mandatory."""


def rules_page() -> str:
    """The page as it should stand in docs/."""
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
    yield "From the day after its last day, the rule applies again and says that the exemption has expired.\n"
    yield from _table(_entries())


def _section(rule: Rule) -> Iterator[str]:
    yield f"\n## {rule.id}\n"
    yield f"{rule.description}\n"
    yield f"To fix a violation: {rule.remedy}.\n"
    yield f"[AWS's page]({rule.link}). Severity {rule.severity}; {rule.enforcement} unless configured."
    if rule.properties:
        yield ""
        yield from _table(rule.properties)


def _table(properties: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    yield "| setting | type | meaning |"
    yield "| --- | --- | --- |"
    for name, described in properties.items():
        yield f"| `{name}` | {described['type']} | {described['description']} |"


def _entries() -> Mapping[str, Mapping[str, object]]:
    """What one exemption holds."""
    items = SCHEMA["items"]
    entries = items.get("properties") if isinstance(items, Mapping) else None
    if not isinstance(entries, Mapping):
        raise TypeError("the schema of exemptions describes no entries")
    return entries


if __name__ == "__main__":
    PAGE.write_text(rules_page())
    catalogue.FILE.write_text(catalogue.written())
