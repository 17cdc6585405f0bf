"""An organization around the account: its management account, and the resource control policies that apply.

AWS: "Resource control policies (RCPs)" and the pages below it in the AWS Organizations User Guide, and the
operations' pages in its API Reference. What ministack 1.5.33 does instead:

- It makes every account that asks the management account of an organization of its own.
- It takes any JSON text for a resource control policy, of any size, and attaches any number of them.
- It has no RCPFullAWSAccess.
- It enforces none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, get_region, request_scope
from ministack.services import iam, organizations, s3

from local.aws.emulator import ACCOUNT, MANAGEMENT
from local.aws.patches.evaluation import of_foreigner
from s3_perimeter.documents.document import PolicyError
from s3_perimeter.documents.rcp import MAX_RCP_CHARACTERS, ResourceControlPolicy

KIND = "RESOURCE_CONTROL_POLICY"
FULL_ACCESS = "p-RCPFullAWSAccess"
MOST_ATTACHED = 5
SERVICE_LINKED = "/aws-service-role/"
Answer = tuple[int, dict[str, str], bytes]
Operation = Callable[[dict[str, Any]], Any]


def apply() -> None:
    """Wrap the emulator's operations and the evaluation of requests to buckets."""
    operations: dict[str, Operation] = organizations._DISPATCH
    for name, check in {
        "CreatePolicy": content,
        "UpdatePolicy": content,
        "AttachPolicy": attachable,
    }.items():
        operations[name] = checked(operations[name], check)
    operations["DetachPolicy"] = checked(operations["DetachPolicy"], managed)
    operations["EnablePolicyType"] = enabling(operations["EnablePolicyType"])
    operations["CreateAccount"] = attaching(operations["CreateAccount"], organizations._accounts)
    operations["CreateOrganizationalUnit"] = attaching(
        operations["CreateOrganizationalUnit"], organizations._ous
    )
    for name, operation in operations.items():
        operations[name] = from_the_management_account(name, operation)
    organizations._ensure_org = with_the_member(organizations._ensure_org)
    iam_evaluator._principal_org_id = organization_of(iam_evaluator._principal_org_id)
    iam_evaluator.combine_resource_policy = denied_first(iam_evaluator.combine_resource_policy)
    s3._foreign_bucket_allows = foreign_denied_first(s3._foreign_bucket_allows)


def with_the_member(original: Callable[[], None]) -> Callable[[], None]:
    """Make the organization with the account in it, where it is not there yet."""

    def ensure() -> None:
        original()
        if get_account_id() == MANAGEMENT and ACCOUNT not in organizations._accounts:
            (root,) = organizations._roots
            management = organizations._accounts[MANAGEMENT]
            organizations._accounts[ACCOUNT] = {
                **management,
                "Arn": management["Arn"].replace(f"/{MANAGEMENT}", f"/{ACCOUNT}"),
                "Email": f"member+{ACCOUNT}@example.com",
                "Id": ACCOUNT,
                "Name": "Member Account",
                "_ParentId": root,
            }

    return ensure


def from_the_management_account(name: str, original: Operation) -> Operation:
    """Return an operation, which a member account may not ask for, but for what organization it is in."""

    def handle(payload: dict[str, Any]) -> Any:
        if get_account_id() != ACCOUNT:
            return original(payload)
        if name != "DescribeOrganization":
            refusal = "You don't have permissions to access this resource."
            return error_response_json("AccessDeniedException", refusal, 400)
        with request_scope(MANAGEMENT, get_region()):
            return original(payload)

    return handle


def organization_of(original: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Return the id of an account's organization: that of the management account for its members."""

    def find(account: str) -> str | None:
        management = next((master for master, _ in homes(account)), account)
        return original(management)

    return find


def checked(original: Operation, check: Callable[[dict[str, Any]], Any]) -> Operation:
    """Return an operation after a check of its arguments, which answers with a refusal or None."""

    def handle(payload: dict[str, Any]) -> Any:
        refusal = check(payload)
        return original(payload) if refusal is None else refusal

    return handle


def content(payload: dict[str, Any]) -> Any:
    """Return the refusal of a text that is no resource control policy, where it is to be one."""
    policy = organizations._policies.get(payload.get("PolicyId") or "") or {}
    text = payload.get("Content")
    if KIND not in (payload.get("Type"), policy.get("Type")) or not isinstance(text, str):
        return None
    if len(text) > MAX_RCP_CHARACTERS:
        return error_response_json(
            "ConstraintViolationException", "You have exceeded the maximum policy size. (5120)", 400
        )
    try:
        found = ResourceControlPolicy.parse(text)
    except PolicyError as error:
        message = f"The provided policy document does not meet the requirements: {error.mistakes[0]}"
        return error_response_json("MalformedPolicyDocumentException", message, 400)
    if len(found.rules) < len(found.statements):
        message = "The provided policy document does not meet the requirements: Effect has to be Deny."
        return error_response_json("MalformedPolicyDocumentException", message, 400)
    return None


def attachable(payload: dict[str, Any]) -> Any:
    """Return the refusal of one policy more than a target may have."""
    policy = organizations._policies.get(payload.get("PolicyId") or "") or {}
    target = payload.get("TargetId") or ""
    if policy.get("Type") != KIND or len(list(attached(target))) < MOST_ATTACHED:
        return None
    message = "You have attained the maximum number of policies attached to this target."
    return error_response_json("ConstraintViolationException", message, 400)


def managed(payload: dict[str, Any]) -> Any:
    """Return the refusal to detach the policy of AWS's own."""
    if payload.get("PolicyId") != FULL_ACCESS:
        return None
    message = f"You can't detach the policy {FULL_ACCESS}."
    return error_response_json("ConstraintViolationException", message, 400)


def enabling(original: Operation) -> Operation:
    """EnablePolicyType: with resource control policies comes RCPFullAWSAccess, attached everywhere."""

    def handle(payload: dict[str, Any]) -> Any:
        answer = original(payload)
        if answer[0] == 200 and payload.get("PolicyType") == KIND:
            everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
            organizations._policies[FULL_ACCESS] = {
                "Id": FULL_ACCESS,
                "Arn": f"arn:aws:organizations::aws:policy/resource_control_policy/{FULL_ACCESS}",
                "Name": "RCPFullAWSAccess",
                "Description": "Allows access to every resource",
                "Type": KIND,
                "AwsManaged": True,
                "_Content": json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
            }
            stores = (organizations._roots, organizations._ous, organizations._accounts)
            organizations._attachments[FULL_ACCESS] = [name for store in stores for name in store]
        return answer

    return handle


def attaching(original: Operation, store: Any) -> Operation:
    """Return an operation that makes a target, to which RCPFullAWSAccess is attached at once."""

    def handle(payload: dict[str, Any]) -> Any:
        before = set(store)
        answer = original(payload)
        if FULL_ACCESS in organizations._policies:
            new = [name for name in store if name not in before]
            organizations._attachments[FULL_ACCESS] = [*organizations._attachments[FULL_ACCESS], *new]
        return answer

    return handle


def attached(target: str) -> Iterator[dict[str, Any]]:
    """Yield the resource control policies attached to a target of the running request's organization."""
    for name, policy in organizations._policies.items():
        if policy["Type"] == KIND and target in (organizations._attachments.get(name) or []):
            yield policy


def homes(account: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the management account of each organization that an account is a member of, with its record
    there.
    """
    for (management, name), record in organizations._accounts.to_dict().items():
        if name == account and management != account:
            yield management, record


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


def denies(account: str, context: Any) -> bool:
    """Whether a resource control policy of an account denies a request for something of its."""
    if linked(context.principal_arn):
        return False
    return any(
        iam_evaluator.evaluate_resource_policy(policy, context).decision == "Deny"
        for policy in applicable(account)
    )


def linked(caller: str) -> bool:
    """Whether the caller is a service-linked role, to which resource control policies do not apply."""
    parts = caller.split("/")
    if not parts[0].endswith(":assumed-role"):
        return SERVICE_LINKED in caller
    role = iam._roles.get_scoped(caller.split(":")[4], None, parts[1]) or {}
    return str(role.get("Path", "")).startswith(SERVICE_LINKED)


def denied_first(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the decision about a resource of an account's own: Deny where a resource control policy
    denies.
    """

    def combine(identity: Any, context: Any, policy: Any, owner: str | None, *more: Any, **named: Any) -> Any:
        if owner and context.action.startswith("s3:") and denies(owner, context):
            reason = "Explicit deny in a resource control policy"
            return iam_evaluator.EvalResult("Deny", context.principal_arn, "", reason)
        return original(identity, context, policy, owner, *more, **named)

    return combine


def foreign_denied_first(original: Callable[..., Any]) -> Callable[..., Any]:
    """Whether a caller who does not own the bucket is allowed: never past a resource control policy."""

    def allows(
        owner: str, bucket: str, key: str, method: str, query: dict[str, Any], caller: str, *more: Any
    ) -> bool:
        context = of_foreigner(bucket, key, method, query, caller)
        return not denies(owner, context) and bool(original(owner, bucket, key, method, query, caller, *more))

    return allows
