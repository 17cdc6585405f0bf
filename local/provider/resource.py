"""The base of a resource type: what its properties are, and what the API calls behind it are."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from local.provider.declared import Details, properties
from local.provider.scalars import Property
from local.provider.session import Session
from local.provider.values import Props


@dataclass(frozen=True, slots=True)
class AutoName:
    """How a name is made where the program gives none: the resource's name and random hexadecimal digits."""

    prop: str = "name"
    longest: int = 64
    lower: bool = False
    prefix: str = ""
    random: bool = True
    """Whether random digits follow; an object's key is the resource's name as it is."""

    instead: str | None = "namePrefix"
    """The property with which a program asks for a name that begins so."""


class Resource:
    """One resource type. Methods get revealed values and may raise the AWS SDK's errors.

    Nothing is kept between calls.
    """

    token: str
    aliases: tuple[str, ...] = ()
    """Older tokens of the same type."""

    title: str
    """What error messages call it."""

    details = Details()
    auto_name: AutoName | None = None
    regional: bool = True
    lost: str = ""
    """For a type whose id AWS chooses, made with ``doubt.asked_once``: what to say where one may have been
    made without an answer, and how to find it. Inputs stand in braces."""

    @functools.cached_property
    def properties(self) -> Mapping[str, Property]:
        """The properties, by Pulumi's name."""
        return properties(self.token, self.details)

    def mistakes(self, inputs: Props) -> dict[str, str]:
        """Return what only this type knows to be wrong with inputs: reasons by property."""
        del inputs
        return {}

    def create(self, session: Session, inputs: Props) -> str:
        """Make the thing in AWS; gives its id. Whatever can follow belongs into ``configure``."""
        raise NotImplementedError

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        """Bring what exists from ``old`` (state; nothing after a create) to ``new``."""

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        """Return what is there now; None where it is gone. ``state`` is empty for an import."""
        raise NotImplementedError

    def delete(self, session: Session, identity: str, state: Props) -> None:
        """Remove it; that it is gone already is fine."""
        raise NotImplementedError

    def same(self, key: str, old: Props, new: Props) -> bool:
        """Whether a property means the same to AWS in both."""
        return self.properties[key].same(old.get(key), new.get(key))
