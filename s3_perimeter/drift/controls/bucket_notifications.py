"""Events of the bucket are sent only to declared targets."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import missing, on, redeploy, unmanaged
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]

# Where the API lists the targets, and where the state does.
_SORTS = (
    ("TopicConfigurations", "TopicArn", "topics", "topicArn"),
    ("QueueConfigurations", "QueueArn", "queues", "queueArn"),
    ("LambdaFunctionConfigurations", "LambdaFunctionArn", "lambdaFunctions", "lambdaFunctionArn"),
)
_BUS = "EventBridge"


@control(
    about=Bucket,
    id="bucket-notifications",
    title="events of the bucket are sent only to declared targets",
    severity=Severity.HIGH,
    impact="An event names the object, and a function that receives it can fetch the object at once.",
    reads=lambda bucket: [s3.notifications(bucket)],
    parts=("s3/bucketNotification",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    answer = context(s3.notifications(bucket)) or {}
    part = bucket.part("s3/bucketNotification")
    observed = {item[arn] for several, arn, _, _ in _SORTS for item in answer.get(several, ())}
    declared: set[str] = set()
    if part is not None:
        given = part.properties
        declared = {
            target
            for _, _, several, arn in _SORTS
            for item in given.blocks(several)
            if (target := item.text(arn))
        }
        if given.flag("eventbridge"):
            declared.add(_BUS)
    if answer.get("EventBridgeConfiguration") is not None:
        observed.add(_BUS)
    yield from unmanaged(
        observed - declared,
        Severity.HIGH,
        lambda target: f"{target} receives the name, size and uploader's address of every new object",
        lambda _: (
            f"aws s3api put-bucket-notification-configuration {on(bucket)} --notification-configuration {{}}"
            if not declared
            else redeploy(context)
        ),
    )
    yield from missing(declared - observed, lambda target: f"{target} no longer receives events", context)
