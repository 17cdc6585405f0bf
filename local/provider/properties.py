"""The words that the tables of properties are written in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from local.provider.scalars import Content, Document, Flag, Property, Text, Whole
from local.provider.structures import Block, Listed, Table


def table(properties: Mapping[str, Property]) -> Mapping[str, Property]:
    """The properties of a type, by Pulumi name; nothing changes them."""
    return MappingProxyType(dict(properties))


text, document, flag, whole, content = Text, Document, Flag, Whole, Content


def listed(item: Property, **about: Any) -> Listed:
    """A list whose order means something."""
    return Listed(item=item, **about)


def unordered(item: Property, **about: Any) -> Listed:
    """A list whose order means nothing."""
    return Listed(item=item, ordered=False, **about)


def mapping(item: Property, **about: Any) -> Table:
    """A map with free keys."""
    return Table(item=item, **about)


def block(fields: Mapping[str, Property], **about: Any) -> Block:
    """An object with fixed fields."""
    return Block(fields=fields, **about)


REGION = text(computed=True, replaces=True)
TAGS = mapping(text())
TAGS_ALL = mapping(text(), output=True)
