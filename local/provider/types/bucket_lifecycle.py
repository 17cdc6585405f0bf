"""aws.s3.BucketLifecycleConfiguration."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, flag, listed, mapping, table, text, unordered, whole
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

SIZES = {"objectSizeGreaterThan": whole(), "objectSizeLessThan": whole(), "prefix": text()}
RULE = block(
    {
        "id": text(required=True, aws="ID"),
        "status": text(required=True),
        "abortIncompleteMultipartUpload": block({"daysAfterInitiation": whole()}),
        "expiration": block({"date": text(), "days": whole(), "expiredObjectDeleteMarker": flag()}),
        "filter": block(
            {
                "and": block({**SIZES, "tags": mapping(text(), pairs=True)}),
                **SIZES,
                "tag": block({"key": text(required=True), "value": text(required=True)}),
            }
        ),
        "noncurrentVersionExpiration": block(
            {"noncurrentDays": whole(required=True), "newerNoncurrentVersions": whole()}
        ),
        "noncurrentVersionTransitions": unordered(
            block(
                {
                    "noncurrentDays": whole(required=True),
                    "storageClass": text(required=True),
                    "newerNoncurrentVersions": whole(),
                }
            )
        ),
        "prefix": text(),
        "transitions": unordered(
            block({"storageClass": text(required=True), "date": text(), "days": whole()})
        ),
    }
)
MINIMUM = "transitionDefaultMinimumObjectSize"


class BucketLifecycle(BucketPart):
    """When S3 moves objects to other storage classes and when it deletes them."""

    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",)
    title = "S3 Bucket Lifecycle Configuration"
    put, get = "put_bucket_lifecycle_configuration", "get_bucket_lifecycle_configuration"
    remove, body = "delete_bucket_lifecycle", "LifecycleConfiguration"
    absent = frozenset({"NoSuchLifecycleConfiguration"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
            "rules": listed(RULE),
            "timeouts": block({"create": text(), "update": text()}, kept=True),
            MINIMUM: text(computed=True, aws="TransitionDefaultMinimumObjectSize"),
        }
    )

    def arguments(self, inputs: Props) -> Props:
        minimum = {"TransitionDefaultMinimumObjectSize": inputs[MINIMUM]} if inputs.get(MINIMUM) else {}
        return {self.body: {"Rules": [rule_to_aws(rule) for rule in inputs.get("rules") or []]}, **minimum}

    def from_body(self, answer: Props) -> Props:
        rules = [RULE.from_aws(rule) for rule in answer.get("Rules") or []]
        minimum = answer.get("TransitionDefaultMinimumObjectSize") or "all_storage_classes_128K"
        return {"rules": rules, MINIMUM: minimum}


def rule_to_aws(rule: Props) -> Any:
    """One rule as S3 takes it: it has to have a filter or a prefix, and an empty filter is everything."""
    body = {key: value for key, value in RULE.to_aws(rule).items() if value != []}
    if "Filter" not in body and "Prefix" not in body:
        body["Filter"] = {"Prefix": ""}
    if body.get("Filter") == {}:
        body["Filter"] = {"Prefix": ""}
    return body
