"""Who pays for requests is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-request-payment",
    title="who pays for requests is as declared",
    severity=Severity.LOW,
    impact="If the requester pays, S3 refuses every client that does not agree to pay.",
    reads=lambda bucket: [s3.request_payment(bucket)],
    parts=("s3/bucketRequestPaymentConfiguration",),
    inline=("requestPayer",),
    default="the bucket's owner",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketRequestPaymentConfiguration")
    given = part.properties.text("payer") if part else bucket.inline.text("requestPayer")
    declared = given or "BucketOwner"
    observed = (context(s3.request_payment(bucket)) or {}).get("Payer") or "BucketOwner"
    if observed != declared:
        yield changed(
            Severity.LOW,
            declared,
            observed,
            "requests are denied unless the requester agrees to pay"
            if observed == "Requester"
            else "the bucket's owner pays for everybody's requests",
            redeploy(context)
            if given
            else f"aws s3api put-bucket-request-payment {on(bucket)} "
            "--request-payment-configuration Payer=BucketOwner",
        )
