"""no-replication-outside: nothing copies a bucket's content or inventory to a bucket beyond this
deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from ..declared import kinds
from ..declared.deployment import Bucket, Deployment, Resource
from ..declared.values import UNKNOWN, Unknown, Value, blocks, text
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

REPLICATION: Final = "replication"


@rule(
    id="no-replication-outside",
    severity="high",
    description="Replication, copies and exports of inventory, analytics and metadata stay in buckets that "
    "this deployment declares.",
    remedy="copy only into a bucket of this deployment, so that the same rules hold for it, or remove the "
    "copy",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
)
def judge(context: Context) -> Iterator[Violation]:
    yield from _tabled(context.deployment)
    yield from _copied(context.deployment)
    for lens in context.deployment.of(kinds.STORAGE_LENS):
        for block in blocks(lens.value("storageLensConfiguration")):
            where = _inside(block, "dataExport", "s3BucketDestination", "arn")
            reason = _problem(context.deployment, lens, "storageLensConfiguration", where)
            if reason:
                yield broken(lens.urn, f"storage lens `{lens.name}`", f"its export {reason}", REMEDY)
    for bucket in context.deployment.buckets:
        for resource, link, what, destination in _exports(bucket):
            itself = bucket if what == REPLICATION else None
            reason = _problem(context.deployment, resource, link, destination, itself)
            if reason:
                yield broken(resource.urn, f"bucket {bucket.label}", f"its {what} {reason}", REMEDY)


def _tabled(deployment: Deployment) -> Iterator[Violation]:
    """Yield buckets whose metadata goes into tables, which are in a table bucket without the fence."""
    for bucket in deployment.buckets:
        found = [part.urn for part in bucket.attached(kinds.METADATA)]
        if bucket.inline("metadataTableConfiguration", "metadataConfiguration") is not None:
            found.append(bucket.urn)
        for urn in found:
            reason = (
                "its metadata, with every object's name, goes to a table bucket, which the bucket policy "
                "does not protect"
            )
            yield broken(urn, f"bucket {bucket.label}", reason, "remove the metadata configuration")


def _copied(deployment: Deployment) -> Iterator[Violation]:
    """Yield objects that the program copies from a bucket of this deployment into one of another."""
    names = {bucket.name for bucket in deployment.buckets if bucket.resource is not None}
    for bucket in deployment.buckets:
        for copy in bucket.attached(kinds.OBJECT_COPY) if bucket.resource is None else ():
            source = text(copy.value("source"))
            # An access point's ARN does not name its bucket.
            if source is not None and not source.startswith("arn:") and _bucket_in(source) not in names:
                continue
            what = "from where is not known during preview" if source is None else f"from `{source}`"
            reason = f"it goes to bucket {bucket.label}, which this deployment does not declare, {what}"
            yield broken(copy.urn, f"the copy of object `{copy.name}`", reason, REMEDY)


def _bucket_in(source: str) -> str:
    """Return the bucket in a copy's source: `bucket/key`, encoded as in the URL that it becomes part of."""
    return unquote(source).lstrip("/").partition("/")[0]


def _exports(bucket: Bucket) -> Iterator[tuple[Resource, str, str, Value]]:
    """Yield every copy that leaves the bucket: the resource, the property that links it, what it is, where it
    goes.
    """
    for part in bucket.attached(kinds.REPLICATION):
        for block in blocks(part.value("rules")):
            yield part, "rules", REPLICATION, _replica(block)
    for part in bucket.attached(kinds.INVENTORY):
        for block in blocks(part.value("destination")):
            yield part, "destination", "inventory", _somewhere(_inside(block, "bucket", "bucketArn"))
    for part in bucket.attached(kinds.ANALYTICS):
        for block in blocks(part.value("storageClassAnalysis")):
            where = _inside(block, "dataExport", "destination", "s3BucketDestination", "bucketArn")
            yield part, "storageClassAnalysis", "storage analysis", where
    if bucket.resource is not None:
        yield from _inline(bucket, bucket.resource)


def _inline(bucket: Bucket, resource: Resource) -> Iterator[tuple[Resource, str, str, Value]]:
    for name in ("replicationConfiguration", "replicationConfigurations"):
        for block in blocks(bucket.inline(name)):
            for each in [UNKNOWN] if isinstance(block, Unknown) else blocks(block.get("rules")):
                yield resource, name, REPLICATION, _replica(each)
    for block in blocks(bucket.inline("inventoryConfigurations")):
        where = _somewhere(_inside(block, "destination", "bucketArn"))
        yield resource, "inventoryConfigurations", "inventory", where
    for block in blocks(bucket.inline("analyticsConfigurations")):
        where = _inside(block, "storageClassAnalysis", "dataExport", "destination", "bucketArn")
        yield resource, "analyticsConfigurations", "storage analysis", where


def _problem(
    deployment: Deployment, resource: Resource, link: str, destination: Value, itself: Bucket | None = None
) -> str:
    """Return why a copy may leave the deployment; ``itself`` is the bucket that it cannot go to, since it
    comes from there: a link to that one says nothing of an unknown destination.
    """
    if destination is None:
        return ""
    found = deployment.bucket_at(resource, link, destination)
    if found is not None and found.resource is not None and (itself is None or found.urn != itself.urn):
        return ""
    if isinstance(destination, str):
        return f"goes to `{destination}`, a bucket that this deployment does not declare"
    return "goes to a bucket that is not known during preview (write its ARN from an explicit name)"


def _replica(rule: object) -> Value:
    """Return where a replication rule copies to; BucketV2 calls the block `destinations`."""
    where = _inside(rule, "destination", "bucket")
    return _somewhere(_inside(rule, "destinations", "bucket") if where is None else where)


def _somewhere(destination: Value) -> Value:
    """Return a destination that has to be there: one that is not found where it belongs cannot be judged."""
    return UNKNOWN if destination is None else destination


def _inside(block: object, *path: str) -> Value:
    return UNKNOWN if isinstance(block, Unknown) else _dig(block, *path)


def _dig(value: Value, *path: str) -> Value:
    """Return the value at the path, through single-block lists; None where it ends, UNKNOWN where that is
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
