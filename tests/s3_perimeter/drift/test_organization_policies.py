"""A resource control policy is compared whichever provider declares it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3_perimeter.drift.calls import organizations
from s3_perimeter.drift.declared import declare
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Kind
from s3_perimeter.stack.state import State
from tests.s3_perimeter.drift.facts import ACCOUNT, findings, resource, state_of

RCP = "RESOURCE_CONTROL_POLICY"
ID, ROOT = "p-12345678", "r-ab12"
ARN = f"arn:aws:organizations::{ACCOUNT}:policy/o-abcdefghij/resource_control_policy/{ID}"


def content(network: str) -> dict[str, Any]:
    """The policy that denies everything from outside the network."""
    outside = {"NotIpAddress": {"aws:SourceIp": network}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": outside}
    return {"Version": "2012-10-17", "Statement": [deny]}


def declared(provider: str) -> State:
    """A state that declares it and attaches it; aws-native has the targets on the policy itself."""
    given, wanted = {"name": "fence", "type": RCP}, content("203.0.113.0/24")
    if provider == "aws-native":
        native = {**given, "content": wanted, "targetIds": [ROOT]}
        return state_of(resource("aws-native:organizations:Policy", ID, native, arn=ARN))
    classic = {**given, "content": json.dumps(wanted)}
    attached = {"policyId": ID, "targetId": ROOT}
    return state_of(
        resource("aws:organizations/policy:Policy", ID, classic, arn=ARN),
        resource("aws:organizations/policyAttachment:PolicyAttachment", f"{ROOT}:{ID}", attached),
    )


@pytest.mark.parametrize(
    ("network", "targets", "control"),
    [
        pytest.param("203.0.113.0/24", [ROOT], None, id="as-declared"),
        pytest.param("203.0.0.0/16", [ROOT], "organization-policy", id="changed"),
        pytest.param("203.0.113.0/24", [], "organization-policy-targets", id="detached"),
        pytest.param(
            "203.0.113.0/24", [ROOT, "ou-ab12-1"], "organization-policy-targets", id="elsewhere-too"
        ),
    ],
)
@pytest.mark.parametrize("provider", ["aws", "aws-native"])
def test_a_policy_is_compared_by_meaning_and_with_its_targets(
    provider: str, network: str, targets: list[str], control: str | None
) -> None:
    state = declared(provider)
    (policy,) = declare(state).organization_policies
    enabled = {"Id": ROOT, "PolicyTypes": [{"Type": RCP, "Status": "ENABLED"}]}
    answers: dict[Call, Any] = {
        organizations.policy(policy): {"Policy": {"Content": json.dumps(content(network))}},
        organizations.targets(policy): {"Targets": [{"TargetId": each, "Type": "ROOT"} for each in targets]},
        organizations.roots(): {"Roots": [enabled]},
    }
    for name in ("organization-policy", "organization-policy-targets"):
        found = findings(name, state, answers)
        assert [one.kind is not Kind.UNKNOWN for one in found] == ([True] if name == control else []), found
    assert findings("stack-coverage", state, answers) == []
