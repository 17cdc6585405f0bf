"""The people of a stack: users with their access keys, and roles of those who sign in elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.state import Resource, State, type_of

__all__ = ["USER_COMPONENT", "AccessKey", "Role", "User", "access_of", "entry_of", "roles_of", "users_of"]

ROLE_COMPONENT: Final = "s3-perimeter:index:RemoteRole"
USER_COMPONENT: Final = "s3-perimeter:index:RemoteUser"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One access key slot of a user; `secret` is there only where secrets were asked for."""

    slot: str
    id: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """A remote person: the name in the config, the name in IAM, and the access keys."""

    name: str
    iam_name: str
    arn: str
    keys: tuple[AccessKey, ...]

    def access_key(self, slot: str | None) -> AccessKey:
        """Return the access key of that slot, or the last one declared. Raises CommandError."""
        for key in reversed(self.keys):
            if slot in (None, key.slot):
                if key.secret is None:
                    raise CommandError(
                        f"the state contains no secret for access key {key.id}",
                        "an imported key has none: create a new key with `perimeter rotate`",
                    )
                return key
        if not self.keys:
            raise CommandError(
                f"user `{self.name}` has no access key", "give it a slot in the config: `keys: [a]`"
            )
        raise CommandError(
            f"user `{self.name}` has no access key in slot `{slot}`",
            f"its slots are: {', '.join(key.slot for key in self.keys)}",
        )


@dataclass(frozen=True, slots=True)
class Role:
    """A role of people who sign in elsewhere: the name in the config, the name in IAM, and its trust
    policy.
    """

    name: str
    iam_name: str
    arn: str
    trust: str
    longest_seconds: int


def users_of(state: State, config: Mapping[str, object]) -> tuple[User, ...]:
    """Return every remote person of a stack, in the state's order."""
    people = list(_people(config, "users", [{"name": "remote-user"}]))
    return tuple(_user(resource, state, people) for resource in state.of("iam/user"))


def roles_of(state: State, config: Mapping[str, object]) -> tuple[Role, ...]:
    """Return every role of ours for people, in the state's order; a program's other roles are none."""
    people = list(_people(config, "roles", []))
    return tuple(
        Role(
            _named(iam_name, people),
            iam_name,
            resource.text("arn") or iam_name,
            resource.text("assumeRolePolicy") or "{}",
            int(resource.outputs.get("maxSessionDuration") or 3600),
        )
        for resource in state.of("iam/role")
        if type_of(resource.parent or "") == ROLE_COMPONENT
        and (iam_name := resource.text("name") or resource.id)
    )


def access_of(config: Mapping[str, object], user: User | Role) -> frozenset[str]:
    """Return the access levels that the config gives a user or role."""
    return frozenset(entry_of(config, user).get("access") or ("list", "read", "write"))


def entry_of(config: Mapping[str, object], user: User | Role) -> Mapping[str, Any]:
    """Return what the config says of a user or role; nothing where it does not name one."""
    listed = config.get("roles" if isinstance(user, Role) else "users")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and entry.get("name") == user.name:
            return entry
    return {}


def _user(resource: Resource, state: State, people: Iterable[str]) -> User:
    iam_name = resource.text("name") or resource.id
    # The component that holds a user is called COMPONENT-PERSON, its keys COMPONENT-PERSON-SLOT.
    keys = tuple(
        AccessKey(
            key.name.removeprefix(resource.name).lstrip("-") or key.name,
            key.id,
            secret if isinstance(secret := key.outputs.get("secret"), str) else None,
        )
        for key in state.of("iam/accessKey")
        if key.text("user") in (iam_name, resource.id)
    )
    return User(_named(iam_name, people), iam_name, resource.text("arn") or iam_name, keys)


def _people(config: Mapping[str, object], key: str, default: list[dict[str, str]]) -> Iterator[str]:
    """Yield the names that the config gives to users or roles; a config with mistakes still names them."""
    given = config.get(key)
    for entry in given if isinstance(given, list) else default:
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str):
            yield entry["name"]


def _named(iam_name: str, people: Iterable[str]) -> str:
    """Return the name in the config of what IAM knows by that name; the latter where the config has none."""
    longest_first = sorted(people, key=len, reverse=True)
    return next(
        (person for person in longest_first if iam_name == person or iam_name.endswith(f"-{person}")),
        iam_name,
    )
