"""user-policy-least-privilege: policies for users and groups name each action, on declared buckets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..declared import kinds
from ..declared.attachments import ROLES, attachments, holders, policy_arn
from ..declared.deployment import Deployment
from ..declared.documents import Document, document, policy_of
from ..declared.unjudged_users import unjudged_users
from ..declared.values import UNKNOWN, Unknown, blocks, text
from ..judging.context import Context
from ..judging.grants import Allowed, further_actions, problems
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

_DECLARE_IT: Final = (
    "declare the user, the group and their policies as resources of the `aws` or `aws-native` provider, or "
    "exempt this resource with a reason"
)


@rule(
    id="user-policy-least-privilege",
    severity="high",
    description=(
        "Policies for users and groups name each action. They allow only S3's actions on data in this "
        "deployment's buckets and the use of named KMS keys, and nobody can remove the fence with them."
    ),
    remedy="give the user a policy of this deployment that names the actions and the bucket",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    properties=further_actions("users"),
)
def judge(context: Context) -> Iterator[Violation]:
    deployment = context.deployment
    allowed = Allowed.of("users", deployment, context.settings)
    for label, found in _documents(deployment):
        for reason, fix in problems(found, allowed):
            yield broken(found.urn, f"policy `{label}`", reason, fix)
    yield from _attached(deployment)
    yield from _joined(deployment)
    for resource, reason in unjudged_users(deployment):
        yield broken(resource.urn, f"resource `{resource.name}`", reason, _DECLARE_IT)


def _documents(deployment: Deployment) -> Iterator[tuple[str, Document]]:
    """Yield every document that users or groups get from this deployment, with a name for it."""
    for resource in deployment.of(kinds.MANAGED_POLICY):
        if holders(resource, deployment) != ROLES:
            yield resource.name, policy_of(resource, deployment)
    for resource in deployment.of(kinds.INLINE_POLICY):
        yield resource.name, policy_of(resource, deployment)
    for resource in deployment.of(kinds.USER | kinds.GROUP):
        for block in blocks(resource.declared.get("policies")):
            value = UNKNOWN if isinstance(block, Unknown) else block.get("policyDocument", "")
            yield resource.name, document(resource, "policies", deployment, value)


def _attached(deployment: Deployment) -> Iterator[Violation]:
    """Yield undeclared policies that this deployment attaches to users or groups."""
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
    """Yield users that are put into undeclared groups, whose policies the rule does not see."""
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
