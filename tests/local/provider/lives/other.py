"""The lives of keys and networks."""

from __future__ import annotations

from tests.local.provider.conftest import READ
from tests.local.provider.lives.life import WRITE, Life

LIVES = [
    Life(
        "aws:kms/key:Key",
        lambda _: {
            "description": "one",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "tags": {"a": "1"},
        },
        lambda _: {"description": "two", "enableKeyRotation": False, "tags": {"b": "2"}},
        lambda _: {
            "keyUsage": "SIGN_VERIFY",
            "customerMasterKeySpec": "RSA_2048",
            "enableKeyRotation": False,
        },
        lambda aws, o: aws("kms").disable_key(KeyId=o["keyId"]),
        "isEnabled",
        unknown=("arn", "keyId"),
        not_imported=frozenset({"deletionWindowInDays"}),
    ),
    Life(
        "aws:kms/alias:Alias",
        lambda t: {"name": f"alias/{t.bucket}", "targetKeyId": t.key},
        lambda t: {"targetKeyId": t.other_key},
        lambda t: {"name": f"alias/{t.other_bucket}"},
        unknown=("arn", "targetKeyArn"),
    ),
    Life(
        "aws:ec2/vpc:Vpc",
        lambda _: {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": {"a": "1"}},
        lambda _: {"enableDnsHostnames": False, "tags": {"b": "2"}},
        lambda _: {"cidrBlock": "10.21.0.0/16"},
        unknown=("arn", "mainRouteTableId"),
    ),
    Life(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda t: {"vpcId": t.vpc, "serviceName": "com.amazonaws.ap-northeast-1.s3", "policy": READ},
        lambda _: {"policy": WRITE, "tags": {"a": "1"}},
        lambda _: {"serviceName": "com.amazonaws.ap-northeast-1.dynamodb"},
        unknown=("arn", "state"),
        not_imported=frozenset({"policy"}),
    ),
]
