"""No undeclared file system or cache (Amazon FSx) is linked to the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import fsx, s3control
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.linked import leads_to
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-data-repositories",
    title="no undeclared file system or cache (Amazon FSx) is linked to the bucket",
    severity=Severity.MEDIUM,
    impact="Its clients read copies of the objects; the bucket's policy applies only to its role.",
    reads=lambda bucket: [
        fsx.associations(bucket),
        fsx.file_systems(bucket),
        s3control.access_points(bucket),
    ],
    strict=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield undeclared links. The stack may declare a link, or the file system or cache that has it."""
    for link in (context(fsx.associations(bucket)) or {}).get("Associations", ()):
        name, owner = str(link.get("AssociationId")), link.get("FileSystemId") or link.get("FileCacheId")
        if context.declares(name, owner) or not leads_to(link.get("DataRepositoryPath"), bucket, context):
            continue
        yield _found(owner, link, f"aws fsx delete-data-repository-association --association-id {name}", name)
    for system in (context(fsx.file_systems(bucket)) or {}).get("FileSystems", ()):
        older = (system.get("LustreConfiguration") or {}).get("DataRepositoryConfiguration") or {}
        paths = [older.get(each) for each in ("ImportPath", "ExportPath")]
        name = str(system.get("FileSystemId"))
        if context.declares(name) or not any(leads_to(path, bucket, context) for path in paths):
            continue
        yield _found(
            name,
            {"DataRepositoryPath": paths[0] or paths[1]},
            f"aws fsx delete-file-system --file-system-id {name}",
            name,
        )


def _found(owner: object, link: dict[str, Any], fix: str, name: str) -> Difference:
    path = link.get("DataRepositoryPath")
    return Difference(
        Kind.UNMANAGED,
        Severity.MEDIUM,
        None,
        {"id": name, "path": path, "of": str(owner)},
        f"{owner} copies objects of the bucket ({path}) to clients that never meet its policy, which still "
        "restricts the role that FSx reads them by",
        fix,
    )
