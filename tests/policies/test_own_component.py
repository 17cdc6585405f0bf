"""The pack and the component do not know each other; what the one declares, the other accepts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import PrivateBucket
from policies.rules import RULES
from tests.components.engine import run
from tests.policies.engine import Res, Verdict, judge

ALLOWED = ["203.0.113.0/24", "2001:db8:1234::/48"]
LEVELS = ["list", "read", "write", "tag"]


def verdicts(**args: Any) -> list[Verdict]:
    """What the pack says of a program that declares one PrivateBucket with these arguments."""
    given: Any = {"allowed_networks": ALLOWED, "bucket_name": "example-bucket", "protect": False, **args}
    program = run(lambda: PrivateBucket("data", given))
    resources = [Res(each.type, each.name, each.inputs) for each in program.resources]
    for resource in resources:
        if resource.type == "aws:iam/policy:Policy":
            resource.outputs["arn"] = f"arn:aws:x:::{resource.name}"
    config = {"s3-perimeter:allowedNetworks": json.dumps(args.get("allowed_networks", ALLOWED))}
    for name, key in (
        ("vpc_endpoints", "vpcEndpoints"),
        ("break_glass_principals", "breakGlassPrincipals"),
        ("trust_aws_services", "trustAwsServices"),
    ):
        if name in args:
            config[f"s3-perimeter:{key}"] = json.dumps(args[name])
    return judge(RULES, resources, config=config)


@pytest.mark.parametrize(
    "args",
    [
        pytest.param({}, id="defaults"),
        pytest.param({"encryption": "aws:kms"}, id="own-key"),
        pytest.param(
            {"users": [{"name": "ada", "access": LEVELS, "prefix": "ada/", "keys": ["blue", "green"]}]},
            id="two-keys",
        ),
        pytest.param({"users": [{"name": "ada"}, {"name": "grace"}]}, id="a-group"),
        pytest.param({"access_log_bucket": "existing-logs"}, id="existing-log-bucket"),
        pytest.param({"vpc_endpoints": ["vpce-0123456789abcdef0"]}, id="vpc-endpoint"),
        pytest.param(
            {"break_glass_principals": ["arn:aws:iam::123456789012:role/break-glass"]}, id="break-glass"
        ),
        pytest.param({"trust_aws_services": True}, id="services"),
        pytest.param(
            {"allowed_networks": [*ALLOWED, {"cidr": "198.51.100.7/32", "expires": "2099-01-01"}]},
            id="expiring",
        ),
    ],
)
def test_the_component_breaks_no_rule(args: dict[str, Any]) -> None:
    """Whatever can be configured, every rule holds."""
    assert verdicts(**args) == []


def test_a_component_for_another_allow_list_is_refused() -> None:
    """The pack takes the allow-list from the stack's config, not from what the program made of it."""
    given: Any = {"allowed_networks": [*ALLOWED, "198.51.100.0/24"], "bucket_name": "example-bucket"}
    program = run(lambda: PrivateBucket("data", given))
    resources = [Res(each.type, each.name, each.inputs) for each in program.resources]
    refused = judge(RULES, resources, config={"s3-perimeter:allowedNetworks": json.dumps(ALLOWED)})
    assert "bucket-policy-denies-outside" in {one.rule for one in refused}
