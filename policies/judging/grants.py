"""What identity policies may give to people: S3's actions on data in this deployment's buckets, action by
action, and the use of named KMS keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from s3_perimeter.documents.statements import AllowStatement, PolicyShapeError, allow_statements

from ..declared.deployment import Deployment
from ..declared.documents import Document
from ..declared.values import Properties, text
from .data_actions import harm_of, is_data
from .pack_config import PackConfigError
from .rule import Schema

__all__ = ["Allowed", "further_actions", "problems"]

# What S3 asks of a KMS key for whoever reads and writes under it.
KEY_USE: Final = frozenset(
    f"kms:{action}"
    for action in (
        "decrypt",
        "describekey",
        "encrypt",
        "generatedatakey",
        "generatedatakeywithoutplaintext",
        "reencryptfrom",
        "reencryptto",
    )
)
# These have no resource to name: IAM wants `*`.
WITHOUT_RESOURCE: Final = frozenset({"s3:listallmybuckets", "sts:getcalleridentity"})
_BUCKET_ARN: Final = re.compile(r"arn:[^:]+:s3:::([a-z0-9.-]+)(/|$)")
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What people may have: the deployment's buckets by name, and actions that the organization adds.

    ``configured`` are the buckets that the program configures and does not declare; ``who`` gets the policies
    (`users`).
    """

    who: str
    buckets: frozenset[str]
    configured: frozenset[str]
    further: frozenset[str]

    @classmethod
    def of(cls, who: str, deployment: Deployment, settings: Properties) -> Allowed:
        """Return what these may have in the deployment. Raises PackConfigError where the rule's settings are
        wrong.
        """
        return cls(
            who,
            frozenset(bucket.name for bucket in deployment.buckets if bucket.resource and bucket.name),
            frozenset(bucket.name for bucket in deployment.buckets if not bucket.resource and bucket.name),
            _further(settings),
        )


def further_actions(who: str) -> Schema:
    """Return the schema of the setting by which the organization gives more actions to these."""
    return {
        "furtherActions": {
            "type": "array",
            "description": (
                f"additional actions that policies for {who} may allow, each in full, such as "
                "`ses:SendRawEmail`; the rule does not judge on which resources"
            ),
            "items": {"type": "string", "pattern": "^[A-Za-z0-9-]+:[A-Za-z0-9]+$"},
        }
    }


def problems(found: Document, allowed: Allowed) -> Iterator[tuple[str, str]]:
    """Yield what the document gives beyond that, each with what to do about it."""
    if found.text is None:
        yield found.problem, found.fix
        return
    try:
        given = allow_statements(found.text)
    except PolicyShapeError as error:
        yield f"it cannot be judged: {error}", "write a document that IAM accepts"
        return
    for grant in given:
        yield from _too_much(grant, allowed)


def _too_much(grant: AllowStatement, allowed: Allowed) -> Iterator[tuple[str, str]]:
    if grant.inverted:
        yield "it allows by exception (NotAction or NotResource)", "name the actions and resources allowed"
        return
    services: set[str] = set()
    for action in grant.actions:
        name = action.lower()
        if "*" in action or "?" in action:
            yield f"it allows `{action}`, which grows with AWS's list of actions", "name each action"
            services |= {"s3"} if name.startswith("s3:") else set()
        elif is_data(name) or name in KEY_USE:
            services.add(name.partition(":")[0])
        elif name not in WITHOUT_RESOURCE | allowed.further:
            yield _beyond(action, allowed.who)
    for resource in grant.resources:
        for service in sorted(services):
            if _foreign(resource, service, allowed.buckets):
                yield _reaches(resource, service, allowed)


def _beyond(action: str, who: str) -> tuple[str, str]:
    """Return what is said of an action that nobody needs to use a bucket."""
    if action.lower().startswith("s3:"):
        return (
            f"it allows `{action}`, {harm_of(action)}",
            "remove the action; buckets are changed by the program, not by their users",
        )
    return (
        f"it allows `{action}`, which is no action on S3's data or the key that encrypts it: through other "
        f"services {who} can get permissions that this rule does not see",
        f"remove the action, or name it in this rule's `furtherActions` if {who} may have it",
    )


def _reaches(resource: str, service: str, allowed: Allowed) -> tuple[str, str]:
    """Return what is said of a resource that is too much for an action of the service."""
    if service == "kms":
        return f"it reaches `{resource}`, more than one KMS key", "name the key's ARN"
    beyond = f"it reaches `{resource}`, beyond the buckets of this deployment"
    named = _BUCKET_ARN.match(resource)
    if named is None:
        return beyond, "name the bucket's ARN, and its objects' as that ARN with `/*`"
    does = "configures but does not declare" if named[1] in allowed.configured else "does not declare"
    return (
        f"{beyond}: `{named[1]}` is a bucket that this program {does} (one that it only looks up counts as "
        "such), so nothing here shows who can reach it",
        "declare the bucket in this program (`import` adopts an existing one), or exempt this policy "
        "with a reason",
    )


def _foreign(resource: str, service: str, names: frozenset[str]) -> bool:
    """Whether an action of the service reaches beyond a bucket of the deployment or one named key there."""
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return True
    if parts[2] != service:
        # Another service's resource is none of this action's.
        return "*" in parts[2] or "?" in parts[2]
    if service == "kms":
        return any("*" in part or "?" in part for part in parts[1:])
    return parts[3:5] != ["", ""] or parts[5].partition("/")[0] not in names


def _further(settings: Properties) -> frozenset[str]:
    listed = settings.get("furtherActions", [])
    entries = [text(entry) for entry in listed] if isinstance(listed, list) else [None]
    if not all(entry and _ACTION.fullmatch(entry) for entry in entries):
        raise PackConfigError(
            "`furtherActions` is not a list of actions\n\nhint: write each action in full, such as "
            "`ses:SendRawEmail`"
        )
    return frozenset(entry.lower() for entry in entries if entry)
