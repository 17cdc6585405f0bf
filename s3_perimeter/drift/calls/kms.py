"""Questions about one KMS key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.facts import Answer, Call
from s3_perimeter.drift.subjects import Key

__all__ = ["describe", "grants", "policy", "rotation"]


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
    """Return the question for the key's policy; it raises one for the principals whose ids are in it."""

    def named(answer: Answer) -> Iterable[Call]:
        return iam.whose_ids(answer.get("Policy"))

    return replace(_ask(key, "get_key_policy", "GetKeyPolicy", PolicyName="default"), then=named)


def grants(key: Key) -> Call:
    return _ask(key, "list_grants", "ListGrants")


def rotation(key: Key) -> Call:
    return _ask(key, "get_key_rotation_status", "GetKeyRotationStatus")
