"""Values of a stack's state, read by the kind that the provider writes; secrets stay closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from s3_perimeter.errors import PerimeterError

__all__ = ["SECRET", "Block", "ShapeError", "shown"]


class _Secret:
    def __repr__(self) -> str:
        return "[secret]"


SECRET: Final = _Secret()


class ShapeError(PerimeterError):
    """A property of the state is a secret, or not of the kind that the provider writes.

    The message names the property, the resource, and what stands there, never its value.
    """


@dataclass(frozen=True, slots=True)
class Block:
    """An object of the state, whose properties are read by the kind of value that the provider writes.

    Each reader raises ShapeError where a value of another kind stands there. `where` names the object in
    messages. What is not given reads as None, False or empty.
    """

    where: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.values)

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def get(self, name: str) -> Any:
        """Return the value, whatever its kind; None where there is none."""
        value = self.values.get(name)
        if value is SECRET:
            raise self._wrong(name, value, "")
        return value

    def text(self, name: str) -> str | None:
        """Return the text; None where it is empty too."""
        value = self.get(name)
        if value is None or isinstance(value, str):
            return value or None
        raise self._wrong(name, value, "a text")

    def flag(self, name: str) -> bool:
        """Whether it is on. Pulumi writes some switches as text."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if value in ("", "true", "false"):
            return bool(value == "true")
        raise self._wrong(name, value, "true or false")

    def number(self, name: str) -> int | None:
        """Return the whole number, however it is written; None for 0 too, which the provider writes for
        nothing.
        """
        value = self.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            try:
                return int(value) or None
            except (ValueError, OverflowError):
                pass
        raise self._wrong(name, value, "a whole number")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        value = self.get(name)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise self._wrong(name, value, "a list of texts")

    def strings(self, name: str) -> dict[str, str]:
        """Return an object of texts, as tags are."""
        value = self.get(name)
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return dict(value)
        raise self._wrong(name, value, "an object of texts")

    def block(self, name: str) -> Block:
        """Return the object; also where it is the only element of a list, as old versions of the provider
        wrote.
        """
        value = self.get(name)
        if isinstance(value, list) and len(value) <= 1:
            value = value[0] if value else None
        if value is None or (isinstance(value, dict)):
            return Block(f"`{name}` of {self.where}", value or {})
        raise self._wrong(name, value, "an object")

    def blocks(self, name: str) -> tuple[Block, ...]:
        """Return the objects of a list; a single object is a list of one."""
        value = self.get(name)
        listed = [value] if isinstance(value, dict) else value or []
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise self._wrong(name, value, "a list of objects")
        return tuple(Block(f"`{name}` of {self.where}", each) for each in listed)

    def document(self, name: str) -> str | Mapping[str, Any] | None:
        """Return a policy document: text, or an object where the provider takes one."""
        value = self.get(name)
        if value is None or (isinstance(value, str | dict) and not _has_secret(value)):
            return value or None
        raise self._wrong(name, value, "a policy document")

    def _wrong(self, name: str, value: object, meant: str) -> ShapeError:
        if _has_secret(value):
            held = "is" if value is SECRET else "holds"
            return ShapeError(
                f"`{name}` of {self.where} {held} a secret in the state, which is never decrypted"
            )
        return ShapeError(f"`{name}` of {self.where} is {shown(value)}; expected {meant}")


def _has_secret(value: object) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is SECRET or any(map(_has_secret, inner))


def shown(value: Any) -> str:
    """Return what kind of thing stands there; never what it is, for it may be a secret."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "a number" if isinstance(value, int | float) else "null")
