"""The remaining risk: what no policy prevents, what is taken as given, and what was declared exempt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from s3_perimeter.addresses import AddressSet
from s3_perimeter.endpoints import endpoint_words
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.result import RCPS, Layer
from s3_perimeter.semantics.request import Channel

__all__ = ["residual"]


def residual(perimeter: Perimeter, not_public: AddressSet, layers: Sequence[Layer]) -> Iterator[str]:
    """Yield what no policy prevents, what is taken as given, and what was declared exempt; `not_public`
    are the addresses of the allow-list from which no request comes.
    """
    whose = f" of account {perimeter.account}" if perimeter.account else " of the owner's account"
    organizations = next((layer for layer in layers if layer.name == RCPS), None)
    if organizations and set(organizations.open) <= {Channel.AWS_SERVICE}:
        yield (
            f"the root user{whose} can replace and delete the bucket policy, but only from inside: resource "
            "control policies apply to root too, and still deny requests from outside"
        )
    else:
        yield f"the root user{whose} can always read, replace and delete the bucket policy, whatever it says"
        yield (
            "the organization's management account, or a delegated one, can delete it by `sts:AssumeRoot` "
            "with the task policy `S3UnlockBucketPolicy`"
        )
    if organizations:
        yield (
            "assumed: the resource control policies apply to the bucket's account; to buckets of the "
            "organization's management account they never do"
        )
        yield (
            "the organization's management account, or a delegated one, can change and detach resource "
            "control policies"
        )
        yield "only the bucket policy applies to service-linked roles, and no resource control policy"
    if not_public:
        yield f"on the allow-list and not public, so no request comes from there: {not_public}"
    yield from (
        f"declared exempt: requests through {endpoint_words(name)}" for name in perimeter.vpc_endpoints
    )
    yield from (f"declared exempt: {arn} over the public endpoint" for arn in perimeter.break_glass)
    if perimeter.trust_aws_services:
        yield "declared exempt: AWS services acting for themselves"
    yield from (
        f"allowed until {entry.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}: {entry.addresses}"
        for entry in perimeter.expiring
    )
