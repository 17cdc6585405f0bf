"""Building blocks of the tests: one perimeter, and policies made compliant and then broken in one place."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from s3_perimeter import AddressSet, ExpiringNetworks, Perimeter, PolicyDocument

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
LIST = ["203.0.113.0/24", "2001:db8:1234::/48"]
BUCKET = "arn:aws:s3:::b"
BOTH = [BUCKET, f"{BUCKET}/*"]
OUTSIDE: dict[str, dict[str, object]] = {"NotIpAddress": {"aws:SourceIp": LIST}}
OFFICE = Perimeter(bucket="b", allowed=AddressSet.parse(LIST), account=ACCOUNT)
EXPIRING = replace(
    OFFICE,
    expiring=(ExpiringNetworks(AddressSet.parse(["203.0.113.128/25"]), datetime(2027, 1, 1, tzinfo=UTC)),),
)


def deny(condition: Mapping[str, object] | None = None, **changed: object) -> dict[str, object]:
    """A Deny for everyone, every action, bucket and objects; elements given replace its own, None drops
    them.
    """
    statement: dict[str, object] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": BOTH,
        "Condition": OUTSIDE if condition is None else condition,
    }
    statement.update(changed)
    return {name: value for name, value in statement.items() if value is not None}


def also(**conditions: Mapping[str, object]) -> dict[str, Any]:
    """The condition "from outside", ANDed with more; operators on the same name are merged."""
    merged: dict[str, Any] = {operator: dict(keys) for operator, keys in OUTSIDE.items()}
    for operator, keys in conditions.items():
        merged.setdefault(operator.replace("__", ":"), {}).update(keys)
    return merged


def policy(*statements: Mapping[str, object], version: str = "2012-10-17") -> PolicyDocument:
    """A policy of these statements."""
    return PolicyDocument.parse({"Version": version, "Statement": list(statements)})
