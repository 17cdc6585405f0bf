"""What inventory, analytics and metrics configurations have in common: named reports on the bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context
from s3_perimeter.drift.judging.words import missing, name_of
from s3_perimeter.drift.subjects import Bucket

__all__ = ["export_target", "reports"]


def reports(
    bucket: Bucket,
    context: Context,
    kind: str,
    observed: Mapping[str, str | None],
    severity: Severity,
    command: str,
) -> Iterator[Difference]:
    """Compare the reports observed (each with where it goes) with those that the stack declares under
    `kind`."""
    declared = {name_of(part) for part in bucket.parts if part.kind == kind}
    sort = command.rpartition("-bucket-")[2].removesuffix("-configuration")
    for name in sorted(set(observed) - declared):
        goes = f" to {observed[name]}" if observed[name] else ""
        yield Difference(
            Kind.UNMANAGED,
            severity,
            None,
            {"id": name, "to": observed[name]},
            f"{sort} report {name} goes{goes}: {_SHOWS[sort]}",
            f"aws s3api {command} --bucket {bucket.name} --id {name}",
        )
    yield from missing(
        declared - set(observed),
        lambda name: f"{sort} report {name} is no longer created",
        context,
        Severity.LOW,
    )


_SHOWS = {
    "inventory": "it lists the name, size and date of every object",
    "analytics": "it shows how the objects under a prefix are used",
    "metrics": "request metrics of the bucket are shown in CloudWatch",
}


def export_target(block: Any, *path: str) -> str | None:
    """Return the bucket at the end of a nested block, where there is one."""
    for name in path:
        block = (block or {}).get(name)
    return block if isinstance(block, str) else None
