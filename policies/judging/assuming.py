"""A policy under an assumption about the request: what is left of each Deny when part of it is settled.

This turns questions that the proof does not ask into the one that it answers. "Is plain HTTP denied?" is
"does the policy deny everything, given that a request is plain HTTP?"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from s3_perimeter import PolicyDocument
from s3_perimeter.documents.document import Condition, Statement
from s3_perimeter.semantics.patterns import folded

LOG_DELIVERY: Final = "logging.s3.amazonaws.com"

# True: the condition always holds under the assumption; False: never; None: the assumption does not tell.
Answer = Callable[[Condition], bool | None]


def over_plain_http(policy: PolicyDocument) -> PolicyDocument:
    """The policy as it applies to requests without TLS (`aws:SecureTransport` is always there)."""
    return _assuming(policy, _plain_http)


def apart_from_log_delivery(policy: PolicyDocument) -> PolicyDocument:
    """The policy as it applies to every request but those of S3's log delivery."""
    return _assuming(policy, _not_log_delivery)


def _plain_http(condition: Condition) -> bool | None:
    if folded(condition.key) != "aws:securetransport" or condition.qualifier is not None:
        return None
    if condition.operator == "Bool" and len(condition.values) == 1:
        return {"false": True, "true": False}.get(condition.values[0].lower())
    return None


def _not_log_delivery(condition: Condition) -> bool | None:
    if folded(condition.key) != "aws:principalservicename" or condition.qualifier is not None:
        return None
    if condition.values != (LOG_DELIVERY,):
        return None
    # Other services have another name here, everybody else none: a negated operator holds for both.
    if condition.operator == "StringNotEquals":
        return True
    return False if condition.operator == "StringEquals" and not condition.if_exists else None


def _assuming(policy: PolicyDocument, answer: Answer) -> PolicyDocument:
    left = [_left(statement, answer) for statement in policy.statements]
    return replace(policy, statements=tuple(statement for statement in left if statement is not None))


def _left(statement: Statement, answer: Answer) -> Statement | None:
    if statement.effect != "Deny":
        return statement
    answers = [(condition, answer(condition)) for condition in statement.conditions]
    if any(settled is False for _, settled in answers):
        return None
    open_ones = tuple(condition for condition, settled in answers if settled is None)
    return replace(statement, conditions=open_ones)
