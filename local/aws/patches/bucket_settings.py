"""Smaller operations of a bucket.

What ministack does, and AWS (S3 API Reference, under each operation's name):

- It looks for GetBucketRequestPayment under another name, and lists the bucket's objects instead.
- PutBucketLogging takes any target; AWS refuses one that is not there.
- Blocked encryption types are stored only; AWS refuses an object with a customer's key.
- It does not look at ExpectedBucketOwner; AWS refuses where another account owns the bucket.
- A subresource that it does not know lists, makes or deletes the bucket; here it is NotImplemented.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.services import s3

from local.aws.patches import bucket_policies, stored
from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer, S3Request, text_of, texts_of

SSE_C = "x-amz-server-side-encryption-customer-algorithm"
LISTING = {"list-type", "prefix", "delimiter", "max-keys", "marker", "encoding-type"}
"""The parameters of ListObjects, which is what the emulator takes an unknown GET for."""

running: contextvars.ContextVar[S3Request | None] = contextvars.ContextVar("running", default=None)


@instead_of(s3, "_dispatch")
def dispatch(original: Callable[..., Answer], *parts: Any) -> Answer:
    """Ask each patch of S3's operations before the emulator; a request is authorized already here."""
    request = S3Request(*parts)
    running.set(request)
    for answered in (
        expected_owner,
        bucket_policies.put,
        bucket_policies.status,
        stored.of_bucket,
        request_payment,
        logging_target,
        blocked_encryption,
    ):
        answer = answered(request)
        if answer is not None:
            return answer
    return original(*parts)


def expected_owner(request: S3Request) -> Answer | None:
    """Refuse a request that expects another account to own the bucket."""
    owner = request.headers.get("x-amz-expected-bucket-owner")
    if owner and request.bucket in s3._buckets and owner != s3.get_account_id():
        return request.refused(403, "AccessDenied", "Access Denied")
    return None


def request_payment(request: S3Request) -> Answer | None:
    """GetBucketRequestPayment, which the emulator looks for under another name."""
    if not request.asks("GET", "requestPayment"):
        return None
    answer: Answer = s3._get_bucket_request_payment(request.bucket)
    return answer


def logging_target(request: S3Request) -> Answer | None:
    """PutBucketLogging to a bucket that is not there, or of another account, is refused."""
    target = text_of(request.body, "TargetBucket") if request.asks("PUT", "logging") else None
    if target is None or target in s3._buckets:
        return None
    return request.refused(
        400,
        "InvalidTargetBucketForLogging",
        "The target bucket for logging does not exist, is not owned by you, or does not have the appropriate "
        "grants for the log-delivery group.",
    )


def blocked_encryption(request: S3Request) -> Answer | None:
    """Writing with a customer-provided key to a bucket whose encryption blocks SSE-C is denied."""
    if request.method not in ("PUT", "POST") or not request.key or SSE_C not in request.headers:
        return None
    if "SSE-C" not in texts_of(s3._bucket_encryption.get(request.bucket) or b"", "EncryptionType"):
        return None
    return request.refused(
        403, "AccessDenied", "The bucket blocks server-side encryption with customer-provided keys (SSE-C)."
    )


@instead_of(s3, "_create_bucket", "_delete_bucket", "_list_objects_v1")
def unknown_subresource(original: Callable[..., Answer], bucket: str, *others: Any, **named: Any) -> Answer:
    """What the emulator does for any other request to a bucket: only where none of a subresource is meant."""
    request = running.get()
    known = LISTING if request and request.method == "GET" else set()
    unknown = sorted(request.subresources - known) if request else []
    if request is None or not unknown:
        return original(bucket, *others, **named)
    if bucket not in s3._buckets:
        return request.refused(404, "NoSuchBucket", "The specified bucket does not exist")
    said = f"The embedded AWS does not implement ?{unknown[0]} of a bucket."
    return request.refused(501, "NotImplemented", said)
