"""What the tests of the embedded AWS ask it with, and how they read its refusals."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

LOCATION = {"LocationConstraint": "ap-northeast-1"}


RCP_TYPE = "RESOURCE_CONTROL_POLICY"
RCP = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::nothing-of-that-name",
        },
    }
)


def organization_root(organizations: Any) -> str:
    """The id of the organization's root, on which resource control policies are enabled."""
    (root,) = organizations.list_roots()["Roots"]
    if all(each["Type"] != RCP_TYPE for each in root["PolicyTypes"]):
        organizations.enable_policy_type(RootId=root["Id"], PolicyType=RCP_TYPE)
    return str(root["Id"])


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


def assertion(subject: str = "ana", recipient: str = "https://signin.aws.amazon.com/saml") -> str:
    """What an identity provider vouches for, unsigned."""
    names = 'xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion"'
    where = (
        f'<s:SubjectConfirmation><s:SubjectConfirmationData Recipient="{recipient}"/></s:SubjectConfirmation>'
    )
    about = f"<s:Subject><s:NameID>{subject}</s:NameID>{where}</s:Subject>"
    return base64.b64encode(f"<s:Assertion {names}>{about}</s:Assertion>".encode()).decode()
