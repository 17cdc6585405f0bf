"""What a property of a resource type is, and the kinds that hold one value: how two of it compare."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, NamedTuple

from local.provider.meaning import meaning
from local.provider.values import UNKNOWN, Asset, Secret, Unknown, contains, reveal


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
    """

    _: KW_ONLY
    required: bool = False
    computed: bool = False
    output: bool = False
    replaces: bool = False
    secret: bool = False
    kept: bool = False
    default: Any = None

    word = "value"
    kinds: ClassVar[tuple[type, ...]] = ()
    """The types of Python that hold such a value."""

    def coerce(self, value: Any) -> Any:
        """Return the value in the property's own type where that is plain from it; secrets stay secret."""
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, Secret):
            return Secret(self.coerce(value.value))
        return self.convert(value)

    def convert(self, value: Any) -> Any:
        """``coerce`` for a value that is there, known and not secret."""
        return value

    def mistakes(self, path: str, value: Any) -> Iterator[Mistake]:
        """Yield why the value (revealed) cannot be accepted."""
        if not empty(value) and not isinstance(value, Unknown) and not self.holds(value):
            yield Mistake(path, f"expected {self.word}, got {describe(value)}")

    def holds(self, value: Any) -> bool:
        """Whether the value has the property's type."""
        return isinstance(value, self.kinds) and (bool in self.kinds or not isinstance(value, bool))

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
        """Yield where the two differ; nothing where they are the same."""
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
        """Return the value as AWS's SDK takes it."""
        return value

    def from_aws(self, value: Any) -> Any:
        """Return the value as AWS's SDK gave it, in Pulumi's form."""
        return value


def describe(value: Any) -> str:
    """Return a value's kind, in the words of the SDKs."""
    names = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


class Text(Property):
    """A string."""

    word = "a string"
    kinds = (str,)
    __slots__ = ()

    def convert(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int | float) else value

    def from_aws(self, value: Any) -> Any:
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value


class Document(Text):
    """A JSON document; given as a text or as an object. Compared by meaning, not by spelling."""

    word = "a JSON document"
    __slots__ = ()

    def coerce(self, value: Any) -> Any:
        """Return an object as its text. Unknown where any part of it is, and secret where any part of it
        is.
        """
        if not isinstance(value, Mapping | list):
            return Text.coerce(self, value)
        unknown = contains(value, Unknown)
        text = UNKNOWN if unknown else json.dumps(reveal(value), separators=(",", ":"))
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


class Flag(Property):
    """A boolean."""

    word = "a boolean"
    kinds = (bool,)
    __slots__ = ()

    def convert(self, value: Any) -> Any:
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


class Number(Property):
    """A number."""

    word = "a number"
    kinds: ClassVar[tuple[type, ...]] = (int, float)
    __slots__ = ()

    def convert(self, value: Any) -> Any:
        try:
            return self.kinds[-1](value) if isinstance(value, str) else value
        except ValueError:
            return value


class Whole(Number):
    """An integer."""

    word = "an integer"
    kinds = (int,)
    __slots__ = ()


class Free(Property):
    """Anything."""

    kinds = (object,)
    __slots__ = ()


class Content(Property):
    """An asset: a file's or a text's content."""

    word = "an asset"
    kinds = (Asset,)
    __slots__ = ()

    def equal(self, old: Any, new: Any) -> bool:
        return isinstance(old, Asset) and isinstance(new, Asset) and old.hash == new.hash
