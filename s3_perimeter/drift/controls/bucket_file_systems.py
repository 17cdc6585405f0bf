"""No undeclared file system (S3 Files) serves the bucket."""

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
    title="no undeclared file system (S3 Files) serves the bucket",
    severity=Severity.MEDIUM,
    impact="Its own policy applies to the clients that mount it; the bucket's applies only to its role.",
    reads=lambda bucket: [s3files.file_systems(bucket)],
    strict=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield undeclared file systems. They are asked for only with --strict, because S3 Files is not offered
    in every region.
    """
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
