"""The AWS CLI's profile of a role: how the person signs in, by whom the role's trust policy names.

Source: AWS CLI User Guide, "Using an IAM role", "Configuring IAM Identity Center authentication", "Sourcing
credentials with an external process"; IAM Roles Anywhere User Guide, "Obtain temporary credentials".
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from pathlib import Path

from s3_perimeter.commands.credentials.profile import check_name, title_of, write_sections
from s3_perimeter.principals import Principal, PrincipalKind
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.output import as_json
from s3_perimeter.stack.deployed import Role, Stack

__all__ = ["add_role_arguments", "write_role_profile"]

HOUR = 3600
SIGNED_IN = (PrincipalKind.ROLE, PrincipalKind.PERMISSION_SET, PrincipalKind.USER)
HINTS = {
    PrincipalKind.ROLE: "give --source-profile, the profile that signs in as {arn}",
    PrincipalKind.USER: "give --source-profile, the profile with an access key of {arn}",
    PrincipalKind.PERMISSION_SET: (
        "give --sso-start-url, the address of your AWS access portal, or --source-profile"
    ),
    PrincipalKind.OIDC: "give --web-identity-token-file, where the token of {name} is kept",
    PrincipalKind.SAML: (
        "give --credential-process, the command by which {name} prints credentials (AWS's own CLI reads no "
        "SAML assertions)"
    ),
    PrincipalKind.TRUST_ANCHOR: "give --certificate, --private-key and --profile-arn of IAM Roles Anywhere",
}
WAYS = {
    "source_profile": ("--source-profile", SIGNED_IN),
    "sso_start_url": ("--sso-start-url", (PrincipalKind.PERMISSION_SET,)),
    "web_identity_token_file": ("--web-identity-token-file", (PrincipalKind.OIDC,)),
    "certificate": ("--certificate", (PrincipalKind.TRUST_ANCHOR,)),
    "credential_process": ("--credential-process", tuple(PrincipalKind)),
}
"""The argument that chooses a way of signing in, and who signs in so."""
BELONGING = {
    "mfa_serial": ("--mfa-serial", "source_profile"),
    "sso_region": ("--sso-region", "sso_start_url"),
    "private_key": ("--private-key", "certificate"),
    "profile_arn": ("--profile-arn", "certificate"),
}
"""Arguments that mean nothing without the one that chooses."""

Sections = dict[str, dict[str, str]]


def add_role_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how a role's person signs in."""
    signing = parser.add_argument_group("how the person signs in, for --role")
    signing.add_argument(
        "--as", dest="who", metavar="ARN", help="who signs in, if the role trusts several principals"
    )
    signing.add_argument("--source-profile", metavar="NAME", help="a profile that signs in as a user or role")
    signing.add_argument(
        "--mfa-serial", metavar="ARN", help="the user's MFA device (default: the device with the user's name)"
    )
    signing.add_argument("--sso-start-url", metavar="URL", help="IAM Identity Center's access portal")
    signing.add_argument(
        "--sso-region",
        metavar="REGION",
        help="Identity Center's region (default: the one in the role's ARN, else us-east-1)",
    )
    signing.add_argument(
        "--web-identity-token-file", type=Path, metavar="FILE", help="a file with an OIDC token"
    )
    signing.add_argument(
        "--certificate", type=Path, metavar="FILE", help="a certificate for IAM Roles Anywhere"
    )
    signing.add_argument("--private-key", type=Path, metavar="FILE", help="the certificate's private key")
    signing.add_argument("--profile-arn", metavar="ARN", help="the ARN of the Roles Anywhere profile")
    signing.add_argument(
        "--credential-process", metavar="COMMAND", help="a command that prints the role's credentials"
    )


def write_role_profile(arguments: argparse.Namespace, stack: Stack, role: Role) -> list[str]:
    """Add the role's profile to the AWS CLI's config file, and say what was done and what to do next.

    Raises CommandError where the arguments do not go with whom the role trusts.
    """
    check_name(arguments.profile)
    way = _chosen_way(arguments, role)
    principal = _chosen_principal(arguments, role, way)
    sections = _sections_for(arguments, stack, role, way, principal)
    path = write_sections(sections)
    done = [f"profile `{arguments.profile}` was added to {path}"]
    if way == "sso_start_url":
        done.append(f"sign in with `aws sso login --sso-session {arguments.profile}`")
    done.append(f"try `aws s3 ls s3://{stack.bucket} --profile {arguments.profile}`")
    return done


def _chosen_way(arguments: argparse.Namespace, role: Role) -> str:
    """Return the argument that says how to sign in. Raises CommandError where there is not exactly one."""
    ways = [way for way in WAYS if getattr(arguments, way)]
    for name, (flag, needed) in BELONGING.items():
        if getattr(arguments, name) and needed not in ways:
            raise CommandError(f"{flag} means nothing without {WAYS[needed][0]}")
    if len(ways) > 1:
        given = " and ".join(WAYS[way][0] for way in ways)
        raise CommandError(f"{given} are two ways of signing in", "give one of them")
    if not ways:
        raise CommandError(
            f"no way of signing in specified for role `{role.name}`",
            "; or ".join(dict.fromkeys(_hints(_trusted_by(role)))),
        )
    return ways[0]


def _hints(principals: tuple[Principal, ...]) -> Iterator[str]:
    """Yield what to give for each of them."""
    for principal in principals:
        yield HINTS[principal.kind].format(arn=principal.arn, name=principal.name)


def _trusted_by(role: Role) -> tuple[Principal, ...]:
    """Whom the role trusts. Raises CommandError where its trust policy cannot be read, or names nobody."""
    from s3_perimeter.trust import named_principals  # with the builder of policies, which takes a while

    try:
        found = named_principals(role.trust)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise CommandError(f"the trust policy of role `{role.name}` cannot be read: {error}") from error
    if not found:
        raise CommandError(f"role `{role.name}` trusts nobody whom s3-perimeter supports")
    return found


def _chosen_principal(arguments: argparse.Namespace, role: Role, way: str) -> Principal:
    """Return the one who signs in so. Raises CommandError where the role trusts none, or several."""
    flag, kinds = WAYS[way]
    trusted = _trusted_by(role)
    found = [each for each in trusted if each.kind in kinds and arguments.who in (None, each.arn)]
    if len(found) == 1 or (found and way == "credential_process"):
        return found[0]
    if not found:
        whom = f" as {arguments.who}" if arguments.who else ""
        raise CommandError(
            f"role `{role.name}` trusts nobody who signs in with {flag}{whom}",
            "; or ".join(dict.fromkeys(_hints(trusted))),
        )
    raise CommandError(
        f"role `{role.name}` trusts several who sign in with {flag}",
        f"name one with --as: {', '.join(each.arn for each in found)}",
    )


def _sections_for(
    arguments: argparse.Namespace, stack: Stack, role: Role, way: str, principal: Principal
) -> Sections:
    """Return the sections of the config file."""
    profile = arguments.profile
    region = {"region": stack.region} if stack.region else {}
    assumed = {"role_arn": role.arn}
    longer = {"duration_seconds": str(role.longest_seconds)} if role.longest_seconds > HOUR else {}
    # A session that another role's session asked for lasts an hour, whatever the role allows.
    if way == "source_profile":
        source = {"source_profile": arguments.source_profile}
        if principal.kind is not PrincipalKind.USER:
            return {title_of(profile): {**assumed, **source, **region}}
        serial = {"mfa_serial": arguments.mfa_serial or _mfa_serial(principal)}
        return {title_of(profile): {**assumed, **source, **serial, **longer, **region}}
    if way == "sso_start_url":
        signed_in = {
            "sso_session": profile,
            "sso_account_id": principal.account,
            "sso_role_name": principal.name,
        }
        return {
            f"sso-session {profile}": {
                "sso_start_url": arguments.sso_start_url,
                "sso_region": arguments.sso_region or principal.region or "us-east-1",
                "sso_registration_scopes": "sso:account:access",
            },
            title_of(f"{profile}-sso"): {**signed_in, **region},
            title_of(profile): {**assumed, "source_profile": f"{profile}-sso", **region},
        }
    if way == "web_identity_token_file":
        token = {"web_identity_token_file": str(arguments.web_identity_token_file.absolute())}
        return {title_of(profile): {**assumed, **token, **longer, **region}}
    command = arguments.credential_process
    if way == "certificate":
        command = _signing_helper(arguments, role, principal)
    return {title_of(profile): {"credential_process": command, **region}}


def _mfa_serial(user: Principal) -> str:
    """Return the ARN that IAM's console proposes for a user's virtual device."""
    return f"arn:{user.partition}:iam::{user.account}:mfa/{user.name}"


def _signing_helper(arguments: argparse.Namespace, role: Role, anchor: Principal) -> str:
    """AWS's credential helper for Roles Anywhere. Raises CommandError where something is missing."""
    missing = [
        flag
        for name, (flag, way) in BELONGING.items()
        if way == "certificate" and not getattr(arguments, name)
    ]
    if missing:
        raise CommandError(f"--certificate needs {' and '.join(missing)} too")
    command = [
        "aws_signing_helper",
        "credential-process",
        "--certificate",
        str(arguments.certificate.absolute()),
        "--private-key",
        str(arguments.private_key.absolute()),
        "--trust-anchor-arn",
        anchor.arn,
        "--profile-arn",
        arguments.profile_arn,
        "--role-arn",
        role.arn,
    ]
    if role.longest_seconds > HOUR:
        command += ["--session-duration", str(role.longest_seconds)]
    return shlex.join(command)


def as_report(arguments: argparse.Namespace, role: Role, done: list[str]) -> str:
    """Return what was done, in the form asked for."""
    if arguments.format == "json":
        return as_json({"role": role.name, "role_arn": role.arn, "done": done})
    return f"role {role.name}: {'; '.join(done)}"
