"""aws.s3.BucketNotification."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, flag, table, text, unordered
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

COMMON = {
    "events": unordered(text(), required=True),
    "filterPrefix": text(),
    "filterSuffix": text(),
    "id": text(computed=True, aws="Id"),
}
KINDS = {
    "lambdaFunctions": (
        "LambdaFunctionConfigurations",
        block({**COMMON, "lambdaFunctionArn": text()}),
    ),
    "queues": ("QueueConfigurations", block({**COMMON, "queueArn": text(required=True)})),
    "topics": ("TopicConfigurations", block({**COMMON, "topicArn": text(required=True)})),
}


class BucketNotification(BucketPart):
    """Whom S3 tells about what happens in a bucket."""

    token = "aws:s3/bucketNotification:BucketNotification"  # noqa: S105
    title = "S3 Bucket Notification"
    put, get = "put_bucket_notification_configuration", "get_bucket_notification_configuration"
    body = "NotificationConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "eventbridge": flag(default=False),
            "region": REGION,
            **{name: unordered(form) for name, (_, form) in KINDS.items()},
        }
    )

    def to_body(self, inputs: Props) -> Any:
        wanted: Props = {"EventBridgeConfiguration": {}} if inputs.get("eventbridge") else {}
        for name, (key, form) in KINDS.items():
            if inputs.get(name):
                wanted[key] = [target_to_aws(form.to_aws(target)) for target in inputs[name]]
        return wanted

    def from_body(self, answer: Props) -> Props | None:
        found: Props = {"eventbridge": "EventBridgeConfiguration" in answer}
        for name, (key, form) in KINDS.items():
            if answer.get(key):
                found[name] = [form.from_aws(target_from_aws(target)) for target in answer[key]]
        return found if len(found) > 1 or found["eventbridge"] else None

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        del state
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})


def target_to_aws(target: Props) -> Props:
    """One target with its filters as S3 takes them."""
    rules = [
        {"Name": name, "Value": target.pop(key)}
        for name, key in (("prefix", "FilterPrefix"), ("suffix", "FilterSuffix"))
        if target.get(key)
    ]
    return {**target, "Filter": {"Key": {"FilterRules": rules}}} if rules else target


def target_from_aws(target: Props) -> Props:
    """One target with its filters side by side."""
    rules = ((target.get("Filter") or {}).get("Key") or {}).get("FilterRules") or []
    return {**target, **{f"Filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}}
