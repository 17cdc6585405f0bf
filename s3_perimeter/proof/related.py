"""Related: whether a policy is one of the bucket that is asked about at all.

S3 refuses a policy that names another bucket ("Policy has invalid resource"), so such a one is a mistyped
bucket or another partition: it is neither judged nor compared.
"""

from __future__ import annotations

from typing import NamedTuple

from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.proof.denies import Place, covered_resources
from s3_perimeter.proof.sides import sides_of

__all__ = ["Unrelated", "unrelated"]

_SHOWN = 3


class Unrelated(NamedTuple):
    """What a policy names instead of the bucket asked about, and what to ask instead."""

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}"


def unrelated(policy: PolicyDocument, place: Place) -> Unrelated | None:
    """Return why a policy is none of a bucket; None where a statement covers the bucket or some object."""
    if _covers_some(policy, place):
        return None
    named = list(dict.fromkeys(_named(policy)))
    problem = f"no statement covers `{place.bucket_arn}` or an object in it, so S3 would refuse it there"
    partitions = dict.fromkeys(arn.split(":")[1] for arn in named if arn.startswith("arn:"))
    for partition in partitions:
        if _covers_some(policy, place._replace(partition=partition)):
            return Unrelated(
                f"{problem}: the policy's partition is `{partition}`, not `{place.partition}`",
                f"ask about that one (`--partition {partition}`)",
            )
    shown = ", ".join(f"`{clipped(arn)}`" for arn in named[:_SHOWN]) + (", …" if len(named) > _SHOWN else "")
    return Unrelated(
        f"{problem}: the policy names {shown or 'nothing'}",
        "ask about the bucket and the partition that it is for",
    )


def _covers_some(policy: PolicyDocument, place: Place) -> bool:
    """Whether some statement may cover the bucket or an object in it."""
    covered = (covered_resources(side, place) for side in sides_of(policy))
    return any(bucket is not False or objects is not False for bucket, objects in covered)


def _named(policy: PolicyDocument) -> list[str]:
    """Return the patterns of all resources that a policy names."""
    return [arn for each in policy.statements for arn in each.resources or each.not_resources or ()]
