"""Messages: a topic whose messages arrive in a queue, with a queue for what nobody could handle."""

import json

import pulumi
import pulumi_aws as aws

failed = aws.sqs.Queue("messages-failed", message_retention_seconds=1209600)
queue = aws.sqs.Queue(
    "messages",
    redrive_policy=failed.arn.apply(
        lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 4})
    ),
)
topic = aws.sns.Topic("messages", kms_master_key_id="alias/aws/sns")
aws.sns.TopicSubscription("messages", topic=topic.arn, protocol="sqs", endpoint=queue.arn)
aws.sqs.QueuePolicy(
    "messages",
    queue_url=queue.id,
    policy=pulumi.Output.all(queue.arn, topic.arn).apply(
        lambda arns: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "sns.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": arns[0],
                        "Condition": {"ArnEquals": {"aws:SourceArn": arns[1]}},
                    }
                ],
            }
        )
    ),
)
