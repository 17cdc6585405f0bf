"""user-policy-least-privilege: what users are given is named action by action, on this deployment's
buckets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..declared import kinds
from ..declared.attachments import ROLES, attachments, holders, policy_arn
from ..declared.deployment import Deployment, Resource
from ..declared.documents import Document, document
from ..declared.identity_policy import Grant, IdentityPolicyError, grants
from ..declared.unjudged_users import unjudged_users
from ..declared.values import UNKNOWN, Properties, Unknown, blocks, text
from ..judging.context import Context
from ..judging.data_actions import is_data
from ..judging.pack_config import PackConfigError
from ..judging.rule import REMEDY, Violation, broken, rule

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
_DECLARE_IT: Final = (
    "declare the user, the group and their policies as resources of the `aws` or `aws-native` provider, or "
    "exempt this resource with a reason"
)
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What users may have: the deployment's buckets by name, and actions that the organisation adds.

    ``configured`` are the buckets that the program configures and does not declare.
    """

    buckets: frozenset[str]
    configured: frozenset[str]
    further: frozenset[str]


@rule(
    id="user-policy-least-privilege",
    severity="high",
    description=(
        "Policies for users and groups name each action, take only S3's actions on data in this deployment's "
        "buckets and the use of named KMS keys, and cannot take the fence down."
    ),
    remedy="give the user a policy of this deployment that names the actions and the bucket",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    properties={
        "furtherActions": {
            "type": "array",
            "description": (
                "actions that users may be given beside those, each in full, such as `ses:SendRawEmail`; on "
                "which resources is not judged"
            ),
            "items": {"type": "string", "pattern": "^[A-Za-z0-9-]+:[A-Za-z0-9]+$"},
        }
    },
)
def judge(context: Context) -> Iterator[Violation]:
    deployment = context.deployment
    names = frozenset(bucket.name for bucket in deployment.buckets if bucket.resource and bucket.name)
    configured = frozenset(
        bucket.name for bucket in deployment.buckets if not bucket.resource and bucket.name
    )
    allowed = _Allowed(names, configured, _further(context.settings))
    for label, found in _documents(deployment):
        for reason, fix in _problems(found, allowed):
            yield broken(found.urn, f"policy `{label}`", reason, fix)
    yield from _attached(deployment)
    yield from _joined(deployment)
    for resource, reason in unjudged_users(deployment):
        yield broken(resource.urn, f"resource `{resource.name}`", reason, _DECLARE_IT)


def _further(settings: Properties) -> frozenset[str]:
    listed = settings.get("furtherActions", [])
    entries = [text(entry) for entry in listed] if isinstance(listed, list) else [None]
    if not all(entry and _ACTION.fullmatch(entry) for entry in entries):
        raise PackConfigError(
            "`furtherActions` is not a list of actions\n\nhint: write each action in full, such as "
            "`ses:SendRawEmail`"
        )
    return frozenset(entry.lower() for entry in entries if entry)


def _documents(deployment: Deployment) -> Iterator[tuple[str, Document]]:
    """Every document that users or groups get from this deployment, with a name for it."""
    for resource in deployment.of(kinds.MANAGED_POLICY):
        if holders(resource, deployment) != ROLES:
            yield resource.name, _document_of(resource, deployment)
    for resource in deployment.of(kinds.INLINE_POLICY):
        yield resource.name, _document_of(resource, deployment)
    for resource in deployment.of(kinds.USER | kinds.GROUP):
        for block in blocks(resource.declared.get("policies")):
            value = UNKNOWN if isinstance(block, Unknown) else block.get("policyDocument", "")
            yield resource.name, document(resource, "policies", deployment, value)


def _document_of(resource: Resource, deployment: Deployment) -> Document:
    return document(resource, "policyDocument" if resource.native else "policy", deployment)


def _problems(found: Document, allowed: _Allowed) -> Iterator[tuple[str, str]]:
    if found.text is None:
        yield found.problem, found.fix
        return
    try:
        given = grants(found.text)
    except IdentityPolicyError as error:
        yield f"it cannot be judged: {error}", "write a document that IAM accepts"
        return
    for grant in given:
        yield from _too_much(grant, allowed)


def _too_much(grant: Grant, allowed: _Allowed) -> Iterator[tuple[str, str]]:
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
            yield _beyond(action)
    for resource in grant.resources:
        for service in sorted(services):
            if _foreign(resource, service, allowed.buckets):
                yield _reaches(resource, service, allowed)


def _beyond(action: str) -> tuple[str, str]:
    """What is said of an action that users of a bucket do not need."""
    if action.lower().startswith("s3:"):
        return (
            f"it allows `{action}`, which is no action on data: it can take the fence down, or carry content "
            "around it",
            "remove the action; buckets are changed by the program, not by their users",
        )
    return (
        f"it allows `{action}`, beyond S3's data and the key that encrypts it: by way of other services "
        "users can reach rights that are not seen here",
        "remove the action, or name it in this rule's `furtherActions` if users may have it",
    )


def _reaches(resource: str, service: str, allowed: _Allowed) -> tuple[str, str]:
    """What is said of a resource that is too much for an action of the service."""
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
        "declare the bucket in this program (`import` takes over one that exists), or exempt this policy "
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


def _attached(deployment: Deployment) -> Iterator[Violation]:
    """Policies made elsewhere that this deployment hands to users or groups."""
    declared = list(deployment.of(kinds.MANAGED_POLICY))
    known = {policy_arn(policy) for policy in declared} - {None}
    urns = {policy.urn for policy in declared}
    for attachment in attachments(deployment):
        if attachment.holders == ROLES:
            continue
        made_here = set() < attachment.linked <= urns
        given = {text(arn) for arn in attachment.arns if not (arn is UNKNOWN and made_here)}
        for arn in sorted(given - known, key=str):
            yield _unseen(attachment.resource.urn, attachment.resource.name, arn)


def _joined(deployment: Deployment) -> Iterator[Violation]:
    """Users put into groups made elsewhere, whose policies nobody sees here."""
    declared = list(deployment.of(kinds.GROUP))
    known = {text(group.value("name", "groupName")) for group in declared} - {None}
    urns = {group.urn for group in declared}
    for resource in deployment.of(kinds.MEMBERSHIP | kinds.USER):
        for name in ("groups", "group", "groupName"):
            value = resource.declared.get(name)
            made_here = set() < resource.sources(name) <= urns
            for group in value if isinstance(value, list) else [] if value is None else [value]:
                if (group is UNKNOWN and made_here) or text(group) in known:
                    continue
                what = "a group not known yet" if group is UNKNOWN else f"group `{group}`, made elsewhere"
                yield broken(resource.urn, f"`{resource.name}`", f"it puts a user into {what}", REMEDY)


def _unseen(urn: str, name: str, arn: str | None) -> Violation:
    what = f"`{arn}`, a policy that this deployment does not declare" if arn else "a policy not known yet"
    return broken(urn, f"attachment `{name}`", f"it gives a user or group {what}", REMEDY)
