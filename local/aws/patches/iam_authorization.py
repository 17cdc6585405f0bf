"""What IAM authorizes a request to itself on: the resource that the request names, and IAM's own keys.

ministack knows no policy that is still to be made, no path and no ``iam:`` key, and takes the user for the
resource of what changes a group. AWS: Service Authorization Reference, "Actions, resources, and condition
keys for AWS Identity and Access Management".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions
from ministack.services import iam

from local.aws.patches.iam import Parameters, given
from local.aws.patches.patch import instead_of

KEYS = {"iam:PolicyARN": "PolicyArn", "iam:PermissionsBoundary": "PermissionsBoundary"}
"""Condition key -> the parameter that it holds."""
MEMBERS = frozenset({"AddUserToGroup", "RemoveUserFromGroup"})
"""Operations on a group that name a user too."""


@instead_of(iam_actions, "extract_resource_arn")
def resource(original: Callable[..., str], service: str, *parts: Any) -> str:
    """Return the ARN of the resource that a request is for."""
    found = named(parts[4], parts[6]) if service == "iam" else None
    return original(service, *parts) if found is None else found


def named(parameters: Parameters, account: str) -> str | None:
    """Return the ARN of the policy to be made, or of the role, user or group; None where the emulator knows
    it.
    """
    path = given(parameters, "Path") or "/"
    action = given(parameters, "Action")
    if action == "CreatePolicy":
        return f"arn:aws:iam::{account}:policy{path}{given(parameters, 'PolicyName')}"
    kinds = {"role": iam._roles, "user": iam._users, "group": iam._groups}
    for kind in ["group"] if action in MEMBERS else kinds:
        name = given(parameters, f"{kind.title()}Name")
        if name:
            there = kinds[kind].get(name)
            return str(there["Arn"]) if there else f"arn:aws:iam::{account}:{kind}{path}{name}"
    return None


@instead_of(iam_actions, "request_tag_context")
def keys(
    original: Callable[..., dict[str, Any]], service: str, action: str, body: bytes, parameters: Parameters
) -> dict[str, Any]:
    """Return the condition keys that a request brings besides those of every request."""
    found = original(service, action, body, parameters)
    own = {key: given(parameters, name) for key, name in KEYS.items()} if service == "iam" else {}
    return {**found, **{key: value for key, value in own.items() if value}}
