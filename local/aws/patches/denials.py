"""What denies a request before anything allows it: resource control policies, and a bucket's own policy.

ministack enforces no resource control policy, and an ACL lets an anonymous or foreign caller in past a Deny
of the bucket's policy. AWS: IAM User Guide, "Policy evaluation logic"; AWS Organizations User Guide,
"Resource control policies (RCPs)".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_actions import _s3_action
from ministack.core.responses import get_region, request_scope
from ministack.services import iam, organizations, s3

from local.aws.patches.organizations import KIND, attached, homes
from local.aws.patches.patch import instead_of

SERVICE_LINKED = "/aws-service-role/"


@instead_of(iam_evaluator, "combine_resource_policy")
def of_owner(
    original: Callable[..., Any],
    identity: Any,
    context: Any,
    policy: Any,
    owner: str | None,
    *more: Any,
    **named: Any,
) -> Any:
    """Return the decision about a resource of an account's own: Deny where a resource control policy
    denies.
    """
    if owner and context.action.startswith("s3:") and denies(owner, context):
        reason = "Explicit deny in a resource control policy"
        return iam_evaluator.EvalResult("Deny", context.principal_arn, "", reason)
    return original(identity, context, policy, owner, *more, **named)


@instead_of(s3, "_foreign_bucket_allows")
def of_foreigner(
    original: Callable[..., bool],
    owner: str,
    bucket: str,
    key: str,
    method: str,
    query: dict[str, Any],
    caller: str,
    *more: Any,
) -> bool:
    """Whether a caller who does not own the bucket is allowed: an account, or the anonymous."""
    path = f"/{bucket}/{key}" if key else f"/{bucket}"
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{caller}:root" if caller else "*",
        principal_type="Root" if caller else "Anonymous",
        principal_account=caller or "",
        action=f"s3:{_s3_action(method, path, query) or 'GetObject'}",
        resource_arn=f"arn:aws:s3:::{path[1:]}",
        region=s3.get_region(),
    )
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    denied = bool(policy) and iam_evaluator.evaluate_resource_policy(policy, context).decision == "Deny"
    return not (denied or denies(owner, context)) and original(
        owner, bucket, key, method, query, caller, *more
    )


def denies(account: str, context: Any) -> bool:
    """Whether a resource control policy of an account denies a request for something of its."""
    return not linked(context.principal_arn) and any(
        iam_evaluator.evaluate_resource_policy(policy, context).decision == "Deny"
        for policy in applicable(account)
    )


def applicable(account: str) -> Iterator[str]:
    """Yield the resource control policies that apply to an account's resources: its own and those above it.

    None applies to the management account, or where the type is not enabled.
    """
    for management, record in homes(account):
        with request_scope(management, get_region()):
            if not organizations._policy_type_enabled(KIND):
                continue
            target, found = account, []
            while target:
                found += list(attached(target))
                target = record.get("_ParentId", "")
                record = organizations._ous.get(target) or {}
        yield from (policy["_Content"] for policy in found)


def linked(caller: str) -> bool:
    """Whether the caller is a service-linked role, to which resource control policies do not apply."""
    parts = caller.split("/")
    if not parts[0].endswith(":assumed-role"):
        return SERVICE_LINKED in caller
    role = iam._roles.get_scoped(caller.split(":")[4], None, parts[1]) or {}
    return str(role.get("Path", "")).startswith(SERVICE_LINKED)
