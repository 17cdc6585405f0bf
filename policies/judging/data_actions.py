"""S3's actions on data: those that read, and those that write objects and leave the bucket around them alone.

Whoever has only these can neither take the fence down nor carry the content around it, whatever AWS adds to
its list of actions. Derived from the core's table of S3's actions, by access level and resource.
"""

from __future__ import annotations

from typing import Final

from s3_perimeter.actions import AccessLevel, ActionResource, s3_actions, select_actions
from s3_perimeter.semantics.patterns import matches

__all__ = ["beyond_data", "harm_of", "is_data"]

_LIFTS_THE_FENCE: Final = ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
_READS: Final = (AccessLevel.LIST, AccessLevel.READ)
# Called a read by AWS, and lets a log of the bucket's use go elsewhere.
_NO_READ: Final = frozenset({"s3:AllowVendedLogDeliveryForResource"})
# What S3 itself does in a destination for whoever configured the replication; by hand it starts and forges
# replicas.
REPLICATION: Final = frozenset(
    {
        "s3:InitiateReplication",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateObjectAnnotation",
        "s3:ReplicateTags",
    }
)
# Permissions, in AWS's words; S3 refuses both where ACLs are disabled, which a rule asks of every bucket.
_ACLS: Final = frozenset({"s3:PutObjectAcl", "s3:PutObjectVersionAcl"})

DATA: Final = (
    (
        frozenset(select_actions(ActionResource.BUCKET, _READS))
        | frozenset(select_actions(ActionResource.OBJECT, (*_READS, AccessLevel.WRITE, AccessLevel.TAGGING)))
        | _ACLS
    )
    - REPLICATION
    - _NO_READ
)

_FOLDED: Final = frozenset(action.lower() for action in DATA)


def is_data(action: str) -> bool:
    """Whether the action, a full name in any case, is one on data."""
    return action.lower() in _FOLDED


def beyond_data(pattern: str) -> str | None:
    """Return an action on a bucket or its objects that the pattern covers and that is none on data; the
    pattern itself where S3 is not known to have any such action; None where all that it covers is data. One
    that can remove the fence comes first.

    What replication does in its destination counts as data here: a bucket policy allows it.
    """
    covered = [
        action.name
        for action in s3_actions()
        if action.resource is not ActionResource.OTHER
        and matches(pattern.lower(), action.name.lower(), variables=False)
    ]
    if not covered:
        return pattern
    beyond = [action for action in covered if action not in DATA | REPLICATION]
    return next((action for action in (*_LIFTS_THE_FENCE, *beyond) if action in beyond), None)


def harm_of(action: str) -> str:
    """Return what an action that is none on data can do, as the end of a sentence."""
    if action.lower() in map(str.lower, _LIFTS_THE_FENCE):
        return "which is not an action on data: it can remove the fence"
    return "which is not an action on data: it can change the bucket, or send its data elsewhere"
