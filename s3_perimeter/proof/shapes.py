"""Shapes: what the values of single condition keys look like, beside what all of their sort do."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits

from s3_perimeter.proof.automaton import Charset, Step, some_of, text_steps
from s3_perimeter.proof.keys import Shape
from s3_perimeter.proof.values import BASES, WORD, Steps
from s3_perimeter.semantics.request import Kind

__all__ = ["SHAPES", "user_id_base", "usual_shape"]

_LOWER = ascii_lowercase + digits
_SESSION_CHARS = WORD + "+=,.@_-"
_VPC = (*text_steps("vpc-"), *some_of(_LOWER))
_ORGANIZATION = (*text_steps("o-"), *some_of(_LOWER))

SHAPES: dict[str, Steps] = {
    "aws:sourcevpc": _VPC,
    "aws:sourcevpce": (*text_steps("vpce-"), *some_of(_LOWER)),
    "aws:ec2instancesourcevpc": _VPC,
    "aws:principalorgid": _ORGANIZATION,
    "aws:vpceorgid": _ORGANIZATION,
}
"""What is known for certain."""

_PATH = (
    *(*text_steps("o-"), *some_of(_LOWER), *text_steps("/r-"), *some_of(_LOWER)),
    *(Step(Charset(frozenset(_LOWER + "/-")), many=True), *text_steps("/")),
)
_PATHS = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"})
_ARNS = {
    "aws:sourcevpcarn": ("ec2", ":vpc/vpc-", some_of(_LOWER)),
    "s3:dataaccesspointarn": ("s3", ":accesspoint/", some_of(_LOWER + "-", least=3)),
    "ec2:sourceinstancearn": ("ec2", ":instance/i-", some_of(_LOWER)),
    "lambda:sourcefunctionarn": ("lambda", ":function:", some_of(WORD + "-_")),
}
"""The service of an ARN, what comes after the account, and what ends it."""


def usual_shape(name: str, partition: str) -> Steps | None:
    """Return what the values of a key look like as far as is known: no escape rests on others. No proof rests
    on these: the documentation gives examples only.
    """
    if name in _PATHS:
        return _PATH
    if name not in _ARNS:
        return None
    service, kind, end = _ARNS[name]
    place = (*some_of(_LOWER + "-"), *text_steps(":"), *BASES[Shape.ACCOUNT])
    return (*text_steps(f"arn:{partition}:{service}:"), *place, *text_steps(kind), *end)


def user_id_base(kind: Kind, *, surely: bool) -> Steps | None:
    """Return what ``aws:userid`` looks like ("Request information in each principal"); None is any text.

    Of a role "this value format can vary" ("AWS global condition context keys"): the form given is one that
    it `surely` takes.
    """
    unique = some_of(ascii_uppercase + digits)
    if kind is Kind.USER:
        return (*text_steps("AIDA"), *unique)
    if kind is Kind.ANONYMOUS:
        return text_steps("anonymous")
    if kind is Kind.SERVICE or (kind is Kind.ROLE and not surely):
        return None
    if kind is Kind.ROLE:
        return (*text_steps("AROA"), *unique, *text_steps(":"), *some_of(_SESSION_CHARS, least=2))
    account = BASES[Shape.ACCOUNT]
    if kind is Kind.FEDERATED_USER:
        return (*account, *text_steps(":"), *some_of(_SESSION_CHARS, least=2))
    return account
