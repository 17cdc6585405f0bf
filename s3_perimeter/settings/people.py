"""What users and roles have in common: a name, access levels and a prefix.

Source: IAM User Guide, "IAM and AWS STS quotas" (names).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.settings.forms import fields, items, one_line, shown, unknown
from s3_perimeter.settings.report import Report

__all__ = ["DEFAULT_ACCESS", "NAME_FORM", "Access", "read_access", "read_name", "read_people", "read_prefix"]


class Access(StrEnum):
    """What a person may do with the bucket: the access levels of AWS's service authorization reference."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    TAG = "tag"
    PERMISSIONS = "permissions"


DEFAULT_ACCESS = (Access.LIST, Access.READ, Access.WRITE)
LEVELS = tuple(level.value for level in Access)
NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,64}", re.ASCII)
NAME_FORM = "use up to 64 letters, digits and `+=,.@_-`"
LONGEST_KEY = 1024


class Named(Protocol):
    """A user or a role."""

    @property
    def name(self) -> str:
        """The name in the config."""
        ...


Person = TypeVar("Person", bound=Named)


def read_people(
    value: object,
    report: Report,
    *,
    kind: str,
    example: str,
    known: tuple[str, ...],
    read: Callable[[dict[str, object], Report], Person | None],
) -> tuple[Person, ...]:
    """Return the users or roles (`kind`) in the order written; each name once.

    `read` makes one of an entry's known fields, or notes mistakes and returns None.
    """
    found: list[Person] = []
    first_at: dict[str, int] = {}
    for position, entry in enumerate(items(value, report, example, objects=True) or (), 1):
        here = report.at(f"entry {position}")
        if not isinstance(entry, Mapping):
            here.mistake(f"expected a {kind}, found {shown(entry)}", example)
            continue
        # An entry with another mistake in it has its name all the same.
        name = entry.get("name")
        before = len(here.mistakes)
        person = read(fields(entry, here, known) or {}, here)
        clean = len(here.mistakes) == before
        if isinstance(name, str) and name:
            # IAM holds two names that differ in case only for the same one.
            earlier = first_at.setdefault(name.lower(), position)
            if earlier != position:
                here.mistake(
                    f"the name `{clipped(name)}` is taken by entry {earlier}",
                    f"give each {kind} a name of their own",
                )
        if person is not None and clean:
            found.append(person)
    return tuple(found)


def read_name(given: Mapping[str, Any], report: Report, kind: str) -> str | None:
    """Return the name of an IAM user or role (`kind`)."""
    if "name" not in given:
        report.mistake(f"the {kind} has no `name`", f"add a `name`; {NAME_FORM}")
        return None
    value = given["name"]
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    report.at("`name`").mistake(f"{shown(value)} is not a valid IAM {kind} name", NAME_FORM)
    return None


def read_access(given: Mapping[str, Any], report: Report, kind: str) -> tuple[Access, ...]:
    """Return the access levels, in AWS's order whatever the order written."""
    if "access" not in given:
        return DEFAULT_ACCESS
    here = report.at("`access`")
    wanted: set[Access] = set()
    levels = items(given["access"], here, f"write a list such as `{list(LEVELS[:2])!r}`".replace("'", '"'))
    if levels is not None and not levels:
        here.mistake(f"the {kind} has no access at all", f"list at least one level, or remove the {kind}")
    for level in levels or ():
        if not isinstance(level, str) or level not in LEVELS:
            unknown(level, LEVELS, here, "access level")
        elif level in wanted:
            here.warn(f"`{level}` is listed twice", "keep one of them")
        else:
            wanted.add(Access(level))
    return tuple(level for level in Access if level in wanted)


def read_prefix(given: Mapping[str, Any], report: Report) -> str | None:
    """Return the beginning of the keys that a person may reach, up to a `/`: `team` would be `team-b/`
    too.
    """
    if "prefix" not in given:
        return None
    here = report.at("`prefix`")
    prefix = one_line(given["prefix"], here, "write a prefix such as `team/`, or leave it out", LONGEST_KEY)
    if prefix is None:
        return None
    quoted = f"`{clipped(prefix)}`"
    if prefix.startswith("/"):
        rest = clipped(prefix.lstrip("/"))
        here.mistake(
            f"{quoted} starts with `/`, which object keys rarely do",
            f"write `{rest}`" if rest else "leave it out",
        )
    elif any(special in prefix for special in ("*", "?", "${")):
        here.mistake(
            f"{quoted} contains `*`, `?` or `${{`, which have a special meaning in a policy",
            "write the prefix itself",
        )
    elif not prefix.endswith("/"):
        here.mistake(
            f"{quoted} does not end in `/`, so longer names would match too", f"write `{clipped(prefix)}/`"
        )
    elif len(prefix.encode("utf-8", "surrogatepass")) >= LONGEST_KEY:
        here.mistake(
            f"{quoted} leaves no space for an object key, which has at most 1,024 bytes",
            "write a shorter prefix",
        )
    return prefix
