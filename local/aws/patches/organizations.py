"""An organization around the account: its management account, and the policies that it makes.

AWS: "Resource control policies (RCPs)" and the pages below it in the AWS Organizations User Guide, and the
operations' pages in its API Reference. What ministack does instead:

- It makes every account that asks the management account of an organization of its own.
- It takes any JSON text for a resource control policy, of any size, and attaches any number of them.
- It has no RCPFullAWSAccess.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, get_region, request_scope
from ministack.services import organizations

from local.aws.emulator import ACCOUNT, MANAGEMENT
from local.aws.patches.patch import instead_of
from s3_perimeter.documents.document import PolicyError
from s3_perimeter.documents.rcp import MAX_RCP_CHARACTERS, ResourceControlPolicy

KIND = "RESOURCE_CONTROL_POLICY"
FULL_ACCESS = "p-RCPFullAWSAccess"
EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
MOST_ATTACHED = 5
OPERATIONS: dict[str, Callable[..., Any]] = organizations._DISPATCH


@instead_of(organizations, "_ensure_org")
def ensure(original: Callable[[], None]) -> None:
    """Make the organization with the account in it, and RCPFullAWSAccess on all of it where RCPs are enabled.

    Every operation of the emulator's begins with this.
    """
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
    if organizations._policy_type_enabled(KIND):
        organizations._policies[FULL_ACCESS] = {
            "Id": FULL_ACCESS,
            "Arn": f"arn:aws:organizations::aws:policy/resource_control_policy/{FULL_ACCESS}",
            "Name": "RCPFullAWSAccess",
            "Description": "Allows access to every resource",
            "Type": KIND,
            "AwsManaged": True,
            "_Content": json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]}),
        }
        stores = (organizations._roots, organizations._ous, organizations._accounts)
        organizations._attachments[FULL_ACCESS] = [name for store in stores for name in store]


def asked(name: str, original: Callable[[Any], Any], payload: dict[str, Any]) -> Any:
    """Return the answer of an operation. A member account may only ask what organization it is in."""
    if get_account_id() != ACCOUNT:
        return refusal(name, payload) or original(payload)
    if name != "DescribeOrganization":
        said = "You don't have permissions to access this resource."
        return error_response_json("AccessDeniedException", said, 400)
    with request_scope(MANAGEMENT, get_region()):
        return original(payload)


for _name in OPERATIONS:
    instead_of(OPERATIONS, _name)(partial(asked, _name))


def refusal(name: str, payload: dict[str, Any]) -> Any:
    """Return AWS's refusal of a resource control policy, or of where it is put; None where it takes both."""
    identity, target = payload.get("PolicyId") or "", payload.get("TargetId") or ""
    policy, text = organizations._policies.get(identity) or {}, payload.get("Content")
    code, said = "ConstraintViolationException", ""
    if name == "DetachPolicy" and identity == FULL_ACCESS:
        said = f"You can't detach the policy {FULL_ACCESS}."
    elif KIND not in (payload.get("Type"), policy.get("Type")):
        return None
    elif name == "AttachPolicy" and len(list(attached(target))) >= MOST_ATTACHED:
        said = "You have attained the maximum number of policies attached to this target."
    elif name in ("CreatePolicy", "UpdatePolicy") and isinstance(text, str):
        if len(text) > MAX_RCP_CHARACTERS:
            said = f"You have exceeded the maximum policy size. ({MAX_RCP_CHARACTERS})"
        elif wrong := mistake(text):
            code = "MalformedPolicyDocumentException"
            said = f"The provided policy document does not meet the requirements: {wrong}"
    return error_response_json(code, said, 400) if said else None


def mistake(text: str) -> str:
    """Return why a text is no resource control policy of one's own, empty where it is one."""
    try:
        found = ResourceControlPolicy.parse(text)
    except PolicyError as error:
        return str(error.mistakes[0])
    return "Effect has to be Deny." if len(found.rules) < len(found.statements) else ""


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


@instead_of(iam_evaluator, "_principal_org_id")
def organization_of(original: Callable[[str], str | None], account: str) -> str | None:
    """Return the id of an account's organization: that of the management account for its members."""
    return original(next((management for management, _ in homes(account)), account))
