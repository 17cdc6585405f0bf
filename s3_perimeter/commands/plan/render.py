"""An effect as text, JSON, and Markdown for a pull request's comment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.address_map import AddressMap
from s3_perimeter.commands.plan.effect import LARGEST_POLICY, Effect, Expiry, Network
from s3_perimeter.commands.plan.standing import standing_sentences
from s3_perimeter.commands.violations import Violation
from s3_perimeter.reporting.output import as_json, count, paint, table

__all__ = ["as_markdown", "as_text", "effect_json", "map_of"]


MOST_NETWORKS: Final = 24
"""Lines for what opens, or closes, in one IP version, beside those that an entry names."""


def map_of(effect: Effect) -> AddressMap:
    """The address map of an effect."""
    opened = AddressSet.parse([network.cidr for network in effect.opens])
    closed = AddressSet.parse([network.cidr for network in effect.closes])
    return AddressMap(effect.allowed - opened, opened, closed)


def as_text(effect: Effect, violations: Sequence[Violation], stack: str) -> str:
    """What a person reads before `pulumi up`."""
    rows = [
        (word, one.cidr, size(one), quoted(one.label))
        for word, found in changes(effect)
        for one in shown(found)
    ]
    lines = [f"{effect.bucket} (stack {stack}): {count(effect.changes, 'resource')} would change", ""]
    if rows:
        lines += [
            *table(("", "network", "", "entry"), rows).splitlines()[1:],
            *(paint(sentence, "warn") for sentence in unshown(effect)),
            "",
            map_of(effect).as_text(),
            "",
        ]
    elif effect.equal:
        lines += ["The policy means what it meant: nobody is let in or shut out.", ""]
    lines += [f"{one.cidr}{named(one.label)}: {left(one)}" for one in effect.expiring]
    lines += [paint(sentence, "warn") for sentence in warnings(effect)]
    if effect.seen and not effect.seen.shut_out:
        lines.append(f"none of {seen_total(effect)} would be shut out")
    if effect.policy_bytes is not None:
        lines.append(f"policy: {effect.policy_bytes:,} of {LARGEST_POLICY:,} bytes")
    lines += [paint(f"{one.level}: {one.rule} ({one.resource}): {one.detail}", "bad") for one in violations]
    return "\n".join(lines)


def as_markdown(effect: Effect, violations: Sequence[Violation], stack: str) -> str:
    """A comment for a pull request; the map is drawn with signs, as comments show no inline pictures."""
    lines = [f"### Effect on who reaches `{effect.bucket}` (stack `{stack}`)", ""]
    if effect.opens or effect.closes:
        lines += ["| | network | size | entry |", "| --- | --- | ---: | --- |"]
        lines += [
            f"| {word} | `{one.cidr}` | {size(one)} | {cell(one.label)} |"
            for word, found in changes(effect)
            for one in shown(found)
        ]
        lines += [f"\n**{cell(sentence)}**" for sentence in unshown(effect)]
        lines += ["", "```", map_of(effect).as_text(), "```", ""]
    elif effect.equal:
        lines += ["The policy means what it meant: nobody is let in or shut out.", ""]
    lines += [f"- `{one.cidr}` {cell(named(one.label).strip())}: {left(one)}" for one in effect.expiring]
    lines += [f"- **{cell(sentence)}**" for sentence in warnings(effect)]
    if effect.seen and not effect.seen.shut_out:
        lines.append(f"- none of {seen_total(effect)} would be shut out")
    if effect.policy_bytes is not None:
        lines.append(f"- policy: {effect.policy_bytes:,} of {LARGEST_POLICY:,} bytes")
    lines += [
        f"- **{one.level}**: `{one.rule}` ({cell(one.resource)}): {cell(one.detail)}" for one in violations
    ]
    return "\n".join(lines)


def changes(effect: Effect) -> tuple[tuple[str, Sequence[Network]], ...]:
    """What opens and what closes, each under its word."""
    return ("opens", effect.opens), ("closes", effect.closes)


def shown(found: Sequence[Network]) -> list[Network]:
    """The networks that get a line: those with a label and of each IP version the largest, in their order."""
    versions = [[one for one in found if (":" in one.cidr) is six] for six in (False, True)]
    largest = {
        one.cidr
        for version in versions
        for one in sorted(version, key=lambda one: -one.addresses)[:MOST_NETWORKS]
    }
    return [one for one in found if one.label or one.cidr in largest]


def unshown(effect: Effect) -> list[str]:
    """That there is more than what got a line: as when the Deny is taken away, and the whole world opens."""
    more = [(word, len(found) - len(shown(found))) for word, found in changes(effect)]
    return [f"{word} {count(number, 'network')} more (--format json)" for word, number in more if number]


def effect_json(effect: Effect, violations: Sequence[Violation], stack: str) -> str:
    """The effect as scripts read it."""
    return as_json(
        {
            "stack": stack,
            "bucket": effect.bucket,
            "changes": effect.changes,
            "equal": effect.equal,
            "opens": [network(one) for one in effect.opens],
            "closes": [network(one) for one in effect.closes],
            "expiring": [
                {
                    "cidr": one.cidr,
                    "label": one.label or None,
                    "until": one.until.isoformat(),
                    "days_left": one.days,
                }
                for one in effect.expiring
            ],
            "seen": None
            if effect.seen is None
            else {
                "days": effect.seen.days,
                "addresses": effect.seen.total,
                "shut_out": [
                    {"address": address, "requests": number} for address, number in effect.seen.shut_out
                ],
            },
            "unreachable": list(effect.unreachable),
            "lockouts": [each.as_json() for each in effect.lockouts],
            "dead_allows": [each.as_json() for each in effect.dead_allows],
            "policy_bytes": effect.policy_bytes,
            "policy_bytes_limit": LARGEST_POLICY,
            "untold": list(effect.untold),
            "violations": [
                {"rule": one.rule, "level": one.level, "resource": one.resource, "detail": one.detail}
                for one in violations
            ],
        }
    )


def warnings(effect: Effect) -> list[str]:
    """What somebody should look at before going on."""
    found = [
        f"{address}, where this run comes from, would be shut out: add `- cidr: "
        f"{address}/{128 if ':' in address else 32}`"
        " to s3-perimeter:allowedNetworks"
        for address in effect.unreachable
    ]
    if effect.seen and effect.seen.shut_out:
        names = ", ".join(
            f"{address} ({count(number, 'request')})" for address, number in effect.seen.shut_out[:5]
        )
        more = ", …" if len(effect.seen.shut_out) > 5 else ""
        found.append(f"{len(effect.seen.shut_out)} of {seen_total(effect)} would be shut out: {names}{more}")
    found += standing_sentences(effect.lockouts, effect.dead_allows)
    return [*found, *(f"not told: {reason}" for reason in effect.untold)]


def seen_total(effect: Effect) -> str:
    """How many addresses the logs held."""
    assert effect.seen is not None  # noqa: S101  (callers have looked)
    total = count(effect.seen.total, "address", "addresses")
    return f"{total} seen in the access logs of the last {effect.seen.days} days"


def left(expiry: Expiry) -> str:
    """How long an entry is still good."""
    if expiry.days == 0:
        return f"its last day is today, {expiry.until}"
    return f"{count(expiry.days, 'day')} left, through {expiry.until}"


def network(one: Network) -> dict[str, object]:
    """A network as scripts read it."""
    return {"cidr": one.cidr, "addresses": one.addresses, "label": one.label or None}


def size(one: Network) -> str:
    """How many addresses a network holds, in a number that can be read."""
    if one.addresses < 1 << 24:
        return count(one.addresses, "address", "addresses")
    return f"2^{one.addresses.bit_length() - 1} addresses"


def quoted(label: str) -> str:
    """A label in quotes, nothing where there is none."""
    return f'"{label}"' if label else ""


def named(label: str) -> str:
    """A label as an addition."""
    return f" ({label})" if label else ""


def cell(text: str) -> str:
    """Text within Markdown that stays text: no table cells, tags, links or mentions of its own."""
    return re.sub(r"[\\`*_\[\]<>|#@&]", lambda sign: f"&#{ord(sign[0])};", " ".join(text.split()))
