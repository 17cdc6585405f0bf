"""user-policy-least-privilege: what users are given is named action by action, on this deployment's
buckets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies import kinds
from policies.context import Context
from policies.deployment import Deployment, Resource
from policies.documents import Document, document
from policies.identity_policy import Grant, IdentityPolicyError, grants
from policies.rule import Rule, Violation, broken
from policies.values import UNKNOWN, Unknown, blocks, text

# Whoever may call one of these can take the fence down, or carry the content around it.
OPENERS: Final = frozenset(
    action.lower()
    for action in (
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutAccountPublicAccessBlock",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketWebsite",
        "s3:PutReplicationConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutAnalyticsConfiguration",
        "s3:PutAccessPointPolicy",
    )
)
# These have no resource to name: IAM wants `*`.
WITHOUT_RESOURCE: Final = frozenset({"s3:listallmybuckets", "sts:getcalleridentity"})


def _judge(context: Context) -> Iterator[Violation]:
    deployment = context.deployment
    names = frozenset(bucket.name for bucket in deployment.buckets if bucket.resource and bucket.name)
    for label, found in _documents(deployment):
        for reason, fix in _problems(found, names):
            yield broken(found.urn, f"policy `{label}`", reason, fix)
    yield from _attached(deployment)
    yield from _joined(deployment)


def _documents(deployment: Deployment) -> Iterator[tuple[str, Document]]:
    """Every document that users or groups get from this deployment, with a name for it."""
    for resource in deployment.of(kinds.MANAGED_POLICY):
        if not _for_roles_only(resource, deployment):
            yield resource.name, _document_of(resource)
    for resource in deployment.of(kinds.INLINE_POLICY):
        yield resource.name, _document_of(resource)
    for resource in deployment.of(kinds.USER | kinds.GROUP):
        for block in blocks(resource.declared.get("policies")):
            value = UNKNOWN if isinstance(block, Unknown) else block.get("policyDocument")
            yield resource.name, document(resource.urn, value)


def _document_of(resource: Resource) -> Document:
    return document(resource.urn, resource.value("policyDocument" if resource.native else "policy"))


def _for_roles_only(policy: Resource, deployment: Deployment) -> bool:
    """Whether this deployment attaches the policy to roles, and to no user and no group."""
    holders = {holder for found in _attachments(policy, deployment) for holder in _holders(found)}
    holders |= {name for name in ("users", "groups", "roles") if policy.declared.get(name) not in (None, [])}
    return holders == {"roles"}


def _attachments(policy: Resource, deployment: Deployment) -> Iterator[Resource]:
    arn = policy.outputs.get("arn")
    for attachment in deployment.of(kinds.ATTACHMENT):
        value = attachment.value("policyArn")
        by_value = isinstance(value, str) and value == arn
        if by_value or (value is UNKNOWN and policy.urn in attachment.links.get("policyArn", frozenset())):
            yield attachment


def _holders(attachment: Resource) -> Iterator[str]:
    if attachment.type in kinds.ROLE_ATTACHMENT:
        yield "roles"
        return
    named = [name for name in ("users", "groups", "roles") if attachment.declared.get(name) not in (None, [])]
    yield from named or ["users"]


def _problems(found: Document, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    if found.text is None:
        yield found.problem, found.fix
        return
    try:
        allowed = grants(found.text)
    except IdentityPolicyError as error:
        yield f"it cannot be judged: {error}", "write a document that IAM accepts"
        return
    for grant in allowed:
        yield from _too_much(grant, names)


def _too_much(grant: Grant, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    if grant.inverted:
        yield "it allows by exception (NotAction or NotResource)", "name the actions and resources allowed"
        return
    for action in grant.actions:
        if "*" in action or "?" in action:
            yield f"it allows `{action}`, which grows with AWS's list of actions", "name each action"
        elif action.lower().startswith("iam:"):
            yield f"it allows `{action}`: whoever changes IAM gives themselves the rest", "remove the action"
        elif action.lower() in OPENERS:
            yield f"it allows `{action}`, which can take the fence down", "remove the action"
    needing = [action for action in grant.actions if action.lower() not in WITHOUT_RESOURCE]
    for resource in grant.resources if needing else ():
        if _foreign(resource, names):
            yield (
                f"it reaches `{resource}`, beyond the buckets of this deployment",
                "name the bucket's ARN, and its objects' as that ARN with `/*`",
            )


def _foreign(resource: str, names: frozenset[str]) -> bool:
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return True
    if parts[2] != "s3":
        return any("*" in part or "?" in part for part in parts[1:5]) or parts[5] in ("*", "key/*", "alias/*")
    return parts[5].partition("/")[0] not in names


def _attached(deployment: Deployment) -> Iterator[Violation]:
    """Policies made elsewhere that this deployment hands to users or groups."""
    declared = list(deployment.of(kinds.MANAGED_POLICY))
    known = {text(policy.outputs.get("arn")) for policy in declared} - {None}
    urns = {policy.urn for policy in declared}
    for attachment in deployment.of(kinds.ATTACHMENT - kinds.ROLE_ATTACHMENT):
        if set(_holders(attachment)) == {"roles"}:
            continue
        value = attachment.value("policyArn")
        linked = attachment.links.get("policyArn", frozenset()) & urns
        if (value is UNKNOWN and linked) or text(value) in known:
            continue
        yield _unseen(attachment.urn, attachment.name, text(value))
    for holder in deployment.of(kinds.USER | kinds.GROUP):
        arns = holder.declared.get("managedPolicyArns")
        for arn in arns if isinstance(arns, list) else [] if arns is None else [UNKNOWN]:
            if arn is UNKNOWN and holder.links.get("managedPolicyArns", frozenset()) & urns:
                continue
            if text(arn) not in known:
                yield _unseen(holder.urn, holder.name, text(arn))


def _joined(deployment: Deployment) -> Iterator[Violation]:
    """Users put into groups made elsewhere, whose policies nobody sees here."""
    declared = list(deployment.of(kinds.GROUP))
    known = {text(group.value("name", "groupName")) for group in declared} - {None}
    urns = {group.urn for group in declared}
    for resource in deployment.of(kinds.MEMBERSHIP | kinds.USER):
        for name in ("groups", "group", "groupName"):
            value = resource.declared.get(name)
            linked = bool(resource.links.get(name, frozenset()) & urns)
            for group in value if isinstance(value, list) else [] if value is None else [value]:
                if (group is UNKNOWN and linked) or text(group) in known:
                    continue
                what = "a group not known yet" if group is UNKNOWN else f"group `{group}`, made elsewhere"
                yield broken(resource.urn, f"`{resource.name}`", f"it puts a user into {what}", RULE.remedy)


def _unseen(urn: str, name: str, arn: str | None) -> Violation:
    what = f"`{arn}`, a policy that this deployment does not declare" if arn else "a policy not known yet"
    return broken(urn, f"attachment `{name}`", f"it gives a user or group {what}", RULE.remedy)


RULE: Final = Rule(
    id="user-policy-least-privilege",
    severity="high",
    description=(
        "Policies for users and groups name each action, reach only this deployment's buckets, and cannot "
        "change IAM or take the fence down."
    ),
    remedy="give the user a policy of this deployment that names the actions and the bucket",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    judge=_judge,
)
