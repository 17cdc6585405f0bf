"""ExpectedBucketOwner, which the emulator does not look at."""

from __future__ import annotations

from ministack.services import s3

from local.aws.mends.request import Answer, S3Request, error


def expected(request: S3Request) -> Answer | None:
    """Refuse a request that expects another account to own the bucket."""
    owner = request.headers.get("x-amz-expected-bucket-owner")
    if owner and request.bucket in s3._buckets and owner != s3.get_account_id():
        return error("AccessDenied", "Access Denied", 403, request)
    return None
