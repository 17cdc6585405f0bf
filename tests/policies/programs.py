"""Compliant programs, in each form that a program can take; a test spoils exactly one thing in a copy."""

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


def sidecar(kind: str, name: str = NAME, **properties: Any) -> Res:
    return Res(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}", name, {"bucket": name, **properties})


def public_access_block(name: str = NAME, changed: dict[str, Any] | None = None) -> Res:
    return sidecar("BucketPublicAccessBlock", name, **{**ALL_BLOCKED, **(changed or {})})
