"""What a reviewer has to look at: escapes, lock-outs, drift and what could not be read, the worst first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from s3_perimeter.commands.report.facts import Facts
from s3_perimeter.commands.report.html import Markup, block, prose, tag

if TYPE_CHECKING:
    from s3_perimeter.drift.findings import Finding
    from s3_perimeter.proof import Witness
    from s3_perimeter.settings.report import ConfigWarning

__all__ = ["findings"]

ORDER: Final = ("critical", "high", "medium", "low", "unknown", "note")
COMMANDS: Final = ("aws ", "perimeter ", "pulumi ")


@dataclass(frozen=True, slots=True)
class Item:
    """One finding as the page shows it: `causes` are titled texts that are shown on a click."""

    severity: str
    title: str
    says: str
    fix: str = ""
    subject: str = ""
    causes: tuple[tuple[str, str], ...] = ()


def findings(facts: Facts) -> list[Markup]:
    """Return every finding, the worst first; a sentence where there is none."""
    items = sorted(_items_of(facts), key=lambda item: ORDER.index(item.severity))
    if not items:
        return [tag("p", "Nothing was found.")]
    return [_shown(item) for item in items]


def _shown(item: Item) -> Markup:
    """Return one finding."""
    command = item.fix.startswith(COMMANDS)
    return tag(
        "article",
        tag("h3", tag("span", item.severity, class_=f"chip {item.severity}"), f" {item.title}"),
        tag("p", tag("code", item.subject), class_="subject") if item.subject else None,
        tag("p", prose(item.says)),
        tag("p", tag("strong", "Fix: "), None if command else prose(item.fix)) if item.fix else None,
        block(item.fix) if command else None,
        tag(
            "details",
            tag("summary", "Cause"),
            [_cause(title, text) for title, text in item.causes],
        )
        if item.causes
        else None,
        class_="finding",
    )


def _cause(title: str, text: str) -> Markup:
    """Return one cause, a document as it is and a sentence as one."""
    return Markup(tag("h4", title) + (block(text) if "\n" in text else tag("p", prose(text))))


def _items_of(facts: Facts) -> Iterator[Item]:
    """Yield the findings, in no order."""
    yield from map(_escape, facts.proof.faults)
    for one in facts.proof.lockouts:
        yield Item("high", "Somebody is locked out", f"{one.summary}: {one.because}.", one.fix)
    for allow in facts.proof.dead_allows:
        name = allow.sid or f"statement {allow.statement + 1}"
        yield Item(
            "low", f"An Allow that nobody can use: {name}", f"{allow.whom}: {allow.because}.", allow.fix
        )
    yield from (Item("unknown", "Not modelled", reason) for reason in facts.proof.unmodelled)
    yield from (Item("unknown", "Not decided", reason) for reason in facts.proof.undecided)
    yield from map(_drifted, facts.drift.findings)
    if facts.drift.error:
        yield Item("unknown", "The live bucket could not be read", facts.drift.error)
    for note in facts.drift.notes:
        yield Item("note", "Drift check", note)
    yield from _warned(facts.stack.settings.warnings)


def _warned(warnings: Sequence[ConfigWarning]) -> Iterator[Item]:
    """Yield what is legal in the config and probably not meant; those of one remedy together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in warnings:
        title = f"{'Argument' if one.of_component else 'Config key'} {one.key}"
        alike.setdefault((title, one.remedy), []).append(one.problem)
    for (title, remedy), problems in alike.items():
        yield Item("note", title, f"{'; '.join(problems)}.", remedy)


def _escape(ways: tuple[Witness, ...]) -> Item:
    """Return the ways in that one mistake opens."""
    example = ways[0]
    origin = f"from {example.source_ip}" if example.source_ip else "from no address"
    channels = ", ".join(one.channel.value for one in ways)
    return Item(
        "critical",
        "A request from outside gets through",
        f"Channels: {channels}. For example, by {example.channel.value}: {example.principal} does "
        f"`{example.action}` {origin}.",
        example.fix,
        example.resource,
        (
            ("Because", example.because),
            *((f"Request, {one.channel.value}", _pretty(_request(one))) for one in ways),
        ),
    )


def _request(witness: Witness) -> dict[str, object]:
    """Return a request that gets in, without what is said of all."""
    return {key: value for key, value in witness.as_json().items() if key not in ("because", "fix")}


def _drifted(finding: Finding) -> Item:
    """Return what AWS has otherwise than declared."""
    causes = [("Declared", _pretty(finding.declared)), ("Observed", _pretty(finding.observed))]
    if finding.witness is not None:
        causes.append(("Request that is answered differently", _pretty(finding.witness)))
    return Item(
        "unknown" if finding.kind.value == "unknown" else finding.severity.value,
        f"{finding.control}: {finding.kind.value}",
        finding.detail,
        finding.fix,
        finding.resource,
        tuple(causes),
    )


def _pretty(value: object) -> str:
    """Return a value, as JSON that a person reads."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
