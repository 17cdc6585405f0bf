"""What the tests of the embedded AWS ask it with, and how they read its refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

LOCATION = {"LocationConstraint": "ap-northeast-1"}


def fence(bucket: str) -> str:
    """The Deny of stack ``local``'s addresses and of plain HTTP."""
    everywhere = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everywhere}
    addresses = ["203.0.113.0/24", "2001:db8:1234::/48"]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {**deny, "Condition": {"NotIpAddress": {"aws:SourceIp": addresses}}},
                {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            ],
        }
    )


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    """The error code that AWS answered."""
    return str(error.value.response["Error"]["Code"])


def claim(client: Any, header: str, value: str) -> None:
    """Have a boto3 client send a header with every request, outside its signature."""

    def add(request: Any, **_: object) -> None:
        request.headers[header] = value

    client.meta.events.register("before-send.s3.*", add)
