"""The example stack of CI roles: whom it trusts, and what it can never do."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from policies.rules import RULES
from tests.components.engine import Program, run
from tests.policies.engine import Res, judge

PROGRAM = str(Path(__file__).resolve().parents[2] / "examples" / "ci_roles" / "__main__.py")
CONFIG = {
    "s3-perimeter:repository": "acme/fence",
    "s3-perimeter:stateBucket": "acme-state",
    "s3-perimeter:buckets": '["acme-data", "acme-data-logs"]',
    "s3-perimeter:users": "acme-",
}


@pytest.fixture(scope="module")
def program() -> Program:
    return run(lambda: runpy.run_path(PROGRAM), config=CONFIG)


def statements(program: Program, kind: str, name: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(program.one(kind, name).inputs[key])["Statement"]
    return found


@pytest.mark.parametrize(
    ("role", "subjects"),
    [
        ("preview", ["repo:acme/fence:pull_request"]),
        ("deploy", ["repo:acme/fence:environment:dev", "repo:acme/fence:environment:prod"]),
        ("drift", ["repo:acme/fence:ref:refs/heads/main"]),
    ],
)
def test_a_role_trusts_exactly_its_workflow(program: Program, role: str, subjects: list[str]) -> None:
    """No wildcard in whom a role trusts: other repositories and branches stay out."""
    (trusted,) = statements(program, "Role", role, "assumeRolePolicy")
    assert trusted["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subjects,
        }
    }


@pytest.mark.parametrize("role", ["preview", "deploy", "drift"])
def test_no_role_can_touch_an_object(program: Program, role: str) -> None:
    """Reading and writing the fenced buckets' objects is denied, whatever else allows it."""
    denied = [each for each in statements(program, "RolePolicy", role, "policy") if each["Effect"] == "Deny"]
    assert denied[0]["Resource"] == ["arn:aws:s3:::acme-data/*", "arn:aws:s3:::acme-data-logs/*"]
    assert {"s3:GetObject", "s3:PutObject"} <= set(denied[0]["Action"])


@pytest.mark.parametrize("role", ["preview", "drift"])
def test_only_the_deploying_role_changes_anything(program: Program, role: str) -> None:
    """Preview and drift read; what they write are the backend's locks."""
    allowed = [
        each for each in statements(program, "RolePolicy", role, "policy") if each["Effect"] == "Allow"
    ]
    for each in allowed:
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        writes = [action for action in actions if not action.split(":")[1].startswith(("Get", "List"))]
        assert not writes or each["Resource"] == "arn:aws:s3:::acme-state/.pulumi/locks/*"


def test_the_pack_has_nothing_to_say_about_it(program: Program) -> None:
    """Roles are no users: the example passes the organization's own pack."""
    assert judge(RULES, [Res(each.type, each.name, each.inputs) for each in program.resources]) == []


def test_with_pulumi_cloud_no_role_reads_a_state_in_s3() -> None:
    """The state is not in the account then."""
    config = {**CONFIG, "s3-perimeter:stateBucket": ""}
    program = run(lambda: runpy.run_path(PROGRAM), config=config)
    for role in ("preview", "deploy", "drift"):
        assert "acme-state" not in json.dumps(statements(program, "RolePolicy", role, "policy"))
        named = [each["Resource"] for each in statements(program, "RolePolicy", role, "policy")]
        assert not any(":::/" in str(arn) or str(arn).endswith(":::") for arn in named)
