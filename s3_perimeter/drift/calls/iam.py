"""Questions about one user, one managed policy, or the whole account's policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from s3_perimeter.drift.facts import Answer, Call

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
    return _ask("get_user", "NoSuchEntity", UserName=name)


def user_tags(name: str) -> Call:
    return _ask("list_user_tags", UserName=name)


def attached(name: str) -> Call:
    """The managed policies attached to the user."""
    return _ask("list_attached_user_policies", UserName=name)


def inline(name: str) -> Call:
    """The names of the user's inline policies, and then each document."""

    def documents(answer: Answer) -> Iterable[Call]:
        return [inline_policy(name, policy) for policy in answer.get("PolicyNames", ())]

    return _ask("list_user_policies", UserName=name, then=documents)


def inline_policy(name: str, policy: str) -> Call:
    return _ask("get_user_policy", UserName=name, PolicyName=policy)


def groups(name: str) -> Call:
    """The user's groups, and then what each of them carries."""

    def carried(answer: Answer) -> Iterable[Call]:
        for group in answer.get("Groups", ()):
            yield group_attached(group["GroupName"])
            yield group_inline(group["GroupName"])

    return _ask("list_groups_for_user", UserName=name, then=carried)


def group_attached(group: str) -> Call:
    return _ask("list_attached_group_policies", GroupName=group)


def group_inline(group: str) -> Call:
    """The names of the group's inline policies, and then each document."""

    def documents(answer: Answer) -> Iterable[Call]:
        return [group_policy(group, policy) for policy in answer.get("PolicyNames", ())]

    return _ask("list_group_policies", GroupName=group, then=documents)


def group_policy(group: str, policy: str) -> Call:
    return _ask("get_group_policy", GroupName=group, PolicyName=policy)


def access_keys(name: str) -> Call:
    return _ask("list_access_keys", UserName=name)


def used_access_keys(name: str) -> Call:
    """The same question as `access_keys`, and then when each key was last used."""

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
    """The managed policy, and then its default version."""

    def default(answer: Answer) -> Iterable[Call]:
        return [policy_version(arn, answer["Policy"]["DefaultVersionId"])]

    return _ask("get_policy", "NoSuchEntity", PolicyArn=arn, then=default)


def policy_version(arn: str, version: str) -> Call:
    return _ask("get_policy_version", PolicyArn=arn, VersionId=version)


def attachments(arn: str) -> Call:
    """Who has the managed policy."""
    return _ask("list_entities_for_policy", PolicyArn=arn)


def authorization_details() -> Call:
    """Every user, group, role and customer-managed policy of the account with their documents."""
    return _ask("get_account_authorization_details")
