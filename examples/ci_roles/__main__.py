"""The IAM roles that the GitHub workflows assume with their identity token: one to preview, one to deploy and
one to check for drift.

All of them are denied the objects of the fenced buckets. If the runners have no address on the allow-list,
the roles can therefore be named in `breakGlassPrincipals`.
"""

import json
from typing import Final

import pulumi
import pulumi_aws as aws

ISSUER: Final = "token.actions.githubusercontent.com"
READ: Final = (
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLocation",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListTagsForResource",
)
WRITE: Final = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:ListBucket",  # HeadBucket, by which the provider looks whether a bucket is there
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:TagResource",
    "s3:UntagResource",
)
IAM_READ: Final = ("iam:Get*", "iam:List*")
IAM_WRITE: Final = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateGroup",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:DeleteAccessKey",
    "iam:DeleteGroup",
    "iam:DeleteLoginProfile",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DeleteUser",
    "iam:DetachGroupPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:RemoveUserFromGroup",
    "iam:TagPolicy",
    "iam:TagRole",
    "iam:TagUser",
    "iam:UntagPolicy",
    "iam:UntagRole",
    "iam:UntagUser",
    "iam:UpdateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
OBJECTS: Final = (
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:PutObjectAcl",
)

config = pulumi.Config()
repository = config.require("repository")
state = config.get("stateBucket")
fenced = [f"arn:aws:s3:::{name}" for name in config.require_object("buckets")]
people = config.require("users")
account = aws.get_caller_identity().account_id
OWN_ROLES: Final = tuple(
    f"arn:aws:iam::{account}:role/s3-perimeter-{name}" for name in ("preview", "deploy", "drift")
)


def trust(provider: str, *subjects: str) -> str:
    """Return the trust policy: only workflows of this repository, for these subjects, may assume the role."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {
                            f"{ISSUER}:aud": "sts.amazonaws.com",
                            f"{ISSUER}:sub": [f"repo:{repository}:{subject}" for subject in subjects],
                        }
                    },
                }
            ],
        }
    )


def rights(*, deploys: bool) -> str:
    """Return what the role may do: read what is declared, and change it if the role deploys; never use an
    object.
    """
    own = [f"arn:aws:iam::{account}:{kind}/{people}*" for kind in ("user", "group", "role", "policy")]
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": [*READ, *(WRITE if deploys else ())], "Resource": fenced},
        {"Effect": "Allow", "Action": [*IAM_READ, *(IAM_WRITE if deploys else ())], "Resource": own},
        {"Effect": "Deny", "Action": list(OBJECTS), "Resource": [f"{arn}/*" for arn in fenced]},
    ]
    if deploys:
        # People's roles have names like these: this one may not widen whom the workflows' roles trust.
        statements.append({"Effect": "Deny", "Action": list(IAM_WRITE), "Resource": list(OWN_ROLES)})
        # The provider looks for the MFA devices of a user whom it deletes, and IAM knows no resource there.
        statements.append({"Effect": "Allow", "Action": "iam:ListVirtualMFADevices", "Resource": "*"})
    if state:
        statements += backend(f"arn:aws:s3:::{state}", deploys=deploys)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def backend(bucket: str, *, deploys: bool) -> list[dict[str, object]]:
    """Return what it takes to read the state in an S3 bucket, and to write it if the role deploys."""
    written = f"{bucket}/.pulumi/{'*' if deploys else 'locks/*'}"  # a lock is taken even to read
    given: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": written,
        },
    ]
    if not deploys:
        given.append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket}/*"})
    return given


def role(name: str, *subjects: str, deploys: bool = False) -> aws.iam.Role:
    """Return one role of the workflows, with sessions of at most an hour."""
    made = aws.iam.Role(
        name,
        name=f"s3-perimeter-{name}",
        assume_role_policy=github.arn.apply(lambda arn: trust(arn, *subjects)),
        max_session_duration=3600,
    )
    aws.iam.RolePolicy(name, role=made.name, policy=rights(deploys=deploys))
    return made


github = aws.iam.OpenIdConnectProvider(
    "github", url=f"https://{ISSUER}", client_id_lists=["sts.amazonaws.com"]
)

pulumi.export("AWS_PREVIEW_ROLE_ARN", role("preview", "pull_request").arn)
deploy = role("deploy", "environment:dev", "environment:prod", deploys=True)
pulumi.export("AWS_DEPLOY_ROLE_ARN", deploy.arn)
pulumi.export("AWS_DRIFT_ROLE_ARN", role("drift", "ref:refs/heads/main").arn)
