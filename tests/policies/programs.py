"""Compliant programs, in each form that a program can take; a test breaks exactly one thing in a copy."""

from __future__ import annotations

import json
from typing import Any

from tests.policies.engine import Res

NAME = "acme-data"
LOGS = "acme-logs"
ALL_BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
ALLOWED = ["203.0.113.0/24", "2001:db8:1234::/48"]
CONFIG = {"s3-perimeter:allowedNetworks": json.dumps(ALLOWED)}


def bucket(name: str = NAME, **inline: Any) -> Res:
    return Res(
        "aws:s3/bucket:Bucket", name, {"bucket": name, **inline}, {"id": name, "arn": f"arn:aws:s3:::{name}"}
    )


def native_bucket(name: str = NAME, **inline: Any) -> Res:
    return Res("aws-native:s3:Bucket", name, {"bucketName": name, **inline}, {"arn": f"arn:aws:s3:::{name}"})


def part(kind: str, name: str = NAME, **properties: Any) -> Res:
    return Res(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}", name, {"bucket": name, **properties})


def public_access_block(name: str = NAME, changed: dict[str, Any] | None = None) -> Res:
    return part("BucketPublicAccessBlock", name, **{**ALL_BLOCKED, **(changed or {})})


def deny(name: str = NAME, **changed: Any) -> dict[str, Any]:
    """The Deny that seals a bucket; `changed` replaces its elements."""
    return {
        "Sid": "Outside",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": ALLOWED}},
        **changed,
    }


def deny_plain_http(name: str = NAME, **changed: Any) -> dict[str, Any]:
    return deny(name, **{"Sid": "Plain", "Condition": {"Bool": {"aws:SecureTransport": "false"}}, **changed})


def allow_log_delivery(name: str = LOGS, source: str = NAME, **changed: Any) -> dict[str, Any]:
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/access/*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{source}"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        },
        **changed,
    }


LOG_EXEMPT = {
    "NotIpAddress": {"aws:SourceIp": ALLOWED},
    "StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"},
}


def document(*statements: object) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def text(*statements: object) -> str:
    return json.dumps(document(*statements))


def with_part(policy: object, name: str = NAME) -> list[Res]:
    """A bucket and its policy as a resource of its own."""
    return [bucket(name), part("BucketPolicy", name, policy=policy)]


def with_inline(policy: object, name: str = NAME) -> list[Res]:
    """A bucket with its policy among its own arguments."""
    return [bucket(name, policy=policy)]


def with_native(policy: object, name: str = NAME) -> list[Res]:
    """A bucket and its policy in the aws-native provider."""
    return [
        native_bucket(name),
        Res("aws-native:s3:BucketPolicy", name, {"bucket": name, "policyDocument": policy}),
    ]


FORMS = {"part": with_part, "inline": with_inline, "native": with_native}
