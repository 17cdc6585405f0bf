"""The order in which the patches of S3's operations are tried, before the emulator's own dispatch."""

from __future__ import annotations

from typing import Any

from ministack.services import s3

from local.aws.patches import bucket_configurations, bucket_features, bucket_policies, bucket_settings
from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer, S3Request


def apply(kept: Kept) -> None:
    """Put the patches in front of the emulator's dispatch; a request there is authorised already."""
    original = s3._dispatch
    configurations = bucket_configurations.Configurations(kept)
    patches = (
        bucket_settings.expected_owner,
        bucket_policies.put,
        bucket_policies.status,
        configurations.answer,
        bucket_features.Features(kept).answer,
        bucket_settings.request_payment,
        bucket_settings.logging_target,
        bucket_settings.blocked_encryption,
        bucket_settings.unknown_subresource,
    )

    def dispatch(
        method: str,
        bucket: str,
        key: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
    ) -> Answer:
        request = S3Request(method, bucket, key, headers, body, query)
        for patch in patches:
            answer = patch(request)
            if answer is not None:
                return answer
        answered: Answer = original(method, bucket, key, headers, body, query)
        if request.deletes_bucket and answered[0] < 300:
            configurations.forget(bucket)
        return answered

    s3._dispatch = dispatch
