"""IAM deletes no user and no group that something still hangs on.

ministack 1.5.33 looks at attached policies and access keys only. AWS answers DeleteConflict: IAM API
Reference, "DeleteUser" and "DeleteGroup".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ministack.services import iam

from local.aws.patches.iam import Handler, Parameters, given, refused
from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer


def apply(kept: Kept) -> None:
    """Let DeleteUser and DeleteGroup refuse as IAM does."""
    handlers: dict[str, Handler] = iam._IAM_HANDLERS

    def of_user(name: str) -> Iterator[str]:
        yield from hanging_on_user(name)
        if any(item["UserName"] == name for items in kept.data.credentials.values() for item in items):
            yield "must remove referenced objects first"

    handlers["DeleteUser"] = unless(of_user, "UserName", handlers["DeleteUser"])
    handlers["DeleteGroup"] = unless(hanging_on_group, "GroupName", handlers["DeleteGroup"])


def unless(hanging: Callable[[str], Iterator[str]], parameter: str, original: Handler) -> Handler:
    """Return the operation, refused with the first thing that hangs on what the parameter names."""

    def delete(parameters: Parameters) -> Answer:
        for what in hanging(given(parameters, parameter)):
            return refused(409, "DeleteConflict", f"Cannot delete entity, {what}.")
        return original(parameters)

    return delete


def hanging_on_user(name: str) -> Iterator[str]:
    """Yield what has to be done before the user can go, as IAM words it."""
    if any(name in group["Users"] for group in iam._groups.values()):
        yield "must remove users from group first"
    if iam._user_inline_policies.get(name):
        yield "must delete policies first"
    if any(device.get("User") == name for device in iam._mfa_devices.values()):
        yield "must delete MFA device first"
    if name in iam._login_profiles:
        yield "must delete login profile first"


def hanging_on_group(name: str) -> Iterator[str]:
    """Yield what has to be done before the group can go, as IAM words it."""
    group = iam._groups.get(name) or {}
    if group.get("Users"):
        yield "must remove users from group first"
    if group.get("AttachedPolicies"):
        yield "must detach all policies first"
    if iam._group_inline_policies.get(name):
        yield "must delete policies first"
