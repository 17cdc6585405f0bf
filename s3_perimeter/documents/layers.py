"""Layers: every policy that decides about one bucket, the organization's before its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from s3_perimeter.documents.document import Condition, PolicyDocument, Rules, Statement

if TYPE_CHECKING:
    from s3_perimeter.documents.rcp import ResourceControlPolicy

__all__ = ["SERVICE_LINKED_ROLES", "Layers", "asked_keys", "rules_in_full"]

SERVICE_LINKED_ROLES = "arn:*:iam::*:role/aws-service-role/*"
"""The roles that only their service can take on, to which RCPs do not apply."""

_NOT_SERVICE_LINKED = Condition("ArnNotLike", None, False, "aws:PrincipalArn", (SERVICE_LINKED_ROLES,))


class Layers(NamedTuple):
    """A bucket's policy, None where it has none, and the RCPs that apply to its account.

    Any Deny of any layer denies, and only the bucket policy grants ("RCP evaluation", AWS Organizations User
    Guide).
    """

    policy: PolicyDocument | None
    rcps: tuple[ResourceControlPolicy, ...] = ()

    @property
    def rules(self) -> tuple[Statement, ...]:
        """The statements that count, those of the bucket policy first."""
        own = self.policy.rules if self.policy else ()
        return (*own, *(rule for rcp in self.rcps for rule in rcp.rules)) if self.rcps else own

    @property
    def meaning(self) -> frozenset[object]:
        """What the layers say, whatever the order of their statements, their names and their labels."""
        return frozenset(
            each._replace(index=0, line=None, sid=None, rcp=None if each.rcp is None else "")
            for each in self.rules
        )


def rules_in_full(policy: Rules) -> list[Statement]:
    """Return the statements of a policy or of several layers, those of RCPs with what they do not say:
    that they exempt service-linked roles.
    """
    return [
        each if each.rcp is None else each._replace(conditions=(*each.conditions, _NOT_SERVICE_LINKED))
        for each in policy.rules
    ]


def asked_keys(*policies: Rules) -> frozenset[str]:
    """Return the condition keys, in lower case, that a Deny of the policies asks for."""
    return frozenset(
        condition.name
        for policy in policies
        for statement in policy.rules
        if statement.effect == "Deny"
        for condition in statement.conditions
    )
