"""An effect as JSON, for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from s3_perimeter.commands.plan.effect import Effect, Network, Way
from s3_perimeter.documents.document import MAX_POLICY_BYTES
from s3_perimeter.previews.packs import Pack, packs_json
from s3_perimeter.previews.violations import Violation
from s3_perimeter.reporting.output import as_json

__all__ = ["effect_json", "last_day"]


def effect_json(
    effect: Effect, violations: Sequence[Violation], stack: str, packs: Sequence[Pack] = ()
) -> str:
    """Return the effect as scripts read it."""
    return as_json(
        {
            "stack": stack,
            "bucket": effect.bucket,
            "changes": effect.changes,
            "equal": effect.equal,
            "opens": [*map(_network, effect.opens), *map(_way, effect.ways_in)],
            "closes": [*map(_network, effect.closes), *map(_way, effect.ways_out)],
            "undecided": list(effect.doubtful.cidrs()),
            "ends": [
                {
                    "cidr": one.cidr,
                    "label": one.label or None,
                    "from": None if one.before is None else last_day(one.before),
                    "to": None if one.after is None else last_day(one.after),
                }
                for one in effect.ends
            ],
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
                    {"address": address, "requests": number} for address, number in effect.seen.cut_off
                ],
            },
            "callers": None if effect.callers is None else effect.callers.as_json(),
            "unreachable": list(effect.unreachable),
            "lockouts": [each.as_json() for each in effect.lockouts],
            "dead_allows": [each.as_json() for each in effect.dead_allows],
            **({"layers": [each.as_json() for each in effect.layers]} if effect.layers else {}),
            "policy_bytes": effect.policy_bytes,
            "policy_bytes_limit": MAX_POLICY_BYTES,
            "untold": list(effect.untold),
            "warnings": list(effect.warnings),
            "policy_packs": packs_json(packs),
            "violations": [
                {"rule": one.rule, "level": one.level, "resource": one.resource, "detail": one.detail}
                for one in violations
            ],
        }
    )


def _network(one: Network) -> dict[str, object]:
    """Return a network as scripts read it."""
    return {"cidr": one.cidr, "addresses": one.addresses, "label": one.label or None}


def _way(one: Way) -> dict[str, object]:
    """Another way in as scripts read it, in the shape of a network's entry."""
    return {
        "kind": one.kind,
        "name": one.name,
        "says": one.says,
        "cidr": None,
        "addresses": None,
        "label": None,
    }


def last_day(end: datetime | None) -> str:
    """Return the last good day, or the moment where it is not a day's end; `never` where there is none."""
    if end is None:
        return "never"
    moment = end.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return (moment - timedelta(days=1)).date().isoformat()
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
