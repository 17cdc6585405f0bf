"""Elements: what a policy is made of, and the mistakes for which AWS would reject one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.operators import NEGATED, Qualifier
from s3_perimeter.errors import PerimeterError

__all__ = [
    "NEW_VERSION",
    "OLD_VERSION",
    "Condition",
    "PolicyError",
    "PolicyMistake",
    "Principals",
    "Rules",
    "Statement",
    "Version",
]

Version: TypeAlias = Literal["2012-10-17", "2008-10-17"]
NEW_VERSION: Literal["2012-10-17"] = "2012-10-17"
"""The version of the language that knows policy variables."""
OLD_VERSION: Literal["2008-10-17"] = "2008-10-17"
"""What a document without a version is of."""

SHOWN = 20
"""How many mistakes an error prints; it holds all of them."""


class PolicyMistake(NamedTuple):
    """One thing for which S3 would reject the document; line and column count from 1, None without a text."""

    problem: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return (
            self.problem if self.line is None else f"line {self.line}, column {self.column}: {self.problem}"
        )


class PolicyError(PerimeterError):
    """S3 would reject this document; `mistakes` holds every reason, in the order of the text."""

    def __init__(self, mistakes: Iterable[PolicyMistake]) -> None:
        self.mistakes = tuple(mistakes)
        more = len(self.mistakes) - SHOWN
        lines = [*map(str, self.mistakes[:SHOWN]), *([f"and {more:,} more"] if more > 0 else [])]
        super().__init__("\n".join(lines))


class Principals(NamedTuple):
    """Whom a statement names; `everyone` is the bare `"*"`, and `aws` may hold `"*"` too."""

    everyone: bool = False
    aws: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical_user: tuple[str, ...] = ()


class Condition(NamedTuple):
    """One operator applied to one condition key; the conditions of a statement are ANDed.

    `operator` is in AWS's spelling without qualifier and `IfExists`, `key` as written, `values` as AWS
    compares them: numbers and booleans are strings already. Without `variables`, `${…}` in them is text.
    """

    operator: str
    qualifier: Qualifier | None
    if_exists: bool
    key: str
    values: tuple[str, ...]
    variables: bool = True

    @property
    def name(self) -> str:
        """The key in lower case: names of condition keys are not case-sensitive."""
        return folded(self.key)

    @property
    def positive(self) -> str:
        """The operator, of a negated one the operator that it negates."""
        return NEGATED.get(self.operator, self.operator)

    @property
    def is_negated(self) -> bool:
        """Whether the operator holds where no value matches."""
        return self.operator in NEGATED

    @property
    def spelled(self) -> str:
        """The operator as a policy writes it."""
        qualifier = f"{self.qualifier}:" if self.qualifier else ""
        return f"{qualifier}{self.operator}{'IfExists' if self.if_exists else ''}"


class Statement(NamedTuple):
    """One statement; of each pair (actions, not_actions and so on) exactly one is not None.

    `index` counts from 0, `line` from 1 (None where the document came without a text). `rcp` is the name of
    the resource control policy that it is of, empty for one without a name; None: it is of a bucket policy.
    Without `variables`, `${…}` in its resources is text.
    """

    index: int  # type: ignore[assignment]  # tuples have a method of that name
    line: int | None
    sid: str | None
    effect: Literal["Allow", "Deny"]
    principals: Principals | None
    not_principals: Principals | None
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: tuple[Condition, ...] = ()
    rcp: str | None = None
    variables: bool = True

    @property
    def named_principals(self) -> Principals:
        """Whom the statement names or exempts."""
        return self.principals or self.not_principals or Principals()

    @property
    def named_actions(self) -> tuple[str, ...]:
        """The patterns of actions that the statement names or exempts."""
        return self.actions or self.not_actions or ()

    @property
    def named_resources(self) -> tuple[str, ...]:
        """The patterns of resources that the statement names or exempts."""
        return self.resources or self.not_resources or ()


class Rules(Protocol):
    """Whatever can be asked about a request: a bucket policy, an RCP, or several layers of them."""

    @property
    def rules(self) -> Sequence[Statement]:
        """The statements that count, in their order."""
