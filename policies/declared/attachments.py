"""Who is handed which managed policy, in every form that a program can declare it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from . import kinds
from .deployment import Deployment, Resource
from .values import UNKNOWN, Value, text

__all__ = ["ROLES", "Attachment", "attachments", "holders", "policy_arn"]

ROLES: Final = frozenset({"roles"})
_BY_TYPE: Final = (
    (kinds.USER, "users"),
    (kinds.GROUP, "groups"),
    (kinds.ROLE, "roles"),
    (kinds.EXCLUSIVE_USER, "users"),
    (kinds.EXCLUSIVE_GROUP, "groups"),
    (kinds.EXCLUSIVE_ROLE, "roles"),
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """Managed policies handed out by one resource: ``arns`` is what its property ``link`` holds, and
    ``holders`` which of users, groups and roles get them.
    """

    resource: Resource
    link: str
    arns: tuple[Value, ...]
    holders: frozenset[str]

    @property
    def linked(self) -> frozenset[str]:
        """The URNs of what the unknown ones are made from, one each."""
        return self.resource.sources(self.link)

    def hands_out(self, policy: Resource) -> bool:
        """Whether this policy is among them, by ARN, else by property dependencies."""
        arn = policy_arn(policy)
        known = arn is not None and arn in [text(given) for given in self.arns]
        return known or (UNKNOWN in self.arns and policy.urn in self.linked)


def attachments(deployment: Deployment) -> Iterator[Attachment]:
    """Yield every one in the deployment."""
    for resource in deployment.of(kinds.ATTACHMENT):
        named = [name for name in ("users", "groups", "roles") if _some(resource.declared.get(name))]
        holders = ROLES if resource.type in kinds.ROLE_ATTACHMENT else frozenset(named or ["users"])
        yield Attachment(resource, "policyArn", (resource.value("policyArn"),), holders)
    for kind, holder in _BY_TYPE:
        for resource in deployment.of(kind):
            link = "policyArns" if resource.type in kinds.EXCLUSIVE else "managedPolicyArns"
            value = resource.declared.get(link)
            if _some(value):
                arns = tuple(value) if isinstance(value, list) else (UNKNOWN,)
                yield Attachment(resource, link, arns, frozenset({holder}))


def holders(policy: Resource, deployment: Deployment) -> frozenset[str]:
    """Return which of users, groups and roles this deployment hands the policy to; the native provider names
    them on the policy itself.
    """
    found = [attachment for attachment in attachments(deployment) if attachment.hands_out(policy)]
    own = {name for name in ("users", "groups", "roles") if _some(policy.declared.get(name))}
    return frozenset(own).union(*(attachment.holders for attachment in found))


def policy_arn(policy: Resource) -> str | None:
    """Return the ARN of a managed policy, once it has one."""
    return text(policy.outputs.get("policyArn" if policy.native else "arn"))


def _some(value: Value) -> bool:
    return value is not None and value != []
