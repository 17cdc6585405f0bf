"""Sides: the statements of policies, as the proof takes them."""

from __future__ import annotations

from dataclasses import replace

from s3_perimeter.documents.document import Condition, Rules
from s3_perimeter.proof.axes.axis import Side

__all__ = ["SERVICE_LINKED_ROLES", "denies_of", "sides_of"]

SERVICE_LINKED_ROLES = "arn:*:iam::*:role/aws-service-role/*"
"""The roles that only their service can take on, to which RCPs do not apply."""

_NOT_SERVICE_LINKED = Condition("ArnNotLike", None, False, "aws:PrincipalArn", (SERVICE_LINKED_ROLES,))


def sides_of(policy: Rules) -> list[Side]:
    """Return the statements of a policy or of several layers, those of RCPs with what they do not say:
    that they spare service-linked roles.
    """
    return [
        Side(
            statement
            if statement.rcp is None
            else replace(statement, conditions=(*statement.conditions, _NOT_SERVICE_LINKED)),
            variables,
        )
        for statement, variables in policy.rules
    ]


def denies_of(policy: Rules) -> list[Side]:
    """Return the Denies as they are written."""
    return [Side(*rule) for rule in policy.rules if rule[0].effect == "Deny"]
