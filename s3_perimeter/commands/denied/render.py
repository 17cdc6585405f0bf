"""What `perimeter denied` prints: refused requests and what to do about them, and unused entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from s3_perimeter.access_logs.tally import Tally
from s3_perimeter.access_logs.times import hour_of, shown_hour
from s3_perimeter.commands.denied.coverage import (
    complete,
    counted,
    left_out,
    printable,
    stamp,
    what_was_read,
)
from s3_perimeter.commands.denied.fence import Fence
from s3_perimeter.commands.denied.judge import Denial, Judged
from s3_perimeter.reporting.output import as_json, count, paint, print_result, table
from s3_perimeter.reporting.saying import note

__all__ = ["denied_report", "unused_report"]


def denied_report(
    judged: Judged, tally: Tally, since: datetime, form: str, top: int, stack: str | None
) -> int:
    """Print who was denied; returns the exit code."""
    found = judged.denials
    code = 1 if found or tally.folded else 0 if complete(tally) else 2
    notes = [*left_out(tally, since), *_own_probes(judged)]
    if form == "json":
        denied = [_entry(one) for one in found]
        _print_json(tally, since, notes, {"own_probes": judged.own_probes, "denied": denied})
        return code
    for sentence in notes:
        print_result(paint(sentence, "warn"))
    read = what_was_read(tally, since)
    if not found and not tally.folded:
        if not tally.asked:
            print_result(f"It is not known whether a request was denied: {read}.")
        else:
            print_result(paint(f"No request was denied: {read}.", "warn" if code else "good"))
        return code
    total = sum(one.requests for one in found) + tally.folded
    others = sum(one.requests for one in found if one.fenced is False)
    some = f" ({others:,} of them not by the fence)" if others else ""
    print_result(f"{count(total, 'request')} denied{some}, in {read}\n")
    print_result(
        table(
            ("address", "user", "operation", "error", "requests", "last (UTC)", ""),
            [
                (
                    printable(one.address),
                    printable(one.user),
                    printable(one.operation),
                    printable(one.error),
                    f"{one.requests:,}",
                    shown_hour(one.last),
                    _remark(one),
                )
                for one in found[:top]
            ],
        )
    )
    if len(found) > top:
        print_result(f"… and {count(len(found) - top, 'row')} more (--top, --format json)")
    if tally.folded:
        print_result(
            f"… and {count(tally.folded, 'request')} of additional callers, grouped (--athena shows each)"
        )
    _print_warnings(found, stack)
    lines = {one.admit: _config_line(one) for one in found if one.yours and one.admit}
    if lines:
        place = f"Pulumi.{stack.rpartition('/')[2]}.yaml" if stack else "the stack's config"
        print_result(f"\nTo allow those that are yours, add to s3-perimeter:allowedNetworks in {place}:")
        print_result("\n".join(f"    {line}" for line in lines.values()))
    return code


def _print_warnings(found: Sequence[Denial], stack: str | None) -> None:
    """Say whose key was used from an address that is not allowed, and what to do about it."""
    people: dict[str, list[str]] = {}
    for one in found:
        place = "an address that the log does not show" if one.address == "-" else printable(one.address)
        if one.warning and place not in people.setdefault(one.warning, []):
            people[one.warning].append(place)
    of_stack = f" --stack {stack}" if stack else ""
    for name, addresses in people.items():
        some = ", ".join(addresses[:4]) + (
            f" and {len(addresses) - 4} more addresses" if addresses[4:] else ""
        )
        print_result(
            "\n"
            + paint(f"WARNING: the key of {printable(name)} was used from {some}: not allowed.", "bad")
            + f"\nAsk {printable(name)} whether that was them. If it was not, the key is stolen: rotate it "
            f"(perimeter rotate{of_stack}).\n"
            f"If it was, `perimeter my-ip`, run there, shows the entry to add."
        )


def unused_report(last: dict[str, int], fence: Fence, tally: Tally, since: datetime, form: str) -> int:
    """Print the entries that nobody used; returns the exit code."""
    added = {cidr: fence.since(cidr) for cidr in last}
    young = [cidr for cidr, hour in last.items() if not hour and added[cidr] > hour_of(since)]
    unused = [cidr for cidr, hour in last.items() if not hour and cidr not in young] if tally.asked else []
    code = 1 if unused else 0 if complete(tally) else 2
    notes = left_out(tally, since)
    if form == "json":
        rows = [
            {
                "cidr": cidr,
                "label": fence.labels.get(cidr),
                "last_used": stamp(hour) if hour else None,
                "added": stamp(added[cidr]) if added[cidr] else None,
            }
            for cidr, hour in last.items()
        ]
        _print_json(tally, since, notes, {"unused": unused, "too_young": young, "entries": rows})
        return code
    for sentence in notes:
        print_result(paint(sentence, "warn"))
    read = what_was_read(tally, since)
    if not tally.asked:
        print_result(f"It is not known which entries were used: {read}.")
        return code
    print_result(
        table(
            ("entry", "label", "added (UTC)", "last used (UTC)"),
            [
                (
                    cidr,
                    printable(fence.labels.get(cidr, "")),
                    shown_hour(added[cidr]) if added[cidr] else "",
                    shown_hour(hour) if hour else "not yet" if cidr in young else "never",
                )
                for cidr, hour in last.items()
            ],
        )
    )
    print_result("")
    if young:
        print_result(
            f"{count(len(young), 'entry', 'entries')} not used yet, but added after the start of the "
            f"requested time: not reported."
        )
    if not unused:
        print_result(f"Every {'older ' if young else ''}entry was used: {read}.")
        return code
    print_result(
        f"{count(len(unused), 'entry', 'entries')} unused: {read}. Remove from the config what you do not "
        f"need."
    )
    if tally.changed > hour_of(since) and not fence.listings:
        print_result(
            f"The bucket policy was changed on {shown_hour(tally.changed)}: an entry that was added then is "
            f"younger than the logs."
        )
    return code


def _print_json(tally: Tally, since: datetime, notes: Sequence[str], found: Mapping[str, object]) -> None:
    """Print what was found for scripts, and the notes to standard error."""
    print_result(as_json({"since": f"{since:%Y-%m-%dT%H:00:00Z}", **counted(tally), **found}), "json")
    for sentence in notes:
        note(f"note: {sentence}")


def _own_probes(judged: Judged) -> list[str]:
    """Return what was left out because it is our own."""
    if not judged.own_probes:
        return []
    return [f"{count(judged.own_probes, 'refused request')} of `perimeter verify` itself: left out."]


def _remark(one: Denial) -> str:
    """Return what to say of a group in its row."""
    if one.warning:
        return f"WARNING: the key of {printable(one.warning)}"
    return f"probably yours: {one.yours}" if one.yours else one.because or ""


def _entry(one: Denial) -> dict[str, object]:
    """Return a denial as scripts read it."""
    return {
        "address": one.address,
        "requester": None if one.requester == "-" else one.requester,
        "operation": one.operation,
        "error": one.error,
        "requests": one.requests,
        "first": stamp(one.first),
        "last": stamp(one.last),
        "by_the_fence": one.fenced,
        "key_of": one.warning,
        "probably_yours": one.yours is not None,
        "because": f"the key of {one.warning}, used from an address that is not allowed"
        if one.warning
        else one.yours or one.because,
        "admit": _config_line(one) if one.admit else None,
    }


def _config_line(one: Denial) -> str:
    """Return the line of YAML that would allow the caller."""
    return f'- {{cidr: "{one.admit}", label: "SAY WHO"}}'
