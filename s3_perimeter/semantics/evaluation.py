"""The plain evaluator: what policies say to one request. It is the judge of everything else here.

One function per element of a statement, written for reading, not for speed. What
cannot be decided (a policy variable, a set operator that is missing) is kept apart from true and false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from s3_perimeter.documents.document import Condition, Principals, Rules, Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.semantics.conditions import all_of, any_of, holds, negation
from s3_perimeter.semantics.patterns import has_variable, matches, resource_pattern_matches, widened
from s3_perimeter.semantics.request import Kind, Principal, Request

__all__ = [
    "SERVICE_LINKED",
    "Decision",
    "Mismatch",
    "Outcome",
    "evaluate",
    "exempts",
    "mismatches",
    "principal_matches",
    "statement_matches",
]


SERVICE_LINKED = "service-linked role"
"""What stands for an element where an RCP does not apply to a service-linked role."""


class Decision(StrEnum):
    """What policies by themselves say to a request."""

    EXPLICIT_DENY = "explicit-deny"
    ALLOW = "allow"
    NEITHER = "neither"


class Mismatch(NamedTuple):
    """Why a statement does not match a request: the element at fault, and the condition where it is one.

    `undecided` says that the element may match after all: nothing documented decides.
    """

    element: str
    condition: Condition | None = None
    undecided: bool = False


class Outcome(NamedTuple):
    """The decision, the statements it rests on, and those that may or may not match.

    An undecided statement counts as not matching: a Deny that cannot be decided seals nothing.
    """

    decision: Decision
    matched: tuple[Statement, ...]
    undecided: tuple[Statement, ...]

    @property
    def surely_not_denied(self) -> bool:
        """Whether no Deny matches, the undecided ones included."""
        return self.decision is not Decision.EXPLICIT_DENY and all(
            statement.effect != "Deny" for statement in self.undecided
        )

    @property
    def highest(self) -> Decision:
        """The decision where every undecided Deny matches not, and every undecided Allow does."""
        allows = any(statement.effect == "Allow" for statement in self.undecided)
        return Decision.ALLOW if self.decision is Decision.NEITHER and allows else self.decision

    @property
    def lowest(self) -> Decision:
        """The decision where every undecided Deny matches, and every undecided Allow does not."""
        return self.decision if self.surely_not_denied else Decision.EXPLICIT_DENY


def evaluate(policy: Rules, request: Request) -> Outcome:
    """Return what a bucket policy, an RCP or several layers say: an explicit Deny wins over every Allow."""
    matched: list[Statement] = []
    undecided: list[Statement] = []
    for statement in policy.rules:
        answer = statement_matches(statement, request)
        if answer:
            matched.append(statement)
        elif answer is None:
            undecided.append(statement)
    denies = tuple(statement for statement in matched if statement.effect == "Deny")
    if denies:
        return Outcome(Decision.EXPLICIT_DENY, denies, tuple(undecided))
    decision = Decision.ALLOW if matched else Decision.NEITHER
    return Outcome(decision, tuple(matched), tuple(undecided))


def statement_matches(statement: Statement, request: Request) -> bool | None:
    """Whether principal, action, resource and every condition of a statement match a request."""
    return all_of(answer for _, _, answer in _elements(statement, request))


def mismatches(statement: Statement, request: Request) -> tuple[Mismatch, ...]:
    """Return every element of a statement that keeps it from matching a request."""
    return tuple(
        Mismatch(element, condition, undecided=answer is None)
        for element, condition, answer in _elements(statement, request)
        if not answer
    )


def _elements(statement: Statement, request: Request) -> Iterator[tuple[str, Condition | None, bool | None]]:
    """Yield each element's name, its condition where it is one, and whether it matches.

    An RCP does not apply to service-linked roles, whatever it says ("Resource control policies (RCPs)").
    """
    if statement.rcp is not None:
        yield SERVICE_LINKED, None, not request.principal.is_service_linked
    if statement.principals is not None:
        yield "Principal", None, principal_matches(statement.principals, request.principal)
    if statement.not_principals is not None:
        # What an element without names exempts is not documented.
        named = statement.not_principals != Principals()
        answer = negation(exempts(statement.not_principals, request.principal)) if named else None
        yield "NotPrincipal", None, answer
    if statement.actions is not None:
        yield "Action", None, action_matches(statement.actions, request.action)
    if statement.not_actions is not None:
        yield "NotAction", None, negation(action_matches(statement.not_actions, request.action))
    if statement.resources is not None:
        yield (
            "Resource",
            None,
            resource_matches(statement.resources, request.resource, variables=statement.variables),
        )
    if statement.not_resources is not None:
        answer = resource_matches(statement.not_resources, request.resource, variables=statement.variables)
        yield "NotResource", None, negation(answer)
    for condition in statement.conditions:
        yield "Condition", condition, holds(condition, request.values(condition.key))


def action_matches(patterns: Sequence[str], action: str) -> bool | None:
    """Actions are case-insensitive and take wildcards; they take no policy variables.

    None: no wildcard is documented in the name of a service, but for a bare ``*``, nor an element without
    values.
    """
    if not patterns:
        return None
    return any_of(
        (None if pattern != "*" and _in_service(pattern) else True)
        if matches(folded(pattern), folded(action), variables=False)
        else False
        for pattern in patterns
    )


def _in_service(pattern: str) -> bool:
    """Whether an action pattern has a wildcard in the name of its service."""
    service = pattern.partition(":")[0]
    return "*" in service or "?" in service


def resource_matches(patterns: Sequence[str], resource: str, *, variables: bool) -> bool | None:
    """Resources are case-sensitive and take wildcards.

    None: one with a policy variable covers at most what it covers with anything in the variable's place, and
    at least nothing; not every wildcard is documented to take the colons of an ARN, nor an element without
    values.
    """
    if not patterns:
        return None
    return any_of(_resource_matches(pattern, resource, variables) for pattern in patterns)


def _resource_matches(pattern: str, resource: str, variables: bool) -> bool | None:
    """Whether one pattern of a Resource element matches an ARN."""
    if not has_variable(pattern, variables=variables):
        return resource_pattern_matches(pattern, resource, variables=variables)
    return None if matches(widened(pattern, wildcards=True), resource, variables=True) else False


def principal_matches(named: Principals, principal: Principal) -> bool | None:
    """Whether a Principal element names a principal. An empty one names nobody."""
    return any_of(
        (
            named.everyone,
            any_of(_aws_principal_matches(each, principal) for each in named.aws),
            any_of(_service_matches(each, principal) for each in named.service),
            _federated_matches(named.federated, principal),
            _canonical_user_matches(named.canonical_user, principal),
        )
    )


def exempts(named: Principals, principal: Principal) -> bool | None:
    """Whether a NotPrincipal element exempts a principal.

    An account exempts its root user. Whether it exempts the account's users and roles is not decided: "AWS
    JSON policy elements: NotPrincipal" names them in addition to their account.
    """
    found = principal_matches(named, principal)
    if not found or principal.kind is Kind.ROOT:
        return found
    others = named._replace(aws=tuple(each for each in named.aws if account_of(each) is None))
    return principal_matches(others, principal) or None


def _aws_principal_matches(named: str, principal: Principal) -> bool | None:
    """One entry of ``AWS``: everybody, an account, or one principal's ARN, in which nothing is a wildcard."""
    if named == "*":
        return True
    if principal.arn is None:
        return False
    account = account_of(named)
    if account is not None:
        return account == principal.account
    if not named.startswith("arn:") or "*" in named or "?" in named:
        # A unique id is what is left of a deleted user or role, or somebody wrote that of a living one.
        return None
    return named in (principal.arn, principal.session_arn)


def account_of(named: str) -> str | None:
    """Return the account that an account id or a ``…:root`` ARN stands for, None for everything else."""
    parts = named.split(":")
    if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root":
        named = parts[4]
    return named if len(named) == 12 and named.isascii() and named.isdigit() else None


def _service_matches(named: str, principal: Principal) -> bool | None:
    """One entry of ``Service``: that service principal; nobody else is a service."""
    if principal.service is None:
        return False
    return None if "*" in named else folded(named) == folded(principal.service)


def _federated_matches(named: tuple[str, ...], principal: Principal) -> bool | None:
    """``Federated`` may name where a role session came from, which a request does not show."""
    return None if named and principal.kind is Kind.ROLE else False


def _canonical_user_matches(named: tuple[str, ...], principal: Principal) -> bool | None:
    """``CanonicalUser`` stands for an account by an id that is not derived from its number."""
    return None if named and principal.arn is not None else False
