"""What `perimeter denied` prints: refused requests and what to do, unused entries, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from s3_perimeter.commands.denied.judge import Denial
from s3_perimeter.commands.denied.lines import Tally
from s3_perimeter.commands.denied.question import Fence
from s3_perimeter.reporting.output import as_json, count, paint, table

__all__ = ["denied_report", "unused_report"]


def denied_report(
    found: Sequence[Denial], tally: Tally, since: datetime, form: str, top: int, stack: str | None
) -> int:
    """Print who was turned away; returns the exit code."""
    if form == "json":
        print(
            as_json(
                {
                    "since": f"{since:%Y-%m-%dT%H:00:00Z}",
                    **counted(tally),
                    "denied": [entry(one) for one in found],
                }
            )
        )
        return 1 if found else 0
    read = f"{count(tally.lines, 'line')} of log since {since:%Y-%m-%d %H:00} UTC"
    if not found:
        print(paint(f"Nobody was turned away: {read}.", "good"))
        return 0
    total = sum(one.requests for one in found) + tally.folded
    print(f"{count(total, 'request')} turned away, in {read}\n")
    print(
        table(
            ("address", "user", "operation", "error", "requests", "last (UTC)", ""),
            [
                (
                    printable(one.address),
                    printable(one.user),
                    printable(one.operation),
                    printable(one.error),
                    f"{one.requests:,}",
                    at(one.last),
                    f"probably yours: {one.yours}" if one.yours else one.because or "",
                )
                for one in found[:top]
            ],
        )
    )
    if len(found) > top:
        print(f"… and {count(len(found) - top, 'row')} more (--top, --format json)")
    if tally.folded:
        print(
            f"… and {count(tally.folded, 'request')} of more callers than are told apart (--athena tells "
            f"them all)"
        )
    lines = {one.admit: config_line(one) for one in found if one.yours and one.admit}
    if lines:
        place = f"Pulumi.{stack}.yaml" if stack else "the stack's config"
        print(f"\nTo admit those that are yours, add to s3-perimeter:allowedNetworks in {place}:")
        print("\n".join(f"    {line}" for line in lines.values()))
    return 1


def unused_report(last: dict[str, int], fence: Fence, tally: Tally, since: datetime, form: str) -> int:
    """Print the entries that let nobody in; returns the exit code."""
    unused = [cidr for cidr, hour in last.items() if not hour]
    if form == "json":
        rows = [
            {"cidr": cidr, "label": fence.labels.get(cidr), "last_used": stamp(hour) if hour else None}
            for cidr, hour in last.items()
        ]
        print(
            as_json(
                {"since": f"{since:%Y-%m-%dT%H:00:00Z}", **counted(tally), "unused": unused, "entries": rows}
            )
        )
        return 1 if unused else 0
    print(
        table(
            ("entry", "label", "last used (UTC)"),
            [
                (cidr, printable(fence.labels.get(cidr, "")), at(hour) if hour else "never")
                for cidr, hour in last.items()
            ],
        )
    )
    span = f"since {since:%Y-%m-%d}, in {count(tally.lines, 'line')} of log"
    if not unused:
        print(f"\nEvery entry was used {span}.")
        return 0
    print(
        f"\n{count(len(unused), 'entry', 'entries')} let nobody in {span}: remove from the config what is "
        f"not needed."
    )
    return 1


def entry(one: Denial) -> dict[str, object]:
    """A denial as scripts read it."""
    return {
        "address": one.address,
        "requester": None if one.requester == "-" else one.requester,
        "operation": one.operation,
        "error": one.error,
        "requests": one.requests,
        "first": stamp(one.first),
        "last": stamp(one.last),
        "probably_yours": one.yours is not None,
        "because": one.yours or one.because,
        "admit": config_line(one) if one.admit else None,
    }


def counted(tally: Tally) -> dict[str, int]:
    """How much was read."""
    return {
        "lines": tally.lines,
        "bytes": tally.size,
        "unread_lines": tally.unread,
        "requests_not_told_apart": tally.folded,
    }


def config_line(one: Denial) -> str:
    """The line of YAML that would admit the caller."""
    who = (
        one.yours.removeprefix("the key of ")
        if one.yours and one.yours.startswith("the key of ")
        else "TELL WHO"
    )
    return f'- {{cidr: "{one.admit}", label: "{who}"}}'


def printable(text: str) -> str:
    """A text out of a log with what could steer a terminal taken out, and not too long."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= 48 else shown[:47] + "…"


def at(hour: int) -> str:
    """An hour number for people."""
    text = f"{hour:010}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:]}h" if hour else "?"


def stamp(hour: int) -> str:
    """An hour number for scripts."""
    text = f"{hour:010}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:]}:00:00Z"
