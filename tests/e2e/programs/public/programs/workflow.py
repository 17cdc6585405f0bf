"""A workflow that a schedule starts every night."""

import json

import pulumi_aws as aws

machine = aws.sfn.StateMachine(
    "workflow",
    role_arn="arn:aws:iam::111122223333:role/workflow",
    definition=json.dumps(
        {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 5, "End": True}}}
    ),
)
rule = aws.cloudwatch.EventRule("workflow", schedule_expression="cron(0 18 * * ? *)")
aws.cloudwatch.EventTarget(
    "workflow", rule=rule.name, arn=machine.arn, role_arn="arn:aws:iam::111122223333:role/events"
)
aws.ssm.Parameter("workflow", type="SecureString", value=machine.arn)
