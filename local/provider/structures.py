"""Properties that hold others: lists and sets, maps, objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.provider.scalars import Difference, Mistake, Property, Text, empty
from local.provider.values import DEFAULTS, Unknown


@dataclass(frozen=True, slots=True)
class Listed(Property):
    """A list; ``ordered`` false for what Terraform calls a set."""

    item: Property = field(default_factory=Text)
    ordered: bool = True

    word = "a list"
    kinds = (list,)

    def convert(self, value: Any) -> Any:
        return [self.item.coerce(item) for item in value] if isinstance(value, list) else value

    def mistakes(self, path: str, value: Any) -> Iterator[Mistake]:
        if not isinstance(value, list):
            yield from Property.mistakes(self, path, value)
            return
        for index, item in enumerate(value):
            yield from self.item.mistakes(f"{path}[{index}]", item)

    def equal(self, old: Any, new: Any) -> bool:
        if len(old) != len(new):
            return False
        if self.ordered:
            return all(self.item.same(*pair) for pair in zip(old, new, strict=True))
        return not self.missing(old, new) and not self.missing(new, old)

    def missing(self, items: list[Any], others: list[Any]) -> list[int]:
        """Return the places of the items that are not among the others."""
        found = (any(self.item.same(item, other) for other in others) for item in items)
        return [index for index, there in enumerate(found) if not there]

    def inner_differences(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        if self.ordered:
            for index in range(max(len(old), len(new))):
                pair = [side[index] if index < len(side) else None for side in (old, new)]
                yield from self.item.differences(f"{path}[{index}]", *pair)
            return
        for index in self.missing(new, old):
            yield Difference(f"{path}[{index}]", "update" if index < len(old) else "add", self.replaces)
        for index in self.missing(old, new):
            if index >= len(new):
                yield Difference(f"{path}[{index}]", "delete", self.replaces)

    def to_aws(self, value: Any) -> Any:
        return [self.item.to_aws(item) for item in value]

    def from_aws(self, value: Any) -> Any:
        return [self.item.from_aws(item) for item in value or []]


@dataclass(frozen=True, slots=True)
class Table(Property):
    """A map with free keys, as tags are."""

    item: Property = field(default_factory=Text)

    word = "a map"
    kinds = (Mapping,)

    def convert(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {name: self.item.coerce(item) for name, item in value.items() if name != DEFAULTS}

    def mistakes(self, path: str, value: Any) -> Iterator[Mistake]:
        if not isinstance(value, Mapping):
            yield from Property.mistakes(self, path, value)
            return
        for name, item in value.items():
            yield from self.item.mistakes(at(path, name), item)

    def equal(self, old: Any, new: Any) -> bool:
        return old.keys() == new.keys() and all(exactly(old[name], new[name]) for name in old)

    def inner_differences(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        for name in sorted({*old, *new}):
            if name not in old:
                yield Difference(at(path, name), "add", self.replaces)
            elif name not in new:
                yield Difference(at(path, name), "delete", self.replaces)
            elif not exactly(old[name], new[name]):
                yield Difference(at(path, name), "update", self.replaces)


@dataclass(frozen=True, slots=True)
class Pairs(Table):
    """A map that the API has as a list of keys and values."""

    def to_aws(self, value: Any) -> Any:
        return to_tags(value)

    def from_aws(self, value: Any) -> Any:
        return from_tags(value)


def to_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most of AWS's APIs take them."""
    return [{"Key": name, "Value": value} for name, value in sorted(tags.items())]


def from_tags(pairs: list[dict[str, str]] | None) -> dict[str, str]:
    """Tags as most of AWS's APIs give them."""
    return {pair["Key"]: pair["Value"] for pair in pairs or []}


def exactly(old: Any, new: Any) -> bool:
    """Equal and known."""
    return not isinstance(old, Unknown) and not isinstance(new, Unknown) and bool(old == new)


def at(path: str, name: str) -> str:
    """Return the property path of a map's key."""
    return f"{path}.{name}" if name.isidentifier() else f'{path}["{name}"]'


@dataclass(frozen=True, slots=True)
class Block(Property):
    """An object with fixed fields. One without any field says something by being there."""

    fields: Mapping[str, Property] = field(default_factory=dict)

    word = "an object"
    kinds = (Mapping,)

    def convert(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {
            name: self.fields[name].coerce(item) if name in self.fields else item
            for name, item in value.items()
            if name != DEFAULTS
        }

    def mistakes(self, path: str, value: Any) -> Iterator[Mistake]:
        if not isinstance(value, Mapping):
            yield from Property.mistakes(self, path, value)
            return
        yield from block_mistakes(self.fields, value, path)

    def same(self, old: Any, new: Any) -> bool:
        if not self.fields:
            return not isinstance(new, Unknown) and (old is None) == (new is None)
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            return False
        if empty(old) and empty(new):
            return True
        old, new = old or {}, new or {}
        return all(unchanged(form, old.get(name), new.get(name)) for name, form in self.fields.items())

    def differences(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        if not self.fields and not self.same(old, new):
            yield Difference(path, "add" if old is None else "delete", self.replaces)
            return
        yield from Property.differences(self, path, old, new)

    def inner_differences(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        for name, form in self.fields.items():
            if not unchanged(form, old.get(name), new.get(name)):
                for found in form.differences(f"{path}.{name}", old.get(name), new.get(name)):
                    yield found._replace(replaces=found.replaces or self.replaces)

    def to_aws(self, value: Any) -> Any:
        return {
            aws_name(name): form.to_aws(value[name])
            for name, form in self.fields.items()
            if value.get(name) is not None
        }

    def from_aws(self, value: Any) -> Any:
        found = {
            name: form.from_aws(value[aws_name(name)])
            for name, form in self.fields.items()
            if value.get(aws_name(name)) is not None
        }
        return {name: item for name, item in found.items() if item not in ([],)}


def unchanged(form: Property, old: Any, new: Any) -> bool:
    """Whether a field needs no update; one that AWS computes is as it is where none is declared."""
    return (form.output or (form.computed and empty(new) and not isinstance(new, Unknown))) or form.same(
        old, new
    )


def block_mistakes(
    fields: Mapping[str, Property], value: Mapping[str, Any], path: str = ""
) -> Iterator[Mistake]:
    """Yield the mistakes of an object's fields: wrong types, unknown names, and what is missing."""
    for name, item in value.items():
        where = f"{path}.{name}" if path else name
        if name == DEFAULTS:
            continue
        if name not in fields or fields[name].output:
            yield Mistake(where, "an unexpected argument: the type has no such input property")
        else:
            yield from fields[name].mistakes(where, item)
    for name, form in fields.items():
        if form.required and value.get(name) is None:
            yield Mistake(f"{path}.{name}" if path else name, f"missing required property `{name}`")


CAPITALS = {
    "id": "ID",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "mfaDelete": "MFADelete",
    "sseAlgorithm": "SSEAlgorithm",
    "uri": "URI",
}
"""S3's names that are not a property's own with a capital letter."""


def aws_name(name: str) -> str:
    """Return the API's name of a property."""
    return CAPITALS.get(name) or name[0].upper() + name[1:]
