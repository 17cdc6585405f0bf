"""Bucket: the one bucket that a question is about, and what of it statements cover.

S3 refuses a policy that names another bucket ("Policy has invalid resource"), so such a one is a mistyped
bucket or another partition: it is neither judged nor compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from s3_perimeter.documents.document import PolicyDocument, Statement
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.fence import Perimeter
from s3_perimeter.semantics.conditions import negation
from s3_perimeter.semantics.evaluation import resource_matches
from s3_perimeter.semantics.patterns import widened

__all__ = ["Bucket", "Unrelated", "covered_resources", "unrelated"]

_SHOWN = 3


class Bucket(NamedTuple):
    """The one bucket that a question is about."""

    name: str
    partition: str
    account: str | None

    @classmethod
    def of(cls, perimeter: Perimeter) -> Bucket:
        """Return the bucket of a perimeter."""
        return cls(perimeter.bucket, perimeter.partition, perimeter.account)

    @property
    def arn(self) -> str:
        """The ARN that bucket actions need."""
        return f"{self.head}{self.name}"

    @property
    def head(self) -> str:
        """What every bucket's ARN begins with, up to the fifth colon."""
        return f"arn:{self.partition}:s3:::"


class Unrelated(NamedTuple):
    """What a policy names instead of the bucket asked about, and what to ask instead."""

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}"


def unrelated(policy: PolicyDocument, bucket: Bucket) -> Unrelated | None:
    """Return why a policy is none of a bucket; None where a statement covers the bucket or some object."""
    if _covers_some(policy, bucket):
        return None
    named = list(dict.fromkeys(arn for each in policy.statements for arn in each.named_resources))
    problem = f"no statement covers `{bucket.arn}` or an object in it, so S3 would refuse it there"
    partitions = dict.fromkeys(arn.split(":")[1] for arn in named if arn.startswith("arn:"))
    for partition in partitions:
        if _covers_some(policy, bucket._replace(partition=partition)):
            return Unrelated(
                f"{problem}: the policy's partition is `{partition}`, not `{bucket.partition}`",
                f"use that partition (`--partition {partition}`)",
            )
    shown = ", ".join(f"`{clipped(arn)}`" for arn in named[:_SHOWN]) + (", …" if len(named) > _SHOWN else "")
    return Unrelated(
        f"{problem}: the policy names {shown or 'nothing'}",
        "give the bucket and the partition that the policy is for",
    )


def covered_resources(statement: Statement, bucket: Bucket) -> tuple[bool | None, bool | None]:
    """Return whether a statement covers the bucket (None: not documented), and all, none or (None) some
    objects.
    """
    patterns = statement.named_resources
    itself = resource_matches(patterns, bucket.arn, variables=statement.variables)
    objects = _objects(patterns, bucket, variables=statement.variables) if patterns else None
    if statement.resources is None:
        return negation(itself), negation(objects)
    return itself, objects


def _objects(patterns: Sequence[str], bucket: Bucket, *, variables: bool) -> bool | None:
    """Return whether the patterns plainly cover every object, or plainly none; None where they may cover
    some.
    """
    start = f"{bucket.arn}/"
    if f"{start}*" in patterns or "*" in patterns or f"{bucket.head}*" in patterns:
        return True
    some: bool | None = False
    for pattern in patterns:
        wide = widened(pattern, wildcards=True) if variables else pattern
        literal = wide.split("*")[0].split("?")[0]
        exact = literal == wide
        if (
            (exact and literal.startswith(start) and literal != start)
            or (not exact and (literal.startswith(start) or start.startswith(literal)))
            or "$" in wide
        ):
            some = None
    return some


def _covers_some(policy: PolicyDocument, bucket: Bucket) -> bool:
    """Whether some statement may cover the bucket or an object in it."""
    covered = (covered_resources(each, bucket) for each in policy.rules)
    return any(itself is not False or objects is not False for itself, objects in covered)
