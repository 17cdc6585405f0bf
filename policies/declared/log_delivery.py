"""Where server access logs go: which bucket logs to which, in every form that a program can declare it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import kinds
from .deployment import Bucket, Deployment, Resource
from .values import UNKNOWN, Unknown, Value, blocks, text

__all__ = ["Delivery", "deliveries", "log_buckets"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Access logs of ``source`` declared to go to a bucket.

    ``target`` is the target bucket where it is configured in this deployment, ``target_name`` its name where
    known. ``prefix`` is None while it is unknown.
    """

    source: Bucket
    urn: str
    target: Bucket | None
    target_name: str | None
    prefix: str | None


def deliveries(deployment: Deployment) -> tuple[Delivery, ...]:
    """Return every log delivery in the deployment, in the order of its source buckets."""
    return tuple(delivery for bucket in deployment.buckets for delivery in _deliveries_of(bucket, deployment))


def log_buckets(deployment: Deployment) -> frozenset[str]:
    """Return the URNs of the buckets in this deployment that access logs are delivered to."""
    return frozenset(
        delivery.target.urn for delivery in deliveries(deployment) if delivery.target is not None
    )


def _deliveries_of(bucket: Bucket, deployment: Deployment) -> Iterator[Delivery]:
    for part in bucket.attached(kinds.LOGGING):
        yield _delivery(bucket, deployment, part, "targetBucket", part.value("targetBucket"), part.declared)
    if bucket.resource is None:
        return
    for name, target in (
        ("logging", "targetBucket"),
        ("loggings", "targetBucket"),
        ("loggingConfiguration", "destinationBucketName"),
    ):
        declared = bucket.resource.declared.get(name)
        for block in blocks(declared):
            if isinstance(block, Unknown):
                yield _delivery(bucket, deployment, bucket.resource, name, UNKNOWN, {})
            elif target in block or not bucket.resource.native:
                yield _delivery(bucket, deployment, bucket.resource, name, block.get(target), block)


def _delivery(
    source: Bucket,
    deployment: Deployment,
    resource: Resource,
    link: str,
    target: Value,
    block: object,
) -> Delivery:
    properties = block if isinstance(block, dict) else {}
    prefix = properties.get("targetPrefix", properties.get("logFilePrefix", ""))
    return Delivery(
        source=source,
        urn=resource.urn,
        target=deployment.bucket_at(resource, link, target),
        target_name=text(target),
        prefix=text(prefix),
    )
