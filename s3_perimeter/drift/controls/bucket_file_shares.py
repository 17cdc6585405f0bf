"""No undeclared file share of a file gateway (AWS Storage Gateway) serves the bucket."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3control, storagegateway
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.linked import leads_to
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-file-shares",
    title="no undeclared file share of a file gateway (AWS Storage Gateway) serves the bucket",
    severity=Severity.HIGH,
    impact="A gateway at an allowed address has access, and serves the objects to everybody who reaches it.",
    reads=lambda bucket: [storagegateway.file_shares(bucket), s3control.access_points(bucket)],
    follows=lambda bucket: [
        storagegateway.described(bucket, sort, ("FILE_SHARE_ARN",)) for sort in storagegateway.SORTS
    ],
    strict=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    listed = context(storagegateway.file_shares(bucket)) or {}
    for call in storagegateway.descriptions(bucket, listed):
        answer = context(call) or {}
        for share in (share for shares in storagegateway.SORTS.values() for share in answer.get(shares, ())):
            arn = str(share.get("FileShareARN"))
            if context.declares(arn) or not leads_to(share.get("LocationARN"), bucket, context):
                continue
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                {"arn": arn, "location": share.get("LocationARN"), "role": share.get("Role")},
                f"a file gateway serves {share.get('LocationARN')} as files: where it is at an allowed "
                f"address, everybody who reaches it reads the objects; it asks as {share.get('Role')}",
                f"aws storagegateway delete-file-share --file-share-arn {arn}",
            )
