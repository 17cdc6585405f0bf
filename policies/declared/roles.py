"""Roles with everything that this deployment gives them: inline policies, managed ones, and who may assume
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import kinds
from .attachments import Attachment, attachments, policy_arn
from .deployment import Deployment, Resource
from .documents import Document, document, policy_of
from .values import UNKNOWN, Unknown, blocks, text

__all__ = ["Role", "roles"]


@dataclass(frozen=True, slots=True)
class Role:
    """One declared role. ``policies`` are the documents that it gets, with a name for each; ``elsewhere`` the
    managed policies that it gets and that this deployment does not declare, by ARN, None for one not known.
    """

    resource: Resource
    trust: Document
    policies: tuple[tuple[str, Document], ...]
    elsewhere: tuple[tuple[Resource, str | None], ...]


def roles(deployment: Deployment) -> Iterator[Role]:
    """Yield every role of the deployment."""
    handed = tuple(attachments(deployment))
    for resource in deployment.of(kinds.ROLE):
        mine = [each for each in handed if _is_for(each, resource)]
        yield Role(
            resource,
            document(
                resource, "assumeRolePolicyDocument" if resource.native else "assumeRolePolicy", deployment
            ),
            tuple(_policies(resource, mine, deployment)),
            tuple(_elsewhere(mine, deployment)),
        )


def _policies(
    role: Resource, mine: list[Attachment], deployment: Deployment
) -> Iterator[tuple[str, Document]]:
    for resource in deployment.of(kinds.ROLE_POLICY):
        if _names(resource, role, "role", "roleName"):
            yield resource.name, policy_of(resource, deployment)
    for resource in deployment.of(kinds.MANAGED_POLICY):
        if any(each.hands_out(resource) for each in mine) or _names(resource, role, "roles"):
            yield resource.name, policy_of(resource, deployment)
    name, key = ("policies", "policyDocument") if role.native else ("inlinePolicies", "policy")
    for block in blocks(role.declared.get(name)):
        # The provider's empty block stands for a role without inline policies.
        value = UNKNOWN if isinstance(block, Unknown) else block.get(key)
        if value is not None:
            yield role.name, document(role, name, deployment, value)


def _elsewhere(mine: list[Attachment], deployment: Deployment) -> Iterator[tuple[Resource, str | None]]:
    declared = list(deployment.of(kinds.MANAGED_POLICY))
    known = {policy_arn(policy) for policy in declared} - {None}
    urns = {policy.urn for policy in declared}
    for attachment in mine:
        made_here = set() < attachment.linked <= urns
        for arn in attachment.arns:
            if not (arn is UNKNOWN and made_here) and text(arn) not in known:
                yield attachment.resource, text(arn)


def _is_for(attachment: Attachment, role: Resource) -> bool:
    """Whether the attachment hands its policies to this role."""
    resource = attachment.resource
    return resource.urn == role.urn or _names(resource, role, "role", "roles", "roleName")


def _names(resource: Resource, role: Resource, *properties: str) -> bool:
    """Whether one of the properties holds the role's name, or is made of its outputs."""
    name = text(role.value("name", "roleName")) or text(role.outputs.get("id"))
    for each in properties:
        value = resource.declared.get(each)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        if UNKNOWN in listed and role.urn in resource.links.get(each, frozenset()):
            return True
        if name is not None and name in [text(one) for one in listed]:
            return True
    return False
