"""IAM operations: default versions, key limits, last use, and what cannot be deleted yet.

ministack has no SetDefaultPolicyVersion; it makes any number of access keys, of which AWS makes two a user
("IAM and AWS STS quotas"); GetAccessKeyLastUsed always says N/A, and GetRole nothing of a last use; and it
deletes users and groups that policies, members or credentials hang on, where AWS answers DeleteConflict. AWS:
IAM API Reference, under each operation's name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import iam

from local.aws.patches.kept import KEPT
from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer

KEYS_PER_USER = 2
Parameters = dict[str, Any]
Handler = Callable[[Parameters], Answer]
HANDLERS: dict[str, Handler] = iam._IAM_HANDLERS


def given(parameters: Parameters, name: str) -> str:
    """Return a parameter's value, empty where it is not given."""
    return str(iam._p(parameters, name) or "")


def answer(action: str, result: str = "") -> Answer:
    """IAM's successful answer."""
    body = f"<{action}Result>{result}</{action}Result>" if result else ""
    made: Answer = iam._xml(200, f"{action}Response", body, ns="iam")
    return made


def refused(status: int, code: str, message: str) -> Answer:
    """IAM's error."""
    made: Answer = iam._error(status, code, message, ns="iam")
    return made


def elements(item: dict[str, str]) -> str:
    """Return the fields of an item as XML elements."""
    return "".join(f"<{key}>{escape(value)}</{key}>" for key, value in item.items())


@instead_of(HANDLERS, "SetDefaultPolicyVersion")
def set_default_policy_version(_: None, parameters: Parameters) -> Answer:
    """Make an existing version of a managed policy the one in force."""
    policy = iam._policies.get(given(parameters, "PolicyArn"))
    version = given(parameters, "VersionId")
    if not policy or version not in policy["Versions"]:
        return refused(404, "NoSuchEntity", f"Policy version {version} does not exist or is not attachable.")
    for name, each in policy["Versions"].items():
        each["IsDefaultVersion"] = name == version
    policy["DefaultVersionId"] = version
    return answer("SetDefaultPolicyVersion")


@instead_of(HANDLERS, "CreateAccessKey")
def at_most_two(original: Handler, parameters: Parameters) -> Answer:
    """CreateAccessKey, which IAM refuses for a user who has two."""
    user = given(parameters, "UserName")
    if sum(key["UserName"] == user for key in iam._access_keys.values()) >= KEYS_PER_USER:
        return refused(409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {KEYS_PER_USER}")
    return original(parameters)


@instead_of(HANDLERS, "GetAccessKeyLastUsed")
def key_last_used(original: Handler, parameters: Parameters) -> Answer:
    """GetAccessKeyLastUsed with what the gateway noted of the key's requests."""
    key = given(parameters, "AccessKeyId")
    noted = KEPT.data.last_used.get(key)
    if noted is None or key not in iam._access_keys:
        return original(parameters)
    user = elements({"UserName": iam._access_keys[key]["UserName"]})
    return answer("GetAccessKeyLastUsed", f"{user}<AccessKeyLastUsed>{elements(noted)}</AccessKeyLastUsed>")


@instead_of(HANDLERS, "GetRole")
def role_last_used(original: Handler, parameters: Parameters) -> Answer:
    """GetRole with what the gateway noted of the requests of the role's sessions."""
    status, headers, body = original(parameters)
    noted = KEPT.data.roles_used.get(given(parameters, "RoleName"))
    if status == 200 and noted:
        used = f"<RoleLastUsed>{elements(noted)}</RoleLastUsed></Role>"
        body = body.replace(b"</Role>", used.encode(), 1)
    return status, headers, body


def unless_held(original: Handler, parameters: Parameters, held: dict[str, object]) -> Answer:
    """Return the answer of a deletion: DeleteConflict with the first step that has to come before it."""
    for step, what in held.items():
        if what:
            return refused(409, "DeleteConflict", f"Cannot delete entity, must {step} first.")
    return original(parameters)


@instead_of(HANDLERS, "DeleteUser")
def delete_user(original: Handler, parameters: Parameters) -> Answer:
    """DeleteUser, of a user who is in no group and has nothing."""
    name = given(parameters, "UserName")
    held = {
        "remove users from group": any(name in group["Users"] for group in iam._groups.values()),
        "delete policies": iam._user_inline_policies.get(name),
        "delete MFA device": any(device.get("User") == name for device in iam._mfa_devices.values()),
        "delete login profile": name in iam._login_profiles,
        "remove referenced objects": any(
            item["UserName"] == name for items in KEPT.data.credentials.values() for item in items
        ),
    }
    return unless_held(original, parameters, held)


@instead_of(HANDLERS, "DeleteGroup")
def delete_group(original: Handler, parameters: Parameters) -> Answer:
    """DeleteGroup, of a group without members and policies."""
    name = given(parameters, "GroupName")
    group = iam._groups.get(name) or {}
    held = {
        "remove users from group": group.get("Users"),
        "detach all policies": group.get("AttachedPolicies"),
        "delete policies": iam._group_inline_policies.get(name),
    }
    return unless_held(original, parameters, held)
