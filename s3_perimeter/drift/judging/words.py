"""What the controls have in common: the wording of remedies, and findings about things that come in lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context
from s3_perimeter.drift.subjects import Bucket, Holder, Owner
from s3_perimeter.stack.state import Resource

__all__ = [
    "boundary",
    "changed",
    "declared_tags",
    "made_again",
    "missing",
    "name_of",
    "on",
    "other_rules",
    "other_tags",
    "own_tags",
    "redeploy",
    "unmanaged",
]


def redeploy(context: Context) -> str:
    """Return the command that restores what is declared; without --refresh the engine would not see the
    difference.
    """
    return f"pulumi up --refresh --stack {context.declared.reference}"


def made_again(subject: Owner, context: Context) -> str:
    """Return what creates something again that is gone: deploying the stack that declares it."""
    return redeploy(context) if subject.resource else f"deploy the stack that declares {subject.arn}"


def gone(holder: Holder, sort: str, lost: str, context: Context) -> Difference:
    """Return a finding for a declared user, group or role that does not exist; `lost` is what follows from
    that.
    """
    return Difference(
        Kind.MISSING,
        Severity.HIGH,
        holder.name,
        None,
        f"{sort} {holder.name} is gone: {lost}",
        made_again(holder, context),
    )


def unmanaged(
    names: Iterable[str],
    severity: Severity | Callable[[str], Severity],
    says: Callable[[str], str],
    fix: Callable[[str], str],
) -> Iterator[Difference]:
    """Yield one finding for each item that exists and was never declared, sorted by name."""
    for name in sorted(names):
        rank = severity if isinstance(severity, Severity) else severity(name)
        yield Difference(Kind.UNMANAGED, rank, None, name, says(name), fix(name))


def missing(
    names: Iterable[str], says: Callable[[str], str], context: Context, severity: Severity = Severity.MEDIUM
) -> Iterator[Difference]:
    """Yield one finding for each item that is declared and does not exist, sorted by name."""
    for name in sorted(names):
        yield Difference(Kind.MISSING, severity, name, None, says(name), redeploy(context))


def other_rules(
    declared: Sequence[Json],
    observed: Sequence[Json],
    severity: Severity,
    context: Context,
    *,
    undeclared: str,
    remove: str,
    otherwise: str,
) -> Iterator[Difference]:
    """Yield one finding if the rules are not the declared ones, in any order.

    `undeclared` says what they do if none is declared, and the command `remove` removes them; `otherwise` is
    the consequence if they differ.
    """
    if sorted(declared, key=str) == sorted(observed, key=str):
        return
    if declared:
        yield changed(severity, declared, observed or None, otherwise, redeploy(context))
    else:
        yield Difference(Kind.UNMANAGED, severity, None, observed, undeclared, remove)


def other_tags(
    resource: Resource | None, tags: Iterable[Mapping[str, str]], context: Context, says: Callable[[str], str]
) -> Iterator[Difference]:
    """Yield one finding if the tags are not the declared ones; `says` returns what that leads to."""
    declared, observed = declared_tags(resource), own_tags(tags)
    if observed != declared:
        keys = sorted(key for key in declared | observed if declared.get(key) != observed.get(key))
        yield changed(Severity.LOW, declared, observed, says(", ".join(keys)), redeploy(context))


def changed(severity: Severity, declared: Json, observed: Json, detail: str, fix: str) -> Difference:
    """Return the difference of a declared item that is observed otherwise; missing if nothing is observed."""
    kind = Kind.MISSING if observed is None else Kind.CHANGED
    return Difference(kind, severity, declared, observed, detail, fix)


def own_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the tags by key, without those that AWS sets itself (`aws:…`)."""
    return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].lower().startswith("aws:")}


def declared_tags(resource: Resource | None) -> dict[str, str]:
    """Return the tags that a resource is declared with, including the provider's default tags. Raises
    ShapeError.
    """
    if resource is None:
        return {}
    given = resource.properties
    tags = given.strings("tagsAll") or given.strings("tags")
    return {key: value for key, value in tags.items() if not key.lower().startswith("aws:")}


def boundary(holder: Holder, answer: Mapping[str, Any], context: Context) -> Iterator[Difference]:
    """Yield the difference in the permissions boundary of a user or role. Raises ShapeError."""
    observed = (answer.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    declared = holder.resource.properties.text("permissionsBoundary") if holder.resource else None
    if observed == declared:
        return
    lifted = declared is not None
    yield changed(
        Severity.HIGH if lifted else Severity.MEDIUM,
        declared,
        observed,
        f"the boundary of {holder.name} was {'changed' if observed else 'removed'}: its policies allow more"
        if lifted
        else f"a boundary that nobody declared narrows what {holder.name} may do",
        redeploy(context),
    )


def name_of(part: Resource) -> str:
    """Return the name that a part has on its owner: the given one, or the end of its id."""
    return part.properties.text("name") or part.id.rpartition(":")[2]


def on(bucket: Bucket) -> str:
    """Return the bucket as an argument of the AWS CLI."""
    return f"--bucket {bucket.name}"
