"""What a policy lets its holder do, in words, and whether that is enough to lift the fence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from s3_perimeter.documents.identity import Grant, Names, PolicyShapeError, grants, overlap
from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.facts import Unreadable, Value
from s3_perimeter.drift.findings import Severity
from s3_perimeter.drift.judging.control import Context

__all__ = [
    "ability",
    "allowed_by",
    "allows",
    "attached_document",
    "documents_of",
    "lifts_the_fence",
    "severity",
]

# What changes the bucket's policy, or gives oneself or another principal any permission at all.
# Service Authorization Reference, "Actions, resources, and condition keys" of S3, IAM and STS.
_LIFTS_ON_THE_BUCKET: Final = ("s3:putbucketpolicy", "s3:deletebucketpolicy")
_LIFTS_ANYWHERE: Final = (
    "iam:addusertogroup",
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:createpolicyversion",
    "iam:putgrouppolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy",
    "iam:updateloginprofile",
    "sts:assumeroot",
)
_ANY_BUCKET: Final = "arn:*:s3:::*"


def allowed_by(policy: object) -> str:
    """Return what the policy allows, as the end of a sentence."""
    if not policy:
        return ", without a policy of its own"
    try:
        lines = [str(line) for line in grants(policy) if line.effect == "Allow"]
    except PolicyShapeError:
        return ", by a policy that cannot be read"
    return f": {'; '.join(lines)}" if lines else ", allowing nothing itself"


def allows(document: object) -> list[Grant]:
    """Return the Allow lines of a policy; none where there is no policy. Raises PolicyShapeError."""
    return [line for line in grants(document) if line.effect == "Allow"] if document else []


def lifts_the_fence(lines: Iterable[Grant], context: Context) -> bool:
    """Whether one of these Allow lines lets its holder take the fence of a bucket of the stack away.

    Without a bucket in the stack any bucket counts. Conditions are not weighed: from inside the allow-list
    the holder meets most of them.
    """
    buckets = [bucket.arn for bucket in context.declared.buckets] or [_ANY_BUCKET]
    return any(
        any(_named(line.action, action) for action in _LIFTS_ANYWHERE)
        or (
            any(_named(line.action, action) for action in _LIFTS_ON_THE_BUCKET)
            and any(_named(line.resource, arn) for arn in buckets)
        )
        for line in lines
    )


def _named(names: Names, name: str) -> bool:
    return names.but != any(overlap(pattern, name) for pattern in names.patterns)


def severity(documents: Iterable[object], context: Context) -> Severity:
    """Return critical if the policies allow removing the fence, or cannot be read; otherwise high."""
    try:
        lifting = any(lifts_the_fence(allows(document), context) for document in documents)
    except PolicyShapeError:
        lifting = True
    return Severity.CRITICAL if lifting else Severity.HIGH


def attached_document(arn: str, context: Context) -> object:
    """Return the document of a managed policy that somebody has; text that is no policy where it cannot be
    read.
    """
    found = context.facts.fact(iam.managed_policy(arn))
    if isinstance(found, Value):
        version = found.value["Policy"]["DefaultVersionId"]
        fact = context.facts.fact(iam.policy_version(arn, version))
        if isinstance(fact, Value):
            return fact.value["PolicyVersion"].get("Document")
    return "unreadable" if isinstance(found, Unreadable) else None


def ability(severity: Severity) -> str:
    """Return the end of a sentence about a policy of that severity."""
    return ", which is enough to remove the fence" if severity is Severity.CRITICAL else ""


def documents_of(group: str, context: Context) -> dict[str, Any]:
    """Return the policies that a group carries, by ARN or inline name. Raises UnknownError."""
    attached = (context(iam.group_attached(group)) or {}).get("AttachedPolicies", ())
    inline = (context(iam.group_inline(group)) or {}).get("PolicyNames", ())
    found: dict[str, Any] = {
        str(item["PolicyArn"]): attached_document(item["PolicyArn"], context) for item in attached
    }
    return found | {
        name: (context(iam.group_policy(group, name)) or {}).get("PolicyDocument") for name in inline
    }
