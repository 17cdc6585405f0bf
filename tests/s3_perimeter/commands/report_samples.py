"""Reports to look at: one with everything in order, one with everything that a report can show, and worse."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import bucket_policy
from s3_perimeter.commands.report.facts import Drift, facts_of
from s3_perimeter.commands.report.page import as_page
from s3_perimeter.drift.findings import Finding, Kind, Severity
from s3_perimeter.settings import Settings
from s3_perimeter.stack.deployed import read_stack
from tests.s3_perimeter.commands.engine_answers import CONFIG, URN, answers, resource, state

ACCOUNT = "111122223333"
ENDPOINT = "vpce-0a1b2c3d4e5f67890"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/operations/emergency/break-glass-administrator"
BUCKET = "example-bucket"
LONGEST = "2001:db8:ffff:5678:9abc:def0:1234:5678/128"
PLAIN: dict[str, Any] = {
    "allowedNetworks": ["203.0.113.0/24", "2001:db8:1234::/48"],
    "users": [{"name": "kenji", "access": ["list", "read"], "keys": ["a", "b"]}],
}
FULL: dict[str, Any] = {
    "allowedNetworks": [
        {"cidr": "203.0.113.0/24", "label": "東京オフィス", "owner": "network-team@example.com"},
        {"cidr": "198.51.100.24/32", "label": "contractor at home, until the migration is over"},
        {"cidr": "2001:db8:1234::/48", "label": "office, IPv6", "expires": "2099-12-31"},
        {"cidr": LONGEST, "label": "x" * 60, "owner": "somebody-with-a-long-name@subsidiary.example.com"},
        "192.0.2.0/26",
    ],
    "users": [
        {"name": "kenji", "access": ["list", "read", "write"], "prefix": "team-a/incoming/", "keys": ["a"]}
    ],
    "vpcEndpoints": [ENDPOINT, "vpce-0a1b2c3d4e5f67891"],
    "breakGlassPrincipals": [ROLE],
    "trustAwsServices": True,
    "tags": {"Owner": "platform-team@example.com"},
}
FOUND = (
    Finding(
        "bucket-policy",
        f"arn:aws:s3:::{BUCKET}",
        Kind.CHANGED,
        Severity.HIGH,
        {"Statement": [{"Sid": "DenyOutsideAllowedNetworks", "Effect": "Deny"}]},
        {"Statement": []},
        "Requests from 0.0.0.0/0 are no longer denied.",
        "pulumi up --refresh --stack dev",
    ),
    Finding(
        "user-access-keys",
        f"arn:aws:iam::{ACCOUNT}:user/s3-perimeter-dev-kenji",
        Kind.UNMANAGED,
        Severity.LOW,
        None,
        "AKIAIOSFODNN7EXAMPLE",
        "Access key AKIAIOSFODNN7EXAMPLE was made outside of Pulumi.",
        "aws iam delete-access-key --user-name s3-perimeter-dev-kenji --access-key-id AKIAIOSFODNN7EXAMPLE",
    ),
    Finding(
        "kms-key-state",
        f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        Kind.UNKNOWN,
        Severity.MEDIUM,
        None,
        None,
        "The key could not be read: AccessDenied.",
        "allow `kms:DescribeKey` to the role that checks",
    ),
)
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{BUCKET}/*",
                "Condition": {"IpAddress": {"aws:SourceIp": PLAIN["allowedNetworks"]}},
            }
        ],
    }
)


def deployed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, values: dict[str, Any], policy: str | None = None
) -> None:
    """Put a stack with this config at hand: it has the policy that the config asks for, or the one given."""
    settings = Settings.parse(values, project="p", stack="local", today=datetime.now(UTC).date())
    exported: dict[str, Any] = state()
    exported["deployment"]["resources"] += [
        resource(
            "aws:s3/bucketPolicy:BucketPolicy",
            "policy",
            bucket=BUCKET,
            policy=policy or bucket_policy(settings.perimeter(account=ACCOUNT, bucket=BUCKET)),
        ),
        *(
            [resource("aws:kms/key:Key", "key", keyId="1234abcd-12ab-34cd-56ef-1234567890ab")]
            if "tags" in values
            else []
        ),
        *(role(name) for name in [one.name for one in settings.roles]),
    ]
    outputs = exported["deployment"]["resources"][0]["outputs"]
    outputs["allowedNetworks"] = [cidr for one in settings.allowed for cidr in [one.cidr]]
    given = {f"s3-perimeter:{key}": {"value": "", "objectValue": value} for key, value in values.items()}
    answers(monkeypatch, folder, export=exported, config={"aws:region": CONFIG["aws:region"], **given})


def role(name: str) -> dict[str, Any]:
    """A deployed role of remote people."""
    called = f"s3-perimeter-dev-{name}"
    made = resource("aws:iam/role:Role", name, name=called, arn=f"arn:aws:iam::{ACCOUNT}:role/{called}")
    return {**made, "parent": f"{URN}s3-perimeter:index:RemoteRole::{name}"}


def page_of(
    folder: Path, values: dict[str, Any], drift: Drift, policy: str | None = None, owner: str = ""
) -> str:
    """The report on such a stack."""
    with pytest.MonkeyPatch.context() as patch:
        deployed(patch, folder, values, policy)
        return as_page(facts_of(read_stack("dev"), drift, datetime(2030, 1, 2, 3, 4, tzinfo=UTC), owner))


SAMPLES: dict[str, Callable[[Path], str]] = {
    "quiet": lambda folder: page_of(folder, PLAIN, Drift("in-sync"), owner="Platform team"),
    "full": lambda folder: page_of(folder, FULL, Drift("drift", FOUND, ("an operation is pending",))),
    "open": lambda folder: page_of(
        folder, PLAIN, Drift("unknown", error=": only a real account knows what it would return"), OPEN
    ),
}
