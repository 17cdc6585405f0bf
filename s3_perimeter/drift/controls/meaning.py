"""A declared IAM policy against the observed one, as a difference that says what was opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.stack.state import SECRET


def policy_difference(
    declared: object, observed: object, name: str, fix: str, *, opened: Severity = Severity.HIGH
) -> Iterator[Difference]:
    """At most one difference: by meaning, never by text. What is only narrower counts one step less.

    Raises UnknownError where the declared document is secret or is no policy, so that nothing can be
    compared.
    """
    if declared is SECRET:
        raise UnknownError(f"the declared document of {name} is a secret in the state")
    try:
        comparison = compare_policies(declared, observed)
    except PolicyShapeError as error:
        raise UnknownError(f"{name}: {error}") from error
    if comparison.equal:
        return
    said = [f"opened: {'; '.join(map(str, comparison.opened))}"] if comparison.opened else []
    said += [f"closed: {'; '.join(map(str, comparison.closed))}"] if comparison.closed else []
    yield Difference(
        Kind.CHANGED,
        opened if comparison.opened else Severity.MEDIUM,
        plain(declared),
        plain(observed),
        f"{name} no longer means what is declared; {'; '.join(said)}",
        fix,
    )


def plain(document: object) -> Json:
    """The document as JSON holds it: text where it is text, a mapping where it was parsed."""
    if isinstance(document, Mapping):
        return {str(key): value for key, value in document.items()}
    return str(document)
