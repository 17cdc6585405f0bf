"""What a control is: one thing that must be as declared, and how it is read, compared and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from s3_perimeter.drift.facts import Answer, Call, Facts
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.intent import Intent
from s3_perimeter.drift.subjects import (
    Account,
    Bucket,
    Declared,
    Group,
    Key,
    OrganizationPolicy,
    Policy,
    Role,
    Subject,
    User,
)
from s3_perimeter.stack.state import Resource

__all__ = ["Context", "Control", "Limits", "control"]

S = TypeVar("S", Account, Bucket, User, Group, Role, Policy, Key, OrganizationPolicy)
Scope: TypeAlias = Literal["account", "bucket", "user", "group", "role", "policy", "key", "organization"]
_SCOPES: Final[dict[type[Subject], Scope]] = {
    Account: "account",
    Bucket: "bucket",
    User: "user",
    Group: "group",
    Role: "role",
    Policy: "policy",
    Key: "key",
    OrganizationPolicy: "organization",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the strict controls measure credentials against."""

    key_age: timedelta = timedelta(days=90)
    key_idle: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Context:
    """What a judge sees: the facts, the declared side, the config's intent, and the time. No I/O."""

    facts: Facts
    declared: Declared
    now: datetime
    intent: Intent | None = None
    strict: bool = False
    limits: Limits = field(default_factory=Limits)

    def __call__(self, call: Call) -> Answer | None:
        """Return the answer, None where there is none; raises UnknownError where it could not be read."""
        return self.facts.get(call)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of these kinds that the stack itself declares, not those that its program only
        looked up.
        """
        return (
            resource
            for resource in self.declared.state.resources
            if not resource.external and resource.kind in kinds
        )

    def declares(self, *identities: object) -> bool:
        """Whether the stack itself declares a resource with one of these ids or ARNs, by any provider."""
        wanted = {str(each) for each in identities if each}
        return any(
            not resource.external and not wanted.isdisjoint((resource.id, resource.text("arn")))
            for resource in self.declared.state.resources
        )


@dataclass(frozen=True, slots=True)
class Control(Generic[S]):
    """One control, made by `@control(…)` above the function that judges. `reads` asks, `judge` compares
    without I/O, `impact` explains what a difference lets someone do.

    `parts` are the kinds of resource in which a stack declares what is compared, `inline` the arguments of
    the bucket that do the same; `default` says what AWS does where neither is there. On a subject that
    another stack declares, a control is judged only where one of its `parts` is there.
    `follows` are samples of the calls that an answer raises, so that the permissions needed can be listed
    without asking. `preliminary` marks those that say whether their subject is there at all: where one
    finds that it is not, or is somebody else's, the subject's other controls are not judged. `strict` ones
    run only on demand.
    """

    id: str
    title: str
    scope: Scope
    severity: Severity
    impact: str
    reads: Callable[[S], Iterable[Call]]
    judge: Callable[[S, Context], Iterator[Difference]]
    follows: Callable[[S], Iterable[Call]] = lambda _: ()
    parts: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()
    default: str = ""
    strict: bool = False
    preliminary: bool = False

    def applies(self, subject: Subject) -> bool:
        """Whether it is about this subject, and the stack declares what it compares."""
        if self.scope != _scope_of(subject):
            return False
        if isinstance(subject, Account):
            return not self.parts or self._parts_of(subject)
        return (
            isinstance(subject, Key)
            or subject.resource is not None
            or self.preliminary
            or self._parts_of(subject)
        )

    def declared(self, subject: Subject) -> bool:
        """Whether the stack declares what is compared, so that AWS's default does not count."""
        if not isinstance(subject, Bucket) or not self.default:
            return True
        return self._parts_of(subject) or any(name in subject.inline for name in self.inline)

    def _parts_of(self, subject: Subject) -> bool:
        return any(part.kind in self.parts for part in subject.parts)

    def calls(self, subject: S) -> tuple[Call, ...]:
        """Return what it asks about this subject."""
        return tuple(self.reads(subject))


def control(
    *,
    about: type[S],
    id: str,
    title: str,
    severity: Severity,
    impact: str,
    reads: Callable[[S], Iterable[Call]],
    follows: Callable[[S], Iterable[Call]] = lambda _: (),
    parts: tuple[str, ...] = (),
    inline: tuple[str, ...] = (),
    default: str = "",
    strict: bool = False,
    preliminary: bool = False,
) -> Callable[[Callable[[S, Context], Iterator[Difference]]], Control[S]]:
    """Make a control of the function below it, which judges one subject; `Control` says what each is for."""

    def made(judge: Callable[[S, Context], Iterator[Difference]]) -> Control[S]:
        return Control(
            id,
            title,
            _SCOPES[about],
            severity,
            impact,
            reads,
            judge,
            follows,
            parts,
            inline,
            default,
            strict,
            preliminary,
        )

    return made


def _scope_of(subject: Subject) -> Scope:
    """Return the scope that a subject belongs to."""
    return _SCOPES[type(subject)]
