"""What a control is: one thing that must be as declared, and how it is read, compared and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Literal, TypeAlias, TypeVar

from s3_perimeter.drift.declared import Account, Bucket, Declared, Key, Policy, Subject, User
from s3_perimeter.drift.facts import Answer, Call, Facts
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.intent import Intent

S = TypeVar("S", Account, Bucket, User, Policy, Key)
Scope: TypeAlias = Literal["account", "bucket", "user", "policy", "key"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the strict controls measure credentials against."""

    key_age: timedelta = timedelta(days=90)
    key_idle: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class View:
    """What a judge sees: the facts, the declared side, the config's intent, and the time. No I/O."""

    facts: Facts
    declared: Declared
    now: datetime
    intent: Intent | None = None
    strict: bool = False
    limits: Limits = field(default_factory=Limits)

    def __call__(self, call: Call) -> Answer | None:
        """The answer, None where there is none; raises UnknownError where it could not be read."""
        return self.facts.get(call)


@dataclass(frozen=True, slots=True)
class Control(Generic[S]):
    """One control. `reads` asks, `judge` compares without I/O, `lets` explains what a difference lets
    someone do.

    `follows` are samples of the calls that an answer raises, so that the permissions needed can be listed
    without asking. `gate` marks the controls that decide whether their subject is there at all: where one
    finds that it is not, or is somebody else's, the subject's other controls are not judged. `strict` ones
    run only on demand.
    """

    id: str
    title: str
    scope: Scope
    severity: Severity
    lets: str
    reads: Callable[[S], Iterable[Call]]
    judge: Callable[[S, View], Iterator[Difference]]
    follows: Callable[[S], Iterable[Call]] = lambda _: ()
    strict: bool = False
    gate: bool = False

    def calls(self, subject: S) -> tuple[Call, ...]:
        """What it asks about this subject."""
        return tuple(self.reads(subject))


def scope_of(subject: Subject) -> Scope:
    """The scope that a subject belongs to."""
    match subject:
        case Account():
            return "account"
        case Bucket():
            return "bucket"
        case User():
            return "user"
        case Policy():
            return "policy"
        case Key():
            return "key"
