"""An HTTP API: API Gateway in front of Lambda, which keeps its items in DynamoDB."""

import json

import pulumi
import pulumi_aws as aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
table = aws.dynamodb.Table(
    "api-items",
    attributes=[{"name": "id", "type": "S"}],
    hash_key="id",
    billing_mode="PAY_PER_REQUEST",
    server_side_encryption={"enabled": True},
)
role = aws.iam.Role("api-role", assume_role_policy=json.dumps(TRUST))
aws.iam.RolePolicy(
    "api-role-policy",
    role=role.id,
    policy=table.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": arn}],
            }
        )
    ),
)
handler = aws.lambda_.Function(
    "api-handler",
    runtime="python3.13",
    handler="index.handler",
    role=role.arn,
    code=pulumi.AssetArchive(
        {"index.py": pulumi.StringAsset("def handler(event, context):\n    return {}\n")}
    ),
    environment={"variables": {"TABLE": table.name}},
)
aws.cloudwatch.LogGroup(
    "api-logs", name=handler.name.apply(lambda name: f"/aws/lambda/{name}"), retention_in_days=14
)
api = aws.apigatewayv2.Api("api-gateway", protocol_type="HTTP")
integration = aws.apigatewayv2.Integration(
    "api-integration",
    api_id=api.id,
    integration_type="AWS_PROXY",
    integration_uri=handler.invoke_arn,
    payload_format_version="2.0",
)
aws.apigatewayv2.Route(
    "api-route",
    api_id=api.id,
    route_key="GET /items/{id}",
    target=integration.id.apply(lambda integration_id: f"integrations/{integration_id}"),
)
aws.apigatewayv2.Stage("api-stage", api_id=api.id, name="$default", auto_deploy=True)
aws.lambda_.Permission(
    "api-permission",
    action="lambda:InvokeFunction",
    function=handler.name,
    principal="apigateway.amazonaws.com",
    source_arn=api.execution_arn.apply(lambda arn: f"{arn}/*/*"),
)
pulumi.export("apiUrl", api.api_endpoint)
