"""What the controls have in common: the wording of remedies, and findings about things that come in lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from s3_perimeter.drift.controls.control import View
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity


def mend(view: View) -> str:
    """The command that puts a declared thing back; without --refresh the engine would see nothing to do."""
    return f"pulumi up --refresh --stack {view.declared.stack}"


def unmanaged(
    names: Iterable[str], severity: Severity, says: Callable[[str], str], fix: Callable[[str], str]
) -> Iterator[Difference]:
    """One finding for each thing that is there and was never declared, sorted by name."""
    for name in sorted(names):
        yield Difference(Kind.UNMANAGED, severity, None, name, says(name), fix(name))


def changed(severity: Severity, declared: Json, observed: Json, detail: str, fix: str) -> Difference:
    """A declared thing that is observed otherwise; missing where nothing is observed."""
    kind = Kind.MISSING if observed is None else Kind.CHANGED
    return Difference(kind, severity, declared, observed, detail, fix)


def own_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The tags without those that AWS keeps itself (`aws:…`), by key."""
    return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].lower().startswith("aws:")}


def declared_tags(resource: Any) -> dict[str, str]:
    """The tags a resource is declared with, the provider's default tags included."""
    tags = resource.outputs.get("tagsAll") or resource.get("tags") or {} if resource else {}
    return {key: value for key, value in tags.items() if not key.lower().startswith("aws:")}


def on(bucket: Bucket) -> str:
    """The bucket as an argument of the AWS CLI."""
    return f"--bucket {bucket.name}"
