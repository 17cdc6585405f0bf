"""no-replication-outside: nothing copies a bucket's content or inventory to a bucket beyond this
deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies import kinds
from policies.context import Context
from policies.deployment import Bucket, Deployment, Resource
from policies.rule import Rule, Violation, broken
from policies.values import UNKNOWN, Unknown, Value, blocks


def _judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        for resource, link, what, destination in _exports(bucket):
            reason = _problem(context.deployment, resource, link, destination)
            if reason:
                yield broken(resource.urn, f"bucket {bucket.label}", f"its {what} {reason}", RULE.remedy)


def _exports(bucket: Bucket) -> Iterator[tuple[Resource, str, str, Value]]:
    """Every copy that leaves the bucket: the resource, the property that links it, what it is, where it
    goes.
    """
    for sidecar in bucket.attached(kinds.REPLICATION):
        for rule in blocks(sidecar.value("rules")):
            yield sidecar, "rules", "replication", _replica(rule)
    for sidecar in bucket.attached(kinds.INVENTORY):
        for block in blocks(sidecar.value("destination")):
            yield sidecar, "destination", "inventory", _somewhere(_inside(block, "bucket", "bucketArn"))
    for sidecar in bucket.attached(kinds.ANALYTICS):
        for block in blocks(sidecar.value("storageClassAnalysis")):
            where = _inside(block, "dataExport", "destination", "s3BucketDestination", "bucketArn")
            yield sidecar, "storageClassAnalysis", "storage analysis", where
    if bucket.resource is not None:
        yield from _inline(bucket, bucket.resource)


def _inline(bucket: Bucket, resource: Resource) -> Iterator[tuple[Resource, str, str, Value]]:
    for name in ("replicationConfiguration", "replicationConfigurations"):
        for block in blocks(bucket.inline(name)):
            for rule in [UNKNOWN] if isinstance(block, Unknown) else blocks(block.get("rules")):
                yield resource, name, "replication", _replica(rule)
    for block in blocks(bucket.inline("inventoryConfigurations")):
        where = _somewhere(_inside(block, "destination", "bucketArn"))
        yield resource, "inventoryConfigurations", "inventory", where
    for block in blocks(bucket.inline("analyticsConfigurations")):
        where = _inside(block, "storageClassAnalysis", "dataExport", "destination", "bucketArn")
        yield resource, "analyticsConfigurations", "storage analysis", where


def _problem(deployment: Deployment, resource: Resource, link: str, destination: Value) -> str:
    if destination is None:
        return ""
    if deployment.bucket_at(resource, link, destination) is not None:
        return ""
    if isinstance(destination, str):
        return f"goes to `{destination}`, a bucket that this deployment does not declare"
    return "goes to a bucket that is not known during preview"


def _replica(rule: object) -> Value:
    """Where a replication rule copies to; BucketV2 calls the block `destinations`."""
    where = _inside(rule, "destination", "bucket")
    return _somewhere(_inside(rule, "destinations", "bucket") if where is None else where)


def _somewhere(destination: Value) -> Value:
    """A destination that has to be there: one that is not found where it belongs cannot be judged."""
    return UNKNOWN if destination is None else destination


def _inside(block: object, *path: str) -> Value:
    return UNKNOWN if isinstance(block, Unknown) else _dig(block, *path)


def _dig(value: Value, *path: str) -> Value:
    """The value at the path, through single-block lists; None where it ends, UNKNOWN where that is
    unknown.
    """
    for name in path:
        block = next(blocks(value), None)
        if block is None:
            return None
        if isinstance(block, Unknown):
            return UNKNOWN
        value = block.get(name)
    return value


RULE: Final = Rule(
    id="no-replication-outside",
    severity="high",
    description="Replication, inventory and analytics exports stay in buckets that this deployment declares.",
    remedy="copy only into a bucket of this deployment, so that the same rules hold for it, or remove the "
    "copy",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
    judge=_judge,
)
