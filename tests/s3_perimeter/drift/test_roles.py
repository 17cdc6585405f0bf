"""Roles: what the drift check says of one that nobody uses, and of sessions that last longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.intent import read_intent
from s3_perimeter.stack.state import parse_state
from tests.s3_perimeter.drift.facts import ACCOUNT, NOW, document_of, findings, resource, state_of

ARN = f"arn:aws:iam::{ACCOUNT}:role/analyst"
TRUST = '{"Version": "2012-10-17", "Statement": []}'


def role(**inputs: Any) -> dict[str, Any]:
    """A declared role."""
    given = {"name": "analyst", "assumeRolePolicy": TRUST, **inputs}
    return resource("aws:iam/role:Role", "analyst", given, arn=ARN)


def answer(**fields: Any) -> dict[str, Any]:
    """What GetRole says."""
    found = {
        "Path": "/",
        "RoleName": "analyst",
        "RoleId": "AROAIOSFODNN7EXAMPLE",
        "Arn": ARN,
        "CreateDate": NOW - timedelta(days=100),
        "AssumeRolePolicyDocument": TRUST,
        **fields,
    }
    return {"Role": found}


@pytest.mark.parametrize(
    ("fields", "observed"),
    [
        pytest.param({"RoleLastUsed": {"LastUsedDate": NOW - timedelta(days=29)}}, None, id="used of late"),
        pytest.param(
            {"RoleLastUsed": {"LastUsedDate": NOW - timedelta(days=31), "Region": "eu-west-1"}},
            "last used 31 days ago",
            id="used long ago",
        ),
        pytest.param({"RoleLastUsed": {}}, "never used in 100 days", id="never used"),
        pytest.param({"CreateDate": NOW - timedelta(days=3)}, None, id="made of late"),
    ],
)
def test_a_role_that_nobody_uses_is_reported_under_strict(
    fields: dict[str, Any], observed: str | None
) -> None:
    """By when one of its sessions was last used, else by when it was made."""
    found = findings("role-use", state_of(role()), {iam.role("analyst"): answer(**fields)})
    assert [each.observed for each in found] == ([] if observed is None else [observed])


@pytest.mark.parametrize(
    ("declared", "observed", "severity"),
    [
        pytest.param({}, {}, None, id="IAM's own hour"),
        pytest.param({"maxSessionDuration": 7200}, {"MaxSessionDuration": 7200}, None, id="as declared"),
        pytest.param({}, {"MaxSessionDuration": 43_200}, "medium", id="longer"),
        pytest.param({"maxSessionDuration": 7200}, {"MaxSessionDuration": 3600}, "low", id="shorter"),
    ],
)
def test_how_long_a_session_lasts_is_compared(
    declared: dict[str, Any], observed: dict[str, Any], severity: str | None
) -> None:
    """Longer is worse than shorter."""
    found = findings(
        "role-session-duration", state_of(role(**declared)), {iam.role("analyst"): answer(**observed)}
    )
    assert [each.severity.value for each in found] == ([] if severity is None else [severity])


def test_a_roles_tags_are_compared() -> None:
    """A tag that somebody added is named."""
    answered = {iam.role("analyst"): answer(Tags=[{"Key": "team", "Value": "admin"}])}
    (found,) = findings("role-tags", state_of(role(tags={"owner": "ana"})), answered)
    assert "(owner, team)" in found.detail


@pytest.mark.parametrize(
    ("deployed", "asked", "pending"),
    [
        pytest.param(None, [], (), id="none"),
        pytest.param({"analyst": ARN}, ["analyst"], (), id="as deployed"),
        pytest.param(None, ["analyst"], ("roles are analyst, deployed are none",), id="a new one"),
        pytest.param({"analyst": ARN}, [], ("roles are none, deployed are analyst",), id="one that goes"),
    ],
)
def test_an_edited_list_of_roles_waits_for_the_next_deployment(
    deployed: dict[str, str] | None, asked: list[str], pending: tuple[str, ...]
) -> None:
    """An edit of the config is no drift, and is reported."""
    document = document_of()
    outputs: dict[str, Any] = {"users": {}, "allowedNetworks": ["203.0.113.0/24"]}
    stack = resource("pulumi:pulumi:Stack", "shop-prod", {}, **outputs)
    stack["outputs"] |= {} if deployed is None else {"roles": deployed}
    document["deployment"]["resources"].append(stack)
    idp = f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"
    config = {
        "s3-perimeter:allowedNetworks": ["203.0.113.0/24"],
        "s3-perimeter:users": [],
        "s3-perimeter:roles": [{"name": name, "assumedBy": [idp]} for name in asked],
    }
    intent = read_intent(config, parse_state(document), datetime(2026, 11, 23, tzinfo=UTC).date())
    assert intent is not None
    assert intent.pending == pending
