"""Where a rotation stands, read from the world each time, and what the next step is.

Nothing is remembered between runs: the config's slots, the deployed keys, and what IAM says of them decide.
So a rotation that was interrupted at any point goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from s3_perimeter.reporting.errors import CommandError

__all__ = ["KeyState", "Step", "next_slot", "next_step"]

Action: TypeAlias = Literal["create", "deploy", "hand-over", "wait", "deactivate", "delete"]


@dataclass(frozen=True, slots=True)
class KeyState:
    """One deployed access key, as IAM knows it."""

    slot: str
    id: str
    active: bool
    created: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: `slots` is what the config has to say then, `key` the key that it is about."""

    action: Action
    says: str
    slots: tuple[str, ...] = ()
    key: KeyState | None = None


def next_step(
    configured: Sequence[str],
    deployed: Sequence[KeyState],
    *,
    now: datetime,
    quiet: timedelta,
    force: bool = False,
) -> Step:
    """Return the next step of a rotation, which ends with one slot again.

    The old key is left alone until the new one was used, and the old one was not for `quiet`; `force` does
    not wait. Raises CommandError where it cannot be determined which key is which.
    """
    slots = tuple(configured)
    present = {key.slot for key in deployed}
    if not deployed:
        return Step("deploy", f"deploy the first key (slot {', '.join(slots)})", slots)
    if set(slots) != present:
        if len(slots) == 2 and len(deployed) == 1:
            return Step(
                "deploy", f"continue: deploy the new key (slot {next(iter(set(slots) - present))})", slots
            )
        if len(slots) == 1 and len(deployed) == 2:
            return Step("delete", f"continue: delete the old key (all but slot {slots[0]})", slots)
        raise CommandError(
            f"the config names the slots {', '.join(slots)}, deployed are {', '.join(sorted(present))}",
            "make the config's `keys` name those that are deployed, then rotate",
        )
    if len(deployed) == 1:
        fresh = next_slot(slots[0])
        return Step("create", f"create a second key, in slot {fresh}", (slots[0], fresh))
    return _with_two(deployed, now=now, quiet=quiet, force=force)


def _with_two(deployed: Sequence[KeyState], *, now: datetime, quiet: timedelta, force: bool) -> Step:
    """Return the next step where both keys are there."""
    old, new = sorted(deployed, key=lambda key: key.created)
    if not new.active:
        # The new key was given up: the rotation goes back.
        old, new = new, old
    if not old.active:
        return Step("delete", f"delete the old key {old.id} (slot {old.slot})", (new.slot,), old)
    if not force:
        if new.last_used is None:
            says = f"hand over the new key {new.id} (slot {new.slot}); it has not been used yet"
            return Step("hand-over", says, (), new)
        last = old.last_used
        if last is not None and now - last < quiet:
            says = f"wait: the old key {old.id} (slot {old.slot}) was last used {_ago(now - last)} ago"
            return Step("wait", says, (), old)
    return Step("deactivate", f"deactivate the old key {old.id} (slot {old.slot})", (), old)


def next_slot(slot: str) -> str:
    """Return a name for the other slot."""
    return {"a": "b", "b": "a", "1": "2", "2": "1"}.get(slot, "a" if slot != "a" else "b")


def _ago(span: timedelta) -> str:
    """Return a span of time for people."""
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"
