"""Sign-in for an application: a user pool, and a firewall in front of it."""

import pulumi_aws as aws

pool = aws.cognito.UserPool(
    "sign-in",
    auto_verified_attributes=["email"],
    password_policy={"minimum_length": 14, "require_symbols": False},
    mfa_configuration="ON",
    software_token_mfa_configuration={"enabled": True},
)
aws.cognito.UserPoolClient("sign-in", user_pool_id=pool.id, generate_secret=True)
firewall = aws.wafv2.WebAcl(
    "sign-in",
    scope="REGIONAL",
    default_action={"allow": {}},
    visibility_config={
        "cloudwatch_metrics_enabled": True,
        "metric_name": "sign-in",
        "sampled_requests_enabled": True,
    },
    rules=[
        {
            "name": "limit",
            "priority": 1,
            "action": {"block": {}},
            "statement": {
                "rate_based_statement": {
                    "limit": 1000,
                    "aggregate_key_type": "IP",
                    "scope_down_statement": {
                        "not_statement": {"statement": {"geo_match_statement": {"country_codes": ["JP"]}}}
                    },
                }
            },
            "visibility_config": {
                "cloudwatch_metrics_enabled": True,
                "metric_name": "limit",
                "sampled_requests_enabled": True,
            },
        }
    ],
)
aws.wafv2.WebAclAssociation("sign-in", resource_arn=pool.arn, web_acl_arn=firewall.arn)
