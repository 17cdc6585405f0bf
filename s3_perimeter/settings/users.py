"""`users`: the remote people, what each may do, and their access keys.

Source: IAM User Guide, "IAM and AWS STS quotas" (two access keys at most).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from s3_perimeter.settings.forms import items, shown
from s3_perimeter.settings.people import (
    DEFAULT_ACCESS,
    Access,
    read_access,
    read_name,
    read_people,
    read_prefix,
)
from s3_perimeter.settings.report import Report

__all__ = ["DEFAULT_USERS", "User", "read_users"]

DEFAULT_KEYS = ("a",)


@dataclass(frozen=True, slots=True)
class User:
    """One remote person. `prefix` limits the objects; `keys` names the slots of the access keys, one or two.

    To rotate without an interruption add a second slot, hand its key over, then remove the first slot.
    """

    name: str
    access: tuple[Access, ...] = DEFAULT_ACCESS
    prefix: str | None = None
    keys: tuple[str, ...] = DEFAULT_KEYS


DEFAULT_USERS = (User("remote-user"),)

FIELDS = ("name", "access", "prefix", "keys")
SLOT = re.compile(r"[a-z0-9][a-z0-9-]{0,15}", re.ASCII)
SLOT_FORM = 'name one slot, `["a"]`, or two while a key is rotated, `["a", "b"]`'
MOST_KEYS = 2
EXAMPLE = 'write a list such as `[{"name": "remote-user", "access": ["list", "read", "write"]}]`'


def read_users(value: object, report: Report) -> tuple[User, ...]:
    """Return the users in the order written, or the default one where the config says nothing."""
    if value is None:
        return DEFAULT_USERS
    return read_people(value, report, kind="user", example=EXAMPLE, known=FIELDS, read=_user)


def _user(given: dict[str, object], report: Report) -> User | None:
    """Return one user, or None where there is no name."""
    name = read_name(given, report, "user")
    access = read_access(given, report, "user")
    prefix = read_prefix(given, report)
    keys = _keys(given["keys"], report.at("`keys`")) if "keys" in given else DEFAULT_KEYS
    return None if name is None else User(name, access, prefix, keys)


def _keys(value: object, report: Report) -> tuple[str, ...]:
    """Return the names of the access keys' slots."""
    slots: list[str] = []
    given = items(value, report, SLOT_FORM)
    if given is not None and not 1 <= len(given) <= MOST_KEYS:
        report.mistake(f"the user has {len(given)} slots for access keys; use one or two", SLOT_FORM)
    for slot in given or ():
        if not isinstance(slot, str) or not SLOT.fullmatch(slot):
            report.mistake(
                f"{shown(slot)} is not a valid slot name",
                "use up to 16 lower-case letters, digits and hyphens",
            )
        elif slot in slots:
            report.mistake(f"the slot `{slot}` is listed twice", SLOT_FORM)
        else:
            slots.append(slot)
    return tuple(slots)
