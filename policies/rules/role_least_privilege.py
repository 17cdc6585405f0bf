"""role-least-privilege: a role for this deployment's buckets trusts named principals, and allows no more than
a user may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from s3_perimeter.documents.statements import PolicyShapeError, allow_statements
from s3_perimeter.principals import SHARED_ISSUERS

from ..declared.deployment import Bucket, Deployment
from ..declared.documents import Document
from ..declared.roles import Role, roles
from ..declared.trust_policy import Trusted, trusted
from ..declared.values import text
from ..judging.allow_list import NoAllowList
from ..judging.context import Context
from ..judging.grants import Allowed, further_actions, problems
from ..judging.rule import Violation, broken, rule

__all__ = ["judge"]

ROLES_ANYWHERE: Final = "rolesanywhere.amazonaws.com"
ASSUMING: Final = frozenset(
    f"sts:{action}"
    for action in (
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "setcontext",
        "setsourceidentity",
        "tagsession",
    )
)
_ACCOUNT: Final = re.compile(r"(?:arn:[a-z0-9-]+:iam::)?([0-9]{12})(?::root)?")
_OIDC: Final = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:oidc-provider/(.+)")
# What names somebody of an account, of an organization's SAML provider, or of a trust anchor's certificates.
_NAMES_ONE_OF_AN_ACCOUNT: Final = frozenset({"aws:principalarn", "aws:userid", "aws:username"})
_NAMES_AN_ANCHOR: Final = "aws:sourcearn"


@rule(
    id="role-least-privilege",
    severity="high",
    description=(
        "If people assume a role, and its policies name a bucket of this deployment, these allow only S3's "
        "actions on data there and the use of named KMS keys, and the role trusts only named principals."
    ),
    remedy="give the role a policy of this deployment that names the actions and the bucket",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    properties=further_actions("roles"),
)
def judge(context: Context) -> Iterator[Violation]:
    deployment = context.deployment
    allowed = Allowed.of("roles", deployment, context.settings)
    for role in roles(deployment):
        people = _people(role.trust)
        if people == () or _is_break_glass(role, context) or not _is_for_a_bucket(role, deployment):
            continue
        name = role.resource.name
        for label, found in role.policies:
            for reason, fix in problems(found, allowed):
                yield broken(found.urn, f"policy `{label}` of role `{name}`", reason, fix)
        for resource, arn in role.elsewhere:
            what = f"`{arn}`, a policy that this deployment does not declare" if arn else "one not known yet"
            yield broken(resource.urn, f"role `{name}`", f"in addition to its own policies it gets {what}")
        for reason, fix in _trust(role.trust, people):
            yield broken(role.resource.urn, f"trust policy of role `{name}`", reason, fix)


def _is_break_glass(role: Role, context: Context) -> bool:
    """Whether the role is declared as a way back in, which has to administer the bucket."""
    name = text(role.resource.value("name", "roleName"))
    path = text(role.resource.value("path")) or "/"
    listed = [context.listed(bucket) for bucket in context.deployment.buckets]
    declared = [
        arn for each in listed if not isinstance(each, NoAllowList) for arn in each.settings.break_glass
    ]
    return name is not None and any(arn.endswith(f":role{path}{name}") for arn in declared)


def _is_for_a_bucket(role: Role, deployment: Deployment) -> bool:
    """Whether one of the role's policies names a bucket of the deployment."""
    buckets = [bucket for bucket in deployment.buckets if bucket.name]
    return any(_names(found, bucket) for _, found in role.policies for bucket in buckets)


def _names(found: Document, bucket: Bucket) -> bool:
    arn = f"arn:{bucket.partition}:s3:::{bucket.name}"
    if found.text is None:
        return False
    try:
        given = allow_statements(found.text)
    except PolicyShapeError:
        # What is no policy is refused by IAM, and by this rule where another policy names the bucket.
        return arn in found.text
    return any(
        resource == arn or resource.startswith(f"{arn}/") for grant in given for resource in grant.resources
    )


def _people(trust: Document) -> tuple[Trusted, ...] | None:
    """Return the statements by which others than AWS services may assume the role; None where that is not
    known.
    """
    if trust.text is None:
        return None
    try:
        found = trusted(trust.text)
    except PolicyShapeError:
        return None
    return tuple(each for each in found if not _only_services(each))


def _only_services(statement: Trusted) -> bool:
    """Whether the statement allows services that act by themselves alone; Roles Anywhere acts for people."""
    principals = statement.principals
    return (
        principals is not None
        and set(principals) == {"Service"}
        and not any(ROLES_ANYWHERE in service for service in principals["Service"])
    )


def _trust(trust: Document, people: tuple[Trusted, ...] | None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with whom the role trusts, each with what to do about it."""
    if trust.text is None:
        known = "write the ARNs of those who may assume it from names that are known at preview"
        yield trust.problem.replace("its policy", "it"), known
    elif people is None:
        yield "it cannot be judged: IAM would not read it either", "write a document that IAM accepts"
    for statement in people or ():
        yield from _too_wide(statement)


def _too_wide(statement: Trusted) -> Iterator[tuple[str, str]]:
    actions = statement.actions
    if actions is None or any(action.lower() not in ASSUMING for action in actions):
        yield "it allows more than assuming the role", "name `sts:AssumeRole` and what goes with it"
    if statement.principals is None:
        yield "it trusts everybody but those that it names", "name those who may assume the role"
        return
    for kind, names in statement.principals.items():
        for name in names:
            if kind == "AWS":
                yield from _account(name, statement)
            elif kind == "Federated":
                yield from _provider(name, statement)
            elif name == ROLES_ANYWHERE and _NAMES_AN_ANCHOR not in statement.keys:
                yield (
                    "it trusts every trust anchor of the account",
                    "add the anchor's ARN as a condition on `aws:SourceArn`",
                )


def _account(name: str, statement: Trusted) -> Iterator[tuple[str, str]]:
    account = _ACCOUNT.fullmatch(name)
    if name == "*" and not statement.keys & {"aws:principalarn"}:
        yield "it trusts everybody, in every account", "name those who may assume the role"
    elif account and not statement.keys & _NAMES_ONE_OF_AN_ACCOUNT:
        yield (
            f"it trusts everybody in account {account[1]} whom a policy there allows to assume it",
            "name users or roles, or narrow it down by a condition on `aws:PrincipalArn`",
        )


def _provider(name: str, statement: Trusted) -> Iterator[tuple[str, str]]:
    issuer = _OIDC.fullmatch(name)
    host = issuer[1] if issuer else name
    if SHARED_ISSUERS.fullmatch(host) and f"{host}:sub".lower() not in statement.keys:
        yield (
            f"it trusts every token of `{host}`, which serves customers of every company",
            f"add the people whom you mean as a condition on `{host}:sub`",
        )
