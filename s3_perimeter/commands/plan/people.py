"""What a plan gives to people: users, roles, what they may do, and keys, of which the policy says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from s3_perimeter.commands.plan.effect import Effect, Way
from s3_perimeter.previews.deletions import Step
from s3_perimeter.previews.preview import Preview
from s3_perimeter.settings.report import Report
from s3_perimeter.settings.roles import Role, read_roles
from s3_perimeter.settings.users import User, read_users
from s3_perimeter.stack.config import NAMESPACE, value_of

__all__ = ["users_of", "with_people"]

# Resources that give somebody access by being made.
HOLDERS: Final[Mapping[str, str]] = {
    "aws:iam/user:User": "user",
    "aws:iam/role:Role": "role",
    "aws:iam/accessKey:AccessKey": "access-key",
    "aws:s3/accessPoint:AccessPoint": "access-point",
}
CREATES: Final = ("create", "create-replacement", "import")


def users_of(config: Mapping[str, Any]) -> dict[str, User]:
    """Return the users of a config, from Pulumi's history or prelude; what cannot be read is left out."""
    value = value_of(config.get(f"{NAMESPACE}:users"))
    return {user.name: user for user in read_users(None if value == "" else value, Report("users"))}


def _roles_of(config: Mapping[str, Any]) -> dict[str, Role]:
    """Return the roles of such a config."""
    value = value_of(config.get(f"{NAMESPACE}:roles"))
    return {role.name: role for role in read_roles(None if value == "" else value, Report("roles"))}


def with_people(effect: Effect, preview: Preview, last: Mapping[str, Any] | None) -> Effect:
    """Return the effect with what people get and lose; `last` is the config of the last update, None if
    unknown.
    """
    deployed_before = preview.before is not None
    ways_in: list[Way] = []
    ways_out: list[Way] = []
    if last is not None or not deployed_before:
        known = last if last is not None and deployed_before else None
        before = users_of(known) if known is not None else {}
        ways_in, ways_out = _people_moved(before, users_of(preview.config))
        roles_before, roles = _roles_of(known) if known is not None else {}, _roles_of(preview.config)
        ways_in += _gained_by_roles(roles_before, roles)
        ways_out += _gained_by_roles(roles, roles_before)
    ways_in += _new_holders(preview.steps, [*ways_in, *ways_out])
    return replace(effect, ways_in=(*effect.ways_in, *ways_in), ways_out=(*effect.ways_out, *ways_out))


def _people_moved(before: Mapping[str, User], after: Mapping[str, User]) -> tuple[list[Way], list[Way]]:
    """Return what people get, and what is taken from them."""
    return list(_gained(before, after)), list(_gained(after, before))


def _gained(before: Mapping[str, User], after: Mapping[str, User]) -> Iterator[Way]:
    """Yield what the people of `after` have that they had not."""
    for name, user in after.items():
        known = before.get(name)
        if known is None:
            yield Way("user", name, f"{', '.join(user.access)} {_where(user)}, with a key of their own")
            continue
        yield from _wider_access(known, user)
        for slot in user.keys:
            if slot not in known.keys:
                yield Way("access-key", name, f"another access key, slot {slot}")


def _gained_by_roles(before: Mapping[str, Role], after: Mapping[str, Role]) -> Iterator[Way]:
    """Yield what the roles of `after` give that they did not."""
    for name, role in after.items():
        known = before.get(name)
        arns = [each.arn for each in role.assumed_by]
        if known is None:
            yield Way("role", name, f"{', '.join(role.access)} {_where(role)}, for {', '.join(arns)}")
            continue
        yield from _wider_access(known, role)
        others = [arn for arn in arns if arn not in {each.arn for each in known.assumed_by}]
        if others:
            yield Way("role", name, f"may be assumed by {', '.join(others)} too")
        if known.subjects and not set(role.subjects or ("",)) <= set(known.subjects):
            yield Way("role", name, f"for the subjects {', '.join(role.subjects) or 'of all its providers'}")
        if role.max_session_hours > known.max_session_hours:
            yield Way("role", name, f"sessions of up to {role.max_session_hours} hours")


def _wider_access(known: User | Role, person: User | Role) -> Iterator[Way]:
    """Yield what somebody may do now, where that is more than they could."""
    more = [level for level in person.access if level not in known.access]
    wider = not (person.prefix or "").startswith(known.prefix or "")
    if more or wider:
        yield Way("access", person.name, f"{', '.join(person.access if wider else more)} {_where(person)}")


def _where(person: User | Role) -> str:
    """Return which objects somebody reaches."""
    return f"below {person.prefix}" if person.prefix else "in the whole bucket"


def _new_holders(steps: Sequence[Step], known: Iterable[Way]) -> Iterator[Way]:
    """Yield what the plan makes that gives somebody access, and that what is known of people does not stand
    for.
    """
    names = {way.name for way in known}
    for step in steps:
        name = step.urn.rpartition("::")[2]
        if step.type not in HOLDERS or step.op not in CREATES:
            continue
        kind = HOLDERS[step.type]
        # The component calls a user or role STEM-PERSON, and a key STEM-PERSON-SLOT.
        users_name = name.rpartition("-")[0] if kind == "access-key" else name
        if kind in ("user", "access-key", "role") and any(
            users_name.endswith(f"-{person}") for person in names
        ):
            continue
        yield Way(kind, name, "created by this plan")
