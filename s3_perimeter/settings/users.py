"""`users`: the remote people, what each may do, and their access keys.

Source: IAM User Guide, "IAM and AWS STS quotas" (names, two access keys at most).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.settings.forms import fields, items, one_line, told, unknown
from s3_perimeter.settings.report import Report

__all__ = ["DEFAULT_USERS", "Access", "User", "read_users"]


class Access(StrEnum):
    """What a user may do with the bucket: the access levels of AWS's service authorization reference."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    TAG = "tag"
    PERMISSIONS = "permissions"


DEFAULT_ACCESS = (Access.LIST, Access.READ, Access.WRITE)
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
LEVELS = tuple(level.value for level in Access)
NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,64}", re.ASCII)
NAME_FORM = "use up to 64 letters, digits and `+=,.@_-`"
SLOT = re.compile(r"[a-z0-9][a-z0-9-]{0,15}", re.ASCII)
SLOT_FORM = 'name one slot, `["a"]`, or two while a key is rotated, `["a", "b"]`'
MOST_KEYS = 2
LONGEST_KEY = 1024
EXAMPLE = 'write a list such as `[{"name": "remote-user", "access": ["list", "read", "write"]}]`'


def read_users(value: object, report: Report) -> tuple[User, ...]:
    """The users in the order written, or the default one where the config says nothing."""
    if value is None:
        return DEFAULT_USERS
    users: list[User] = []
    first_at: dict[str, int] = {}
    for position, entry in enumerate(items(value, report, EXAMPLE) or (), 1):
        here = report.at(f"entry {position}")
        user = _user(entry, here)
        # An entry with another mistake in it has its name all the same.
        name = entry.get("name") if isinstance(entry, Mapping) else None
        if isinstance(name, str) and name:
            # IAM holds two names that differ in case only for the same one.
            earlier = first_at.setdefault(name.lower(), position)
            if earlier != position:
                here.mistake(
                    f"the name `{clipped(name)}` is taken by entry {earlier}",
                    "give each user a name of their own",
                )
        if user is not None:
            users.append(user)
    return tuple(users)


def _user(entry: object, report: Report) -> User | None:
    """One user, or None with the mistakes noted."""
    if not isinstance(entry, Mapping):
        report.mistake(f"{told(entry)} stands where a user is expected", EXAMPLE)
        return None
    before = len(report.mistakes)
    given = fields(entry, report, FIELDS) or {}
    if "name" not in given:
        report.mistake("the user has no `name`", f"add a `name`; {NAME_FORM}")
    name = _name(given["name"], report.at("`name`")) if "name" in given else None
    access = _access(given["access"], report.at("`access`")) if "access" in given else DEFAULT_ACCESS
    prefix = _prefix(given["prefix"], report.at("`prefix`")) if "prefix" in given else None
    keys = _keys(given["keys"], report.at("`keys`")) if "keys" in given else DEFAULT_KEYS
    if name is None or len(report.mistakes) > before:
        return None
    return User(name, access, prefix, keys)


def _name(value: object, report: Report) -> str | None:
    """An IAM user's name."""
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    report.mistake(f"{told(value)} is no name for an IAM user", NAME_FORM)
    return None


def _access(value: object, report: Report) -> tuple[Access, ...]:
    """The access levels, in AWS's order whatever the order written."""
    wanted: set[Access] = set()
    levels = items(value, report, f"write a list such as `{list(LEVELS[:2])!r}`".replace("'", '"'))
    if levels is not None and not levels:
        report.mistake("the user has no access at all", "list at least one level, or remove the user")
    for level in levels or ():
        if not isinstance(level, str) or level not in LEVELS:
            unknown(level, LEVELS, report, "access level")
        elif level in wanted:
            report.warn(f"`{level}` is there twice", "keep one of them")
        else:
            wanted.add(Access(level))
    return tuple(level for level in Access if level in wanted)


def _prefix(value: object, report: Report) -> str | None:
    """The beginning of the keys that the user may reach, up to a `/`: `team` would be `team-b/` too."""
    prefix = one_line(value, report, "write a prefix such as `team/`, or leave it out", LONGEST_KEY)
    if prefix is None:
        return None
    shown = f"`{clipped(prefix)}`"
    if prefix.startswith("/"):
        rest = clipped(prefix.lstrip("/"))
        report.mistake(
            f"{shown} starts with `/`, and keys seldom do", f"write `{rest}`" if rest else "leave it out"
        )
    elif any(special in prefix for special in ("*", "?", "${")):
        report.mistake(
            f"{shown} holds `*`, `?` or `${{`, which mean something else in a policy",
            "write the prefix itself",
        )
    elif not prefix.endswith("/"):
        report.mistake(
            f"{shown} does not end in `/`, so longer names would match too", f"write `{clipped(prefix)}/`"
        )
    elif len(prefix.encode("utf-8", "surrogatepass")) >= LONGEST_KEY:
        report.mistake(f"{shown} leaves no room for a key, which has 1,024 bytes", "write a shorter prefix")
    return prefix


def _keys(value: object, report: Report) -> tuple[str, ...]:
    """The names of the access keys' slots."""
    slots: list[str] = []
    given = items(value, report, SLOT_FORM)
    if given is not None and not 1 <= len(given) <= MOST_KEYS:
        report.mistake(f"the user has {len(given)} slots for access keys, and IAM has one or two", SLOT_FORM)
    for slot in given or ():
        if not isinstance(slot, str) or not SLOT.fullmatch(slot):
            report.mistake(
                f"{told(slot)} is no name for a slot", "use up to 16 lower-case letters, digits and hyphens"
            )
        elif slot in slots:
            report.mistake(f"the slot `{slot}` is there twice", SLOT_FORM)
        else:
            slots.append(slot)
    return tuple(slots)
