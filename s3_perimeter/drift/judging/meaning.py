"""A declared policy against the observed one, as a difference that says what was opened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context
from s3_perimeter.drift.judging.granted import ability, lifts_the_fence
from s3_perimeter.drift.judging.principals import named
from s3_perimeter.drift.subjects import Bucket

__all__ = ["declared_policy", "policy_difference"]


def declared_policy(bucket: Bucket) -> str | None:
    """Return the policy that the stack declares for the bucket, as text. Raises ShapeError."""
    part = bucket.part("s3/bucketPolicy")
    document = (part.properties if part else bucket.inline).document("policy")
    return document if document is None or isinstance(document, str) else json.dumps(document)


def policy_difference(
    declared: object,
    observed: object,
    name: str,
    fix: str,
    context: Context,
    *,
    opened: Severity = Severity.HIGH,
    resource: str | None = None,
) -> Iterator[Difference]:
    """Yield at most one difference between two policies, by meaning.

    A policy that only allows less counts as medium, and one that lets its holder remove the fence as
    critical. Raises UnknownError if a document is not a policy, so that nothing can be compared.
    """
    try:
        both = named(declared, observed, context)
        comparison = compare_policies(both.declared, both.observed)
        if comparison.equal:
            return
        spelled = both.spelled_otherwise()
        if both.strangers:
            comparison = compare_policies(both.declared, both.meant(spelled))
    except PolicyShapeError as error:
        raise UnknownError(f"{name}: {error}") from error
    worst = Severity.MEDIUM
    said = [f"the policy contains {ident} in place of the declared {arn}" for ident, arn in spelled.items()]
    if comparison.opened:
        lifting = lifts_the_fence((line for line in comparison.opened if line.effect == "Allow"), context)
        worst = Severity.CRITICAL if lifting else opened
        said.append(f"opened: {'; '.join(map(str, comparison.opened))}{ability(worst) if lifting else ''}")
    if comparison.closed:
        said.append(f"closed: {'; '.join(map(str, comparison.closed))}")
    verb = "no longer means" if comparison.opened or comparison.closed else "may still mean"
    yield Difference(
        Kind.CHANGED,
        worst,
        _plain(declared),
        _plain(observed),
        f"{name} {verb} what is declared; {'; '.join([*said, *both.explained()])}",
        fix,
        resource=resource,
    )


def _plain(document: object) -> Json:
    """Return the document as JSON holds it: text where it is text, a mapping where it was parsed."""
    if isinstance(document, Mapping):
        return {str(key): value for key, value in document.items()}
    return str(document)
