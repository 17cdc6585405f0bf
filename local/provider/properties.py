"""What a property of a resource type may hold, how two values of it compare, and its name in AWS's API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from local.provider.values import DEFAULTS, UNKNOWN, Asset, Secret, Unknown, contains


class Mistake(NamedTuple):
    """Why an input cannot be accepted."""

    path: str
    reason: str


class Difference(NamedTuple):
    """A place where the declared value differs from the state; ``kind`` is add, delete or update."""

    path: str
    kind: str
    replaces: bool


def empty(value: Any) -> bool:
    """Whether the value means the same as no value, as in Terraform's schemas: ``""``, 0, false, nothing."""
    return value is None or (not isinstance(value, Unknown | Asset) and not value)


@dataclass(frozen=True, slots=True)
class Property:
    """One property, or the items of a list.

    ``computed``: AWS or the provider chooses a value where none is given. ``output``: it cannot be given.
    ``replaces``: a change needs a new resource. ``kept``: AWS does not give it back, so state keeps it.
    ``aws`` is its name in the API where that is not its own with a capital letter.
    """

    _: KW_ONLY
    required: bool = False
    computed: bool = False
    output: bool = False
    replaces: bool = False
    secret: bool = False
    kept: bool = False
    default: Any = None
    aws: str | None = None

    word = "value"

    def coerce(self, value: Any) -> Any:
        """The value in the property's own type where that is plain from it; secrets stay secret."""
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, Secret):
            return Secret(self.coerce(value.value))
        return self.convert(value)

    def convert(self, value: Any) -> Any:
        """``coerce`` for a value that is there, known and not secret."""
        return value

    def mistakes(self, path: str, value: Any) -> Iterator[Mistake]:
        """Why the value (revealed) cannot be accepted."""
        if not empty(value) and not isinstance(value, Unknown) and not self.holds(value):
            yield Mistake(path, f"expected {self.word}, got {describe(value)}")

    def holds(self, value: Any) -> bool:
        """Whether the value has the property's type."""
        raise NotImplementedError

    def same(self, old: Any, new: Any) -> bool:
        """Whether both mean the same to AWS. Unknown equals nothing."""
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            return False
        if empty(old) or empty(new):
            return empty(old) and empty(new)
        return self.equal(old, new)

    def equal(self, old: Any, new: Any) -> bool:
        """``same`` for two values that are there and known."""
        return bool(old == new)

    def differences(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        """Where the two differ; nothing where they are the same."""
        if self.same(old, new):
            return
        if empty(old):
            yield Difference(path, "add", self.replaces)
        elif empty(new):
            yield Difference(path, "delete", self.replaces)
        elif isinstance(old, Unknown) or isinstance(new, Unknown):
            yield Difference(path, "update", self.replaces)
        else:
            yield from self.inner_differences(path, old, new)

    def inner_differences(self, path: str, _old: Any, _new: Any) -> Iterator[Difference]:
        """``differences`` for two values that are there, known and not the same."""
        yield Difference(path, "update", self.replaces)

    def to_aws(self, value: Any) -> Any:
        """The value as boto3 takes it."""
        return value

    def from_aws(self, value: Any) -> Any:
        """The value as boto3 gave it, in Pulumi's form."""
        return value


def describe(value: Any) -> str:
    """A value's kind, in the words of the SDKs."""
    names = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


class Text(Property):
    """A string."""

    word = "a string"
    __slots__ = ()

    def convert(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int | float) else value

    def holds(self, value: Any) -> bool:
        return isinstance(value, str)

    def from_aws(self, value: Any) -> Any:
        if hasattr(value, "strftime"):
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        return value


class Document(Text):
    """A JSON document; given as a text or as an object. Compared by meaning, not by spelling."""

    word = "a JSON document"
    __slots__ = ()

    def coerce(self, value: Any) -> Any:
        """An object as its text. Unknown where any part of it is, and secret where any part of it is."""
        if not isinstance(value, Mapping | list):
            return Text.coerce(self, value)
        if contains(value, Unknown):
            return Secret(UNKNOWN) if contains(value, Secret) else UNKNOWN
        text = json.dumps(plain(value), separators=(",", ":"))
        return Secret(text) if contains(value, Secret) else text

    def mistakes(self, path: str, value: Any) -> Iterator[Mistake]:
        yield from Text.mistakes(self, path, value)
        if isinstance(value, str) and value:
            try:
                json.loads(value)
            except ValueError as error:
                yield Mistake(path, f"contains an invalid JSON document: {error}")

    def equal(self, old: Any, new: Any) -> bool:
        try:
            return bool(meaning(json.loads(old)) == meaning(json.loads(new)))
        except ValueError:
            return bool(old == new)


def plain(value: Any) -> Any:
    """A JSON value with secrets opened."""
    match value:
        case Secret():
            return plain(value.value)
        case Mapping():
            return {name: plain(item) for name, item in value.items() if name != DEFAULTS}
        case list():
            return [plain(item) for item in value]
    return value


UNORDERED_KEYS = frozenset({"Action", "NotAction", "Resource", "NotResource"})


def meaning(document: Any, key: str = "") -> Any:
    """A policy document in a form in which equal policies are equal.

    One value and a list of it are the same, values have no order, and booleans and numbers are their texts.
    """
    match document:
        case Mapping():
            return {name: meaning(item, name) for name, item in document.items()}
        case list() if key == "Statement":
            return [meaning(item) for item in document]
        case list():
            items = [meaning(item) for item in document]
            return (
                items[0]
                if len(items) == 1
                else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
            )
        case bool():
            return "true" if document else "false"
        case int() | float():
            return str(document)
    return [document] if key == "Statement" else document


class Flag(Property):
    """A boolean."""

    word = "a boolean"
    __slots__ = ()

    def convert(self, value: Any) -> Any:
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value

    def holds(self, value: Any) -> bool:
        return isinstance(value, bool)


class Whole(Property):
    """An integer."""

    word = "an integer"
    __slots__ = ()

    def convert(self, value: Any) -> Any:
        try:
            return int(value) if isinstance(value, str) else value
        except ValueError:
            return value

    def holds(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)


class Content(Property):
    """An asset: a file's or a text's content."""

    word = "an asset"
    __slots__ = ()

    def holds(self, value: Any) -> bool:
        return isinstance(value, Asset)

    def equal(self, old: Any, new: Any) -> bool:
        return isinstance(old, Asset) and isinstance(new, Asset) and old.hash == new.hash


@dataclass(frozen=True, slots=True)
class Listed(Property):
    """A list; ``ordered`` false for what Terraform calls a set."""

    item: Property = field(default_factory=Text)
    ordered: bool = True
    identity: str | None = None
    """The field by which items of a set are told apart."""

    word = "a list"

    def convert(self, value: Any) -> Any:
        return [self.item.coerce(item) for item in value] if isinstance(value, list) else value

    def holds(self, value: Any) -> bool:
        return isinstance(value, list)

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
        left = list(new)
        for item in old:
            match = next((index for index, other in enumerate(left) if self.item.same(item, other)), None)
            if match is None:
                return False
            del left[match]
        return True

    def inner_differences(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        if self.ordered:
            for index in range(max(len(old), len(new))):
                pair = [side[index] if index < len(side) else None for side in (old, new)]
                yield from self.item.differences(f"{path}[{index}]", *pair)
            return
        for index, item in enumerate(new):
            if not any(self.item.same(item, other) for other in old):
                kind = "update" if index < len(old) else "add"
                yield Difference(f"{path}[{index}]", kind, self.replaces)
        for index, item in enumerate(old):
            if not any(self.item.same(item, other) for other in new) and index >= len(new):
                yield Difference(f"{path}[{index}]", "delete", self.replaces)

    def to_aws(self, value: Any) -> Any:
        return [self.item.to_aws(item) for item in value]

    def from_aws(self, value: Any) -> Any:
        return [self.item.from_aws(item) for item in value or []]


@dataclass(frozen=True, slots=True)
class Table(Property):
    """A map with free keys, as tags are."""

    item: Property = field(default_factory=Text)
    pairs: bool = False
    """Whether the API has it as a list of keys and values."""

    word = "a map"

    def convert(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {name: self.item.coerce(item) for name, item in value.items() if name != DEFAULTS}

    def holds(self, value: Any) -> bool:
        return isinstance(value, Mapping)

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

    def to_aws(self, value: Any) -> Any:
        return to_tags(value) if self.pairs else dict(value)

    def from_aws(self, value: Any) -> Any:
        return from_tags(value) if self.pairs else dict(value)


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
    """The property path of a map's key."""
    return f"{path}.{name}" if name.isidentifier() else f'{path}["{name}"]'


@dataclass(frozen=True, slots=True)
class Block(Property):
    """An object with fixed fields. One without any field says something by being there."""

    fields: Mapping[str, Property] = field(default_factory=dict)

    word = "an object"

    def convert(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {
            name: self.fields[name].coerce(item) if name in self.fields else item
            for name, item in value.items()
            if name != DEFAULTS
        }

    def holds(self, value: Any) -> bool:
        return isinstance(value, Mapping)

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
            aws_name(name, form): form.to_aws(value[name])
            for name, form in self.fields.items()
            if value.get(name) is not None
        }

    def from_aws(self, value: Any) -> Any:
        found = {
            name: form.from_aws(value[aws_name(name, form)])
            for name, form in self.fields.items()
            if value.get(aws_name(name, form)) is not None
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
    """The mistakes of an object's fields: wrong types, unknown names, and what is missing."""
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


def aws_name(name: str, form: Property) -> str:
    """The API's name of a property."""
    return form.aws or name[0].upper() + name[1:]


def table(properties: Mapping[str, Property]) -> Mapping[str, Property]:
    """The properties of a type, by Pulumi name; nothing changes them."""
    return MappingProxyType(dict(properties))


# The short names that the tables of properties are written in.
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
