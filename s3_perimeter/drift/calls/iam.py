"""Questions about one user, one managed policy, or the whole account's policies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from s3_perimeter.drift.facts import Answer, Call

__all__ = [
    "UNIQUE_ID",
    "access_keys",
    "attached",
    "attachments",
    "authorization_details",
    "group",
    "group_attached",
    "group_inline",
    "group_policy",
    "groups",
    "inline",
    "inline_policy",
    "last_used",
    "login_profile",
    "managed_policy",
    "mfa_devices",
    "policy_version",
    "role",
    "role_attached",
    "role_inline",
    "role_policy",
    "service_credentials",
    "signing_certificates",
    "ssh_keys",
    "used_access_keys",
    "user",
    "whose_ids",
]

# What AWS shows in a policy for a user or role that was deleted, and for a while for one that was not.
# IAM User Guide, "IAM identifiers".
UNIQUE_ID = re.compile(r"\b(AIDA|AROA)[A-Z0-9]{12,}\b")

_Then = Callable[[Answer], Iterable[Call]] | None


def _ask(operation: str, *absent: str, then: _Then = None, action: str = "", **params: str) -> Call:
    name = action or "".join(part.capitalize() for part in operation.split("_"))
    return Call(
        service="iam",
        operation=operation,
        params=tuple(sorted(params.items())),
        action=f"iam:{name}",
        absent=frozenset(absent),
        then=then,
    )


def user(name: str) -> Call:
    """Return the question for the user, with tags and boundary: IAM API Reference, "ListUsers"."""
    return _ask("get_user", "NoSuchEntity", UserName=name)


def attached(name: str) -> Call:
    """Return the question for the managed policies attached to the user; it raises one for each policy's
    document.
    """
    return _ask("list_attached_user_policies", UserName=name, then=_documents)


def _documents(answer: Answer) -> Iterable[Call]:
    return [managed_policy(item["PolicyArn"]) for item in answer.get("AttachedPolicies", ())]


def inline(name: str) -> Call:
    """Return the question for the names of the user's inline policies; it raises one for each document."""

    def documents(answer: Answer) -> Iterable[Call]:
        return [inline_policy(name, policy) for policy in answer.get("PolicyNames", ())]

    return _ask("list_user_policies", UserName=name, then=documents)


def inline_policy(name: str, policy: str) -> Call:
    return _ask("get_user_policy", UserName=name, PolicyName=policy)


def groups(name: str) -> Call:
    """Return the question for the user's groups; it raises those for the policies of each group."""

    def carried(answer: Answer) -> Iterable[Call]:
        for group in answer.get("Groups", ()):
            yield group_attached(group["GroupName"])
            yield group_inline(group["GroupName"])

    return _ask("list_groups_for_user", UserName=name, then=carried)


def group(name: str) -> Call:
    """Return the question for the group and its members."""
    return _ask("get_group", "NoSuchEntity", GroupName=name)


def group_attached(group: str) -> Call:
    return _ask("list_attached_group_policies", GroupName=group, then=_documents)


def group_inline(group: str) -> Call:
    """Return the question for the names of the group's inline policies; it raises one for each document."""

    def documents(answer: Answer) -> Iterable[Call]:
        return [group_policy(group, policy) for policy in answer.get("PolicyNames", ())]

    return _ask("list_group_policies", GroupName=group, then=documents)


def group_policy(group: str, policy: str) -> Call:
    return _ask("get_group_policy", GroupName=group, PolicyName=policy)


def role(name: str) -> Call:
    """Return the question for the role; it raises one for the principals whose ids its trust policy has."""

    def named(answer: Answer) -> Iterable[Call]:
        return whose_ids(answer["Role"].get("AssumeRolePolicyDocument"))

    return _ask("get_role", "NoSuchEntity", RoleName=name, then=named)


def role_attached(name: str) -> Call:
    return _ask("list_attached_role_policies", RoleName=name, then=_documents)


def role_inline(name: str) -> Call:
    """Return the question for the names of the role's inline policies; it raises one for each document."""

    def documents(answer: Answer) -> Iterable[Call]:
        return [role_policy(name, policy) for policy in answer.get("PolicyNames", ())]

    return _ask("list_role_policies", RoleName=name, then=documents)


def role_policy(name: str, policy: str) -> Call:
    return _ask("get_role_policy", RoleName=name, PolicyName=policy)


def access_keys(name: str) -> Call:
    return _ask("list_access_keys", UserName=name)


def used_access_keys(name: str) -> Call:
    """Return the same question as `access_keys`; it raises one for the last use of each key."""

    def used(answer: Answer) -> Iterable[Call]:
        return [last_used(key["AccessKeyId"]) for key in answer.get("AccessKeyMetadata", ())]

    return _ask("list_access_keys", UserName=name, then=used)


def last_used(key: str) -> Call:
    return _ask("get_access_key_last_used", AccessKeyId=key)


def login_profile(name: str) -> Call:
    return _ask("get_login_profile", "NoSuchEntity", UserName=name)


def mfa_devices(name: str) -> Call:
    return _ask("list_mfa_devices", UserName=name, action="ListMFADevices")


def ssh_keys(name: str) -> Call:
    return _ask("list_ssh_public_keys", UserName=name, action="ListSSHPublicKeys")


def service_credentials(name: str) -> Call:
    return _ask("list_service_specific_credentials", UserName=name)


def signing_certificates(name: str) -> Call:
    return _ask("list_signing_certificates", UserName=name)


def managed_policy(arn: str) -> Call:
    """Return the question for the managed policy; it raises one for its default version."""

    def default(answer: Answer) -> Iterable[Call]:
        return [policy_version(arn, answer["Policy"]["DefaultVersionId"])]

    return _ask("get_policy", "NoSuchEntity", PolicyArn=arn, then=default)


def policy_version(arn: str, version: str) -> Call:
    return _ask("get_policy_version", PolicyArn=arn, VersionId=version)


def attachments(arn: str) -> Call:
    """Return the question for the users, groups and roles that have the managed policy."""
    return _ask("list_entities_for_policy", PolicyArn=arn)


def authorization_details() -> Call:
    """Return the question for every user, group, role and managed policy in use in the account, with their
    documents.

    It raises one for each of AWS's own policies that somebody has and whose document the answer lacks.
    """

    def missing(answer: Answer) -> Iterable[Call]:
        there = {policy["Arn"] for policy in answer.get("Policies", ())}
        holders = [
            holder
            for several in ("UserDetailList", "GroupDetailList", "RoleDetailList")
            for holder in answer.get(several, ())
        ]
        attached = {
            item["PolicyArn"] for holder in holders for item in holder.get("AttachedManagedPolicies", ())
        }
        return [managed_policy(arn) for arn in sorted(attached - there)]

    return _ask("get_account_authorization_details", then=missing)


def whose_ids(document: object) -> list[Call]:
    """Return the questions that show whose the unique ids in a policy are; none if it has no such id."""
    return [authorization_details()] if UNIQUE_ID.search(str(document or "")) else []
