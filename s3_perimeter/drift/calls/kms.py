"""Questions about one KMS key."""

from __future__ import annotations

from s3_perimeter.drift.declared import Key
from s3_perimeter.drift.facts import Call


def _ask(key: Key, operation: str, action: str, *absent: str, **params: str) -> Call:
    return Call(
        service="kms",
        operation=operation,
        params=(("KeyId", key.arn), *sorted(params.items())),
        action=f"kms:{action}",
        absent=frozenset(absent),
        region=key.region,
    )


def describe(key: Key) -> Call:
    return _ask(key, "describe_key", "DescribeKey", "NotFoundException")


def policy(key: Key) -> Call:
    return _ask(key, "get_key_policy", "GetKeyPolicy", PolicyName="default")


def grants(key: Key) -> Call:
    return _ask(key, "list_grants", "ListGrants")


def rotation(key: Key) -> Call:
    return _ask(key, "get_key_rotation_status", "GetKeyRotationStatus")
