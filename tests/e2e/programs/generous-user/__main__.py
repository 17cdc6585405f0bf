"""A user with a password, every right, a policy that reaches every bucket, and more keys than IAM allows."""

import json

import pulumi_aws as aws

user = aws.iam.User("ada", name="ada")
aws.iam.UserLoginProfile("ada", user=user.name)
aws.iam.UserPolicyAttachment("ada", user=user.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")
aws.iam.UserPolicy(
    "ada",
    user=user.name,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}],
        }
    ),
)
for slot in range(3):
    aws.iam.AccessKey(f"ada-{slot}", user=user.name)
