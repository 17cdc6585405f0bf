"""What was fetched: a call names one question to AWS, a fact is what came of it, the facts are all of them.

An answer is a value, an absence that AWS stated, or unreadable with the reason. "Could not read" is never
taken for "nothing there": a control that looks at an unreadable fact comes out unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = ["Absent", "Answer", "Call", "Fact", "Facts", "NotOffered", "UnknownError", "Unreadable", "Value"]

Answer: TypeAlias = Any  # what botocore parsed: nested dicts, lists and scalars of the API's documented shape


@dataclass(frozen=True, slots=True)
class Call:
    """One read-only question to AWS, equal to another that asks the same.

    `absent` are the error codes with which AWS says "there is none"; `action` is the IAM action that it
    needs; `then` gives the questions that the answer raises. `region` is None where the session's is meant.
    """

    service: str
    operation: str
    params: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    action: str = field(default="", compare=False)
    absent: frozenset[str] = field(default=frozenset(), compare=False)
    then: Callable[[Answer], Iterable[Call]] | None = field(default=None, compare=False, repr=False)
    region: str | None = None

    @property
    def api(self) -> str:
        """The operation as AWS writes it, as `GetBucketPolicy`."""
        return "".join(part.capitalize() for part in self.operation.split("_"))


@dataclass(frozen=True, slots=True)
class Value:
    """What AWS answered."""

    value: Answer


@dataclass(frozen=True, slots=True)
class Absent:
    """AWS said that there is none."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No answer that can be relied on, and why; `code` is AWS's error code, or empty.

    `answered` is false where AWS was never reached, so that no other call can be expected to fare better.
    """

    reason: str
    code: str = ""
    answered: bool = True


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The service is not offered in the region, so that nothing of it can be there; `reason` says how this
    is known. What needs it is listed as not checked.
    """

    reason: str


Fact: TypeAlias = Value | Absent | Unreadable | NotOffered


class UnknownError(Exception):
    """A control needs a fact that could not be read; the message says which and why."""


class Facts:
    """The facts of one check, looked up by the call that asked."""

    def __init__(self, facts: Mapping[Call, Fact]) -> None:
        self._facts = dict(facts)

    def fact(self, call: Call) -> Fact:
        """Return the fact as it is; a call that was never made is unreadable."""
        return self._facts.get(call, Unreadable(f"{call.api} was not called"))

    def unreadable(self) -> Iterator[tuple[Call, Unreadable]]:
        """Yield every call without an answer that can be relied on, and why."""
        return ((call, fact) for call, fact in self._facts.items() if isinstance(fact, Unreadable))

    def get(self, call: Call) -> Answer | None:
        """Return the answer, or None where AWS said that there is none; raises UnknownError where it is
        unreadable."""
        match self.fact(call):
            case Value(value):
                return value
            case Absent():
                return None
            case Unreadable(reason) | NotOffered(reason):
                raise UnknownError(reason)
