"""The resource control policy exists, and denies what is declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.calls import organizations
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import made_again, redeploy
from s3_perimeter.drift.subjects import OrganizationPolicy

if TYPE_CHECKING:
    from s3_perimeter.comparison import Comparison
    from s3_perimeter.documents.rcp import ResourceControlPolicy

__all__ = ["judge"]


@control(
    id="organization-policy",
    title="the resource control policy exists, and denies what is declared",
    about=OrganizationPolicy,
    severity=Severity.CRITICAL,
    impact="It is the fence that no bucket owner can remove: what it no longer denies, only a bucket's own "
    "policy can deny.",
    reads=lambda policy: [organizations.policy(policy)],
)
def judge(policy: OrganizationPolicy, context: Context) -> Iterator[Difference]:
    declared = policy.resource.properties.document("content") if policy.resource else None
    if declared is None:
        return
    text = declared if isinstance(declared, str) else json.dumps(declared)
    answer = context(organizations.policy(policy))
    if answer is None:
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            text,
            None,
            "the resource control policy is gone: only each bucket's own policy denies requests from outside",
            made_again(policy, context),
        )
        return
    observed = str(answer["Policy"]["Content"])
    try:
        same = compare_policies(text, observed).equal
    except PolicyShapeError as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    if not same:
        yield from _changed(text, observed, context)


def _changed(declared: str, observed: str, context: Context) -> Iterator[Difference]:
    """Yield the difference between two texts that do not read the same; none where no request to S3 shows it.

    Raises UnknownError where a document cannot be read, or the difference is too much work to decide.
    """
    from s3_perimeter.comparison import compare
    from s3_perimeter.documents.document import PolicyError
    from s3_perimeter.documents.rcp import ResourceControlPolicy, example_buckets

    try:
        before, after = (ResourceControlPolicy.parse(each) for each in (declared, observed))
    except PolicyError as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    found = [
        compare(None, None, bucket=name, old_rcps=[before], new_rcps=[after])
        for name in example_buckets((*before.statements, *after.statements))
    ]
    undecided = [reason for each in found for reason in each.undecided]
    if undecided and not any(each.opened for each in found):
        raise UnknownError(f"the policy differs, how is not decided: {'; '.join(dict.fromkeys(undecided))}")
    if all(each.equal for each in found) and _elsewhere(before) == _elsewhere(after):
        return
    worst = next((each for each in found if each.opened), next((each for each in found if each.closed), None))
    witness = next(iter((*worst.opened, *worst.closed)), None) if worst else None
    yield Difference(
        Kind.CHANGED,
        Severity.CRITICAL if worst and worst.opened else Severity.MEDIUM,
        declared,
        observed,
        _said(worst),
        redeploy(context),
        witness=cast(Json, witness.as_json()) if witness else None,
    )


def _said(found: Comparison | None) -> str:
    if found is None:
        return "the resource control policy differs in what it says of other services than S3"
    witness, verb = (found.opened[0], "opened") if found.opened else (found.closed[0], "closed")
    networks = found.opened_networks if found.opened else found.closed_networks
    return (
        f"the resource control policy was changed: {verb} for {_networks(networks)}, such as "
        f"`{witness.resource}`: {witness.because}"
    )


def _networks(cidrs: tuple[str, ...]) -> str:
    more = f" and {len(cidrs) - 6} more networks" if len(cidrs) > 6 else ""
    return ", ".join(cidrs[:6]) + more if cidrs else "requests without an address"


def _elsewhere(policy: ResourceControlPolicy) -> frozenset[object]:
    """Return what a policy says of other services, whatever the order of its statements."""
    return frozenset(
        (each.actions, each.resources, each.not_resources, each.conditions)
        for each in policy.statements
        if any(not action.startswith("s3:") for action in each.actions or ())
    )
