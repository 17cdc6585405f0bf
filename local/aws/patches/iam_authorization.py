"""What IAM authorises a request to itself on: the resource that the request names, and IAM's own keys.

ministack 1.5.33 knows no policy that is still to be made, no path and no ``iam:`` key, and takes the user for
the resource of what changes a group. AWS: Service Authorization Reference, "Actions, resources, and condition
keys for AWS Identity and Access Management".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions
from ministack.services import iam

from local.aws.patches.iam import given

KEYS = {"iam:PolicyARN": "PolicyArn", "iam:PermissionsBoundary": "PermissionsBoundary"}
"""Condition key -> the parameter that it holds."""
MEMBERS = frozenset({"AddUserToGroup", "RemoveUserFromGroup"})
"""Operations on a group that name a user too."""


def apply() -> None:
    """Replace the emulator's functions."""
    iam_actions.extract_resource_arn = resource(iam_actions.extract_resource_arn)
    iam_actions.request_tag_context = keys(iam_actions.request_tag_context)


def resource(original: Callable[..., str]) -> Callable[..., str]:
    """Return the ARN of the resource that a request is for."""

    def extract(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        parameters: dict[str, Any],
        region: str,
        account: str,
    ) -> str:
        if service == "iam":
            found = named(parameters, account)
            if found is not None:
                return found
        return original(service, method, path, headers, body, parameters, region, account)

    return extract


def named(parameters: dict[str, Any], account: str) -> str | None:
    """Return the ARN of the policy to be made, or of the role, user or group; None where the emulator knows
    it.
    """
    action = given(parameters, "Action")
    if action == "CreatePolicy":
        return arn(account, "policy", given(parameters, "PolicyName"), given(parameters, "Path"))
    kinds = {"role": iam._roles, "user": iam._users, "group": iam._groups}
    if action in MEMBERS:
        kinds = {"group": iam._groups}
    for kind, store in kinds.items():
        name = given(parameters, f"{kind.title()}Name")
        if name:
            there = store.get(name)
            return str(there["Arn"]) if there else arn(account, kind, name, given(parameters, "Path"))
    return None


def arn(account: str, kind: str, name: str, path: str) -> str:
    """Return the ARN of something of IAM; a path begins and ends with a slash."""
    return f"arn:aws:iam::{account}:{kind}{path or '/'}{name}"


def keys(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return the condition keys that a request brings besides those of every request."""

    def context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
        found = original(service, action, body, parameters)
        if service != "iam":
            return found
        own = {key: given(parameters, name) for key, name in KEYS.items()}
        return {**found, **{key: value for key, value in own.items() if value}}

    return context
