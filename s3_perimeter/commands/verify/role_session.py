"""A session of a role: by a profile that its person wrote, or assumed by the operator."""

from __future__ import annotations

from typing import Any, Final

from s3_perimeter.aws import Aws, Keys, in_words
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import Role

__all__ = ["SESSION", "assumed_by", "of_profile"]

SESSION: Final = "s3-perimeter-verify"
"""The name of a session that is made here."""


def of_profile(profile: str, role: Role, region: str | None) -> Keys:
    """Return the keys that the profile gives; the person may be asked for an MFA code.

    Raises CommandError where it gives none, or those of somebody else than the role.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    account = Aws(profile=profile, region=region)
    doing = f"asking AWS whom profile `{profile}` signs in as"
    try:
        arn = str(account.client("sts").get_caller_identity()["Arn"])
        found = account.credentials()
    except (BotoCoreError, ClientError) as error:
        raise in_words(doing, error) from error
    parts = arn.split("/")
    if found is None or ":assumed-role/" not in arn or parts[1] != role.iam_name:
        raise CommandError(
            f"profile `{profile}` signs in as {arn}, not as role `{role.name}`",
            f"write one with `perimeter credentials --role {role.name} --profile NAME`",
        )
    return found


def assumed_by(operator: Aws, role: Role) -> Keys:
    """Return the keys of a session that the operator gets. Raises CommandError where AWS refuses it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        made: Any = operator.client("sts").assume_role(RoleArn=role.arn, RoleSessionName=SESSION)
    except (BotoCoreError, ClientError) as error:
        refusal = in_words(f"assuming role `{role.name}`", error)
        raise CommandError(
            refusal.problem,
            "is this machine inside the allow-list (`perimeter my-ip`)? Somebody else's credentials do: give "
            "--role-profile, a profile that `perimeter credentials --role` wrote",
        ) from error
    session = made["Credentials"]
    return session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
