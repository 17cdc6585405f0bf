"""Smaller operations of a bucket.

What ministack 1.5.33 does, and AWS (S3 API Reference, under each operation's name):

- It looks for GetBucketRequestPayment under another name, and lists the bucket's objects instead.
- PutBucketLogging takes any target; AWS refuses one that is not there.
- Blocked encryption types are stored only; AWS refuses an object with a customer's key.
- It does not look at ExpectedBucketOwner; AWS refuses where another account owns the bucket.
- A subresource that it does not know lists, makes or deletes the bucket; here it is NotImplemented.
"""

from __future__ import annotations

from xml.etree import ElementTree

from ministack.services import s3

from local.aws.patches.request import Answer, S3Request, error, subresources

SSE_C = "x-amz-server-side-encryption-customer-algorithm"
LISTING = {
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "marker",
    "start-after",
    "continuation-token",
    "encoding-type",
    "fetch-owner",
}
ROUTED = {
    "GET": LISTING
    | {"uploads", "key-marker", "upload-id-marker", "max-uploads", "versions", "version-id-marker"}
    | {"location", "policy", "versioning", "encryption", "logging", "notification", "tagging", "cors", "acl"}
    | {"lifecycle", "accelerate", "request-payment", "website", "object-lock", "replication"}
    | {"ownershipControls", "publicAccessBlock", "policyStatus", "requestPayment"},
    "PUT": {"policy", "notification", "tagging", "versioning", "encryption", "lifecycle", "cors", "acl"}
    | {"website", "logging", "accelerate", "requestPayment", "object-lock", "replication"}
    | {"ownershipControls", "publicAccessBlock"},
    "DELETE": {"policy", "tagging", "cors", "lifecycle", "encryption", "website", "replication"}
    | {"ownershipControls", "publicAccessBlock"},
}
"""The query parameters of a bucket request that the emulator, or another patch, knows what to do with."""

SIGNATURES = {"AWSAccessKeyId", "Signature", "Expires"}
"""Of a URL presigned with Signature Version 2."""


def expected_owner(request: S3Request) -> Answer | None:
    """Refuse a request that expects another account to own the bucket."""
    owner = request.headers.get("x-amz-expected-bucket-owner")
    if owner and request.bucket in s3._buckets and owner != s3.get_account_id():
        return error("AccessDenied", "Access Denied", 403, request)
    return None


def request_payment(request: S3Request) -> Answer | None:
    """GetBucketRequestPayment, which the emulator looks for under another name."""
    if request.method != "GET" or not request.asks("requestPayment"):
        return None
    answer: Answer = s3._get_bucket_request_payment(request.bucket)
    return answer


def logging_target(request: S3Request) -> Answer | None:
    """PutBucketLogging to a bucket that is not there, or of another account, is refused."""
    if request.method != "PUT" or not request.asks("logging"):
        return None
    target = text_of(request.body, "TargetBucket")
    if target is None or target in s3._buckets:
        return None
    return error(
        "InvalidTargetBucketForLogging",
        "The target bucket for logging does not exist, is not owned by you, or does not have the appropriate "
        "grants for the log-delivery group.",
        400,
        request,
    )


def blocked_encryption(request: S3Request) -> Answer | None:
    """Writing with a customer-provided key to a bucket whose encryption blocks SSE-C is denied."""
    if request.method not in ("PUT", "POST") or not request.key or SSE_C not in request.headers:
        return None
    stored = s3._bucket_encryption.get(request.bucket)
    if not stored or "SSE-C" not in texts_of(stored, "EncryptionType"):
        return None
    return error(
        "AccessDenied",
        "The bucket blocks server-side encryption with customer-provided keys (SSE-C).",
        403,
        request,
    )


def unknown_subresource(request: S3Request) -> Answer | None:
    """An operation that nobody here knows is refused, instead of listing, making or deleting the bucket."""
    routed = ROUTED.get(request.method)
    if routed is None or not request.to_bucket:
        return None
    unknown = sorted(subresources(request.query) - routed - SIGNATURES)
    if not unknown:
        return None
    return error(
        "NotImplemented", f"The embedded AWS does not implement ?{unknown[0]} of a bucket.", 501, request
    )


def text_of(body: bytes | str, element: str) -> str | None:
    """Return the text of the first element of that name, None where there is none."""
    found = texts_of(body, element)
    return found[0] if found else None


def texts_of(body: bytes | str, element: str) -> list[str]:
    """Return the texts of all elements of that name, whatever their namespace; none in what is not XML."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  (a client of the embedded AWS sends only to itself)
    except ElementTree.ParseError:
        return []
    return [(item.text or "").strip() for item in root.iter() if item.tag.rpartition("}")[2] == element]
