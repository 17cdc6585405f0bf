"""An effect as text, and as Markdown for a pull request's comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from s3_perimeter.access.reach import ANY_SERVICE
from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.plan.address_map import AddressMap
from s3_perimeter.commands.plan.callers import KINDS as CALLERS
from s3_perimeter.commands.plan.effect import Effect, End, Expiry, Network, Way
from s3_perimeter.commands.plan.scripts import last_day
from s3_perimeter.commands.plan.standing import standing_sentences
from s3_perimeter.documents.document import MAX_POLICY_BYTES
from s3_perimeter.documents.nodes import visible
from s3_perimeter.endpoints import endpoint_words
from s3_perimeter.previews.packs import Pack, packs_sentence
from s3_perimeter.previews.violations import Violation
from s3_perimeter.reporting.markdown import cell, code, markdown_table
from s3_perimeter.reporting.output import Style, count, paint, table
from s3_perimeter.reporting.verdicts import layer_words

__all__ = ["as_markdown", "as_text", "map_of"]


NOBODY: Final = "No change in who has access."
STYLES: Final[dict[str, Style]] = {"opens": "bad", "stays": "warn", "closes": "warn"}
KINDS: Final = {
    "break-glass": "break-glass principal",
    "aws-services": "AWS service",
    "user": "user",
    "access": "user",
    "access-key": "user",
    "role": "role",
    "access-point": "access point",
    "request": "requests of kind",
}
MOST_NETWORKS: Final = 24
"""Lines for what opens, or closes, in one IP version, in addition to those that an entry names."""


def map_of(effect: Effect) -> AddressMap:
    """Return the address map of an effect."""
    opened = AddressSet.parse([network.cidr for network in effect.opens])
    closed = AddressSet.parse([network.cidr for network in effect.closes])
    return AddressMap(effect.allowed - opened, opened, closed)


def as_text(effect: Effect, violations: Sequence[Violation], stack: str, packs: Sequence[Pack] = ()) -> str:
    """Return what a person reads before `pulumi up`."""
    found = rows(effect)
    lines = [
        f"{effect.bucket or 'the bucket'} (stack {stack}): {count(effect.changes, 'resource')} would change",
        "",
    ]
    if found:
        cells = [(row.word, row.what, row.how, _quoted(row.label)) for row in found]
        aligned = table(("", "", "", ""), cells).splitlines()[1:]
        lines += [
            paint(row.word, STYLES[row.word]) + line[len(row.word) :]
            for row, line in zip(found, aligned, strict=True)
        ]
        lines += [paint(sentence, "warn") for sentence in _unshown(effect)]
        if effect.opens or effect.closes:
            lines += ["", map_of(effect).as_text()]
        lines.append("")
    elif effect.changes_nobody:
        lines += [NOBODY, ""]
    lines += [f"{one.cidr}{_named(one.label)}: {_left(one)}" for one in effect.expiring]
    lines += [paint(sentence, "warn") for sentence in _warnings(effect)]
    if effect.seen and not effect.seen.cut_off and not effect.seen.doubtful:
        lines.append(f"none of {_seen_total(effect)} would lose access")
    lines += _callers_as_text(effect)
    if effect.policy_bytes is not None:
        lines.append(f"policy: {effect.policy_bytes:,} of {MAX_POLICY_BYTES:,} bytes")
    lines.append(packs_sentence(packs))
    lines += [paint(f"{one.level}: {one.rule} ({one.resource}): {one.detail}", "bad") for one in violations]
    return "\n".join(lines)


def as_markdown(
    effect: Effect, violations: Sequence[Violation], stack: str, packs: Sequence[Pack] = ()
) -> str:
    """Return a comment for a pull request; the map is drawn with signs, as comments show no inline
    pictures.
    """
    lines = [
        f"### Effect on access to {code(effect.bucket) if effect.bucket else 'the bucket'} (stack `{stack}`)",
        "",
    ]
    if found := rows(effect):
        cells = [(row.word, code(row.what), cell(row.how), cell(row.label)) for row in found]
        lines += markdown_table(("", "who or what", "how", "entry"), cells)
        lines += [f"\n**{cell(sentence)}**" for sentence in _unshown(effect)]
        if effect.opens or effect.closes:
            lines += ["", "```", map_of(effect).as_text(), "```"]
        lines.append("")
    elif effect.changes_nobody:
        lines += [NOBODY, ""]
    lines += [f"- `{one.cidr}` {cell(_named(one.label).strip())}: {_left(one)}" for one in effect.expiring]
    lines += [f"- **{cell(sentence)}**" for sentence in _warnings(effect)]
    if effect.seen and not effect.seen.cut_off and not effect.seen.doubtful:
        lines.append(f"- none of {_seen_total(effect)} would lose access")
    lines += _callers_as_markdown(effect)
    if effect.policy_bytes is not None:
        lines.append(f"- policy: {effect.policy_bytes:,} of {MAX_POLICY_BYTES:,} bytes")
    lines.append(f"- {cell(packs_sentence(packs))}")
    lines += [
        f"- **{one.level}**: `{one.rule}` ({cell(one.resource)}): {cell(one.detail)}" for one in violations
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Row:
    """One line about what changes: the word for it, who or what, how far, and the entry's label."""

    word: str
    what: str
    how: str
    label: str = ""


def rows(effect: Effect) -> list[Row]:
    """Everything that changes, openings first: names before networks, as there are few of them."""
    return [
        *(Row("opens", _way_name(way), way.says) for way in effect.ways_in),
        *(Row("opens", one.cidr, _size(one), one.label) for one in _shown(effect.opens)),
        *(Row("stays", one.cidr, _end_moves(one), one.label) for one in effect.ends),
        *(Row("closes", _way_name(way), way.says) for way in effect.ways_out),
        *(Row("closes", one.cidr, _size(one), one.label) for one in _shown(effect.closes)),
    ]


def _way_name(way: Way) -> str:
    """Return a way in as people call it."""
    if way.kind == "vpc-endpoint":
        return endpoint_words(way.name)
    return f"{KINDS[way.kind]} {way.name}" if way.name != ANY_SERVICE else "any AWS service"


def _end_moves(end: End) -> str:
    """From when until when."""
    return f"ends {last_day(end.before)} → {last_day(end.after)}"


def _changes(effect: Effect) -> tuple[tuple[str, Sequence[Network]], ...]:
    """Return what opens and what closes, each under its word."""
    return ("opens", effect.opens), ("closes", effect.closes)


def _shown(found: Sequence[Network]) -> list[Network]:
    """Return the networks that get a line: those with a label and of each IP version the largest, in their
    order.
    """
    versions = [[one for one in found if (":" in one.cidr) is six] for six in (False, True)]
    largest = {
        one.cidr
        for version in versions
        for one in sorted(version, key=lambda one: -one.addresses)[:MOST_NETWORKS]
    }
    return [one for one in found if one.label or one.cidr in largest]


def _unshown(effect: Effect) -> list[str]:
    """That there is more than what got a line: as when the Deny is taken away, and the whole world opens."""
    more = [(word, len(found) - len(_shown(found))) for word, found in _changes(effect)]
    return [f"{word} {count(number, 'network')} more (--format json)" for word, number in more if number]


def _warnings(effect: Effect) -> list[str]:
    """Return what somebody should look at before going on."""
    found = [
        f"{address}, where this run comes from, would lose access: add `- cidr: "
        f"{address}/{128 if ':' in address else 32}`"
        " to s3-perimeter:allowedNetworks"
        for address in effect.unreachable
    ]
    if effect.seen and effect.seen.cut_off:
        names = ", ".join(
            f"{address} ({count(number, 'request')})" for address, number in effect.seen.cut_off[:5]
        )
        more = ", …" if len(effect.seen.cut_off) > 5 else ""
        found.append(f"{len(effect.seen.cut_off)} of {_seen_total(effect)} would lose access: {names}{more}")
    found += [": ".join(layer_words(layer)[:2]) + layer_words(layer)[2] for layer in effect.layers]
    found += standing_sentences(effect.lockouts, effect.dead_allows)
    found += [f"warning: {' '.join(warning.split())}" for warning in effect.warnings]
    if effect.seen and effect.seen.doubtful:
        number = count(effect.seen.doubtful, "address", "addresses")
        found.append(f"not decided: whether {number} of {_seen_total(effect)} would lose access")
    return [
        *found,
        *(
            reason if reason.startswith("not decided") else f"not determined: {reason}"
            for reason in effect.untold
        ),
    ]


def _callers_as_text(effect: Effect) -> list[str]:
    """Return the callers in the logs whom the plan cuts off, each with what it would need."""
    if effect.callers is None:
        return []
    rows = [
        (CALLERS[one.kind], one.name, count(one.requests, "request"), one.last_hour)
        for one in effect.callers.cut_off
    ]
    lines = table(("", "", "", ""), rows).splitlines()[1:] if rows else []
    found = [paint(effect.callers.summary, "warn") if rows else effect.callers.summary]
    for one, line in zip(effect.callers.cut_off, lines, strict=True):
        found += [f"  {line}", f"    needs: {one.needs}"]
        if one.principals:
            found.append(f"    as: {visible(', '.join(one.principals[:3]))}{_more_than(3, one.principals)}")
    return found


def _callers_as_markdown(effect: Effect) -> list[str]:
    """Return the same as a table."""
    if effect.callers is None:
        return []
    if not effect.callers.cut_off:
        return [f"- {effect.callers.summary}"]
    return [
        "",
        f"**{effect.callers.summary}**",
        "",
        "| | who | requests | last | needs |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {CALLERS[one.kind]} | {code(one.name)} | {one.requests:,} | {one.last_hour} | "
            f"{cell(one.needs)} |"
            for one in effect.callers.cut_off
        ),
        "",
    ]


def _more_than(most: int, found: Sequence[str]) -> str:
    """Return how many more there are than are shown."""
    return f" and {len(found) - most} more" if len(found) > most else ""


def _seen_total(effect: Effect) -> str:
    """Return how many addresses the logs held."""
    assert effect.seen is not None  # noqa: S101  (callers have looked)
    total = count(effect.seen.total, "address", "addresses")
    return f"{total} seen in the access logs of the last {effect.seen.days} days"


def _left(expiry: Expiry) -> str:
    """Return how long an entry is still good."""
    if expiry.days == 0:
        return f"its last day is today, {expiry.until}"
    return f"{count(expiry.days, 'day')} left, through {expiry.until}"


def _size(one: Network) -> str:
    """Return how many addresses a network holds, in a number that can be read."""
    if one.addresses < 1 << 24:
        return count(one.addresses, "address", "addresses")
    return f"2^{one.addresses.bit_length() - 1} addresses"


def _quoted(label: str) -> str:
    """Return a label in quotes, nothing where there is none."""
    return f'"{label}"' if label else ""


def _named(label: str) -> str:
    """Return a label as an addition."""
    return f" ({label})" if label else ""
