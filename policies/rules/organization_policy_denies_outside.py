"""organization-policy-denies-outside: a resource control policy that is about networks is proved to deny each
request from outside the allow-list, for every bucket that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from s3_perimeter import AlsoExempt, PolicyError, ResourceControlPolicy
from s3_perimeter.documents.document import Statement
from s3_perimeter.documents.rcp import MAX_RCP_CHARACTERS, example_buckets
from s3_perimeter.endpoints import ENDPOINT_KEYS
from s3_perimeter.settings.organization import EXEMPT
from s3_perimeter.theorem import prove

from ..declared import kinds
from ..declared.deployment import Bucket, Resource
from ..declared.documents import document
from ..judging.allow_list import Listed, NoAllowList, exempt_of
from ..judging.context import Context
from ..judging.proofs import what_gets_in, why_unknown
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

KIND: Final = "RESOURCE_CONTROL_POLICY"
NETWORK: Final = frozenset(
    {"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", *(key.lower() for key in ENDPOINT_KEYS)}
)


@rule(
    id="organization-policy-denies-outside",
    severity="critical",
    description="A resource control policy about networks denies each request from outside the allow-list, "
    "for every bucket that it names, and AWS accepts it.",
    remedy=(
        "build it with `s3_perimeter.resource_control_policy`, or use the OrganizationPerimeter component"
    ),
    link="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    properties={
        "exempt": {
            "type": "object",
            "description": (
                "further exemptions of an organization's perimeter: an object with "
                f"{', '.join(f'`{name}`' for name in EXEMPT)}; by default those of the stack's config or of "
                "the component"
            ),
        },
    },
)
def judge(context: Context) -> Iterator[Violation]:
    for resource in context.deployment.of(kinds.ORGANIZATION_POLICY):
        kind = resource.value("type")
        if isinstance(kind, str) and kind != KIND:
            continue
        subject = f"organization policy `{resource.name}`"
        if kind is None and not resource.native:
            continue  # the provider's default is a service control policy
        if not isinstance(kind, str):
            yield broken(
                resource.urn, subject, "its type is not known during preview", "write the type as plain text"
            )
            continue
        for reason, fix in _problems(context, resource):
            yield broken(resource.urn, subject, reason, fix)


def _problems(context: Context, resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a resource control policy, and the way out."""
    declared = document(resource, "content", context.deployment)
    if declared.text is None:
        yield declared.problem, declared.fix
        return
    try:
        policy = ResourceControlPolicy.parse(declared.text)
    except PolicyError as error:
        yield f"AWS would reject it: {error}", "correct the document"
        return
    written = resource.value("content")
    if isinstance(written, str) and len(written) > MAX_RCP_CHARACTERS:
        yield (
            f"AWS would reject it: it has {len(written):,} characters, white space included, and "
            f"{MAX_RCP_CHARACTERS:,} fit",
            "write it without white space, or split it by buckets",
        )
    for name in example_buckets(statement for statement in policy.rules if _about_networks(statement)):
        yield from _open(context, resource, policy, name)


def _open(
    context: Context, resource: Resource, policy: ResourceControlPolicy, name: str
) -> Iterator[tuple[str, str]]:
    """Yield what a policy leaves open for a bucket of that name, or whom it locks out."""
    bucket = Bucket(resource.urn, f"`{name}`", name, None, (resource,))
    listed = context.listed(bucket)
    if isinstance(listed, NoAllowList):
        yield listed.problem, listed.fix
        return
    exempt = _exempt(context, listed)
    bare = tuple(
        statement._replace(
            conditions=tuple(each for each in statement.conditions if not exempt.asks_for(each))
        )
        for statement in policy.statements
    )
    proof = prove(
        None,
        listed.perimeter(bucket),
        rcps=[replace(policy, statements=bare)],
        now=context.now,
        trusted_services=exempt.services,
    )
    faults = [each for each in proof.faults if not each[0].request.principal.is_service_linked]
    if faults:
        yield what_gets_in(faults, listed.where)
    elif proof.undecided:
        yield f"it cannot be proved to deny requests from outside: {why_unknown(proof)}", REMEDY
    for lockout in proof.lockouts:
        yield f"it locks out who needs access: {lockout.summary}: {lockout.because}", lockout.fix


def _about_networks(statement: Statement) -> bool:
    """Whether a Deny depends on where a request comes from, and may apply to buckets."""
    of_s3 = any(action.startswith("s3:") for action in statement.actions or ())
    return of_s3 and any(condition.name in NETWORK for condition in statement.conditions)


def _exempt(context: Context, listed: Listed) -> AlsoExempt:
    """Return what the policy may exempt: as the pack's config says, else as the allow-list's source does."""
    given = context.settings.get("exempt")
    return exempt_of(listed.exempt if given is None else given, "exempt")
