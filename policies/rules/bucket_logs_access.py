"""bucket-logs-access: every bucket delivers server access logs to another bucket."""

from __future__ import annotations

from collections.abc import Iterator

from ..declared import kinds
from ..declared.log_delivery import deliveries
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule
from ..judging.single import more_than_one

__all__ = ["judge"]


@rule(
    id="bucket-logs-access",
    severity="medium",
    description="Every bucket delivers its server access logs to another bucket.",
    remedy="declare a BucketLogging for this bucket with a log bucket as `targetBucket`",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
)
def judge(context: Context) -> Iterator[Violation]:
    found = deliveries(context.deployment)
    # What a bucket made elsewhere logs here says nothing about whose content this is.
    targets = {each.target.urn for each in found if each.target is not None and each.source.resource}
    for bucket in context.deployment.buckets:
        own = [delivery for delivery in found if delivery.source is bucket]
        if bucket.resource is not None and not own and bucket.urn not in targets:
            yield broken(bucket.urn, f"bucket {bucket.label}", "it delivers no server access logs", REMEDY)
        yield from more_than_one(bucket, kinds.LOGGING, "access logging", "logging", "loggings")
        for delivery in own:
            if delivery.target_name == "":
                yield broken(
                    delivery.urn,
                    f"bucket {bucket.label}",
                    "its access logs have no target bucket",
                    REMEDY,
                )
            elif delivery.target is None and delivery.target_name is None:
                yield broken(
                    delivery.urn,
                    f"bucket {bucket.label}",
                    "the bucket that its access logs go to is not known during preview",
                    "give the log bucket an explicit name",
                )
            elif delivery.target is bucket or delivery.target_name == (bucket.name or ""):
                yield broken(
                    delivery.urn,
                    f"bucket {bucket.label}",
                    "it delivers its access logs to itself, so each log is logged again",
                    "deliver them to a bucket of their own",
                )
