"""No file system (S3 Files) stands over the bucket that is not declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3files
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-file-systems",
    title="no file system (S3 Files) shows the bucket that is not declared",
    severity=Severity.MEDIUM,
    impact="Clients that mount it meet the file system's policy; only its role meets the bucket's.",
    reads=lambda bucket: [s3files.file_systems(bucket)],
    strict=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Asked with --strict, because S3 Files is not offered in every region."""
    for system in (context(s3files.file_systems(bucket)) or {}).get("fileSystems", ()):
        name = str(system["fileSystemId"])
        if context.declares(name, system.get("fileSystemArn")):
            continue
        yield Difference(
            Kind.UNMANAGED,
            Severity.MEDIUM,
            None,
            {"id": name, "role": system.get("roleArn")},
            f"file system {name} shows the bucket's objects as files to the clients that mount it; it reads "
            f"and writes them as {system.get('roleArn')}, which the bucket's policy still restricts",
            f"aws s3files delete-file-system --file-system-id {name}",
        )
