"""OrganizationPerimeter: the policies that it declares, and what they are attached to."""

import json
import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pulumi
import pytest
from ruamel.yaml import YAML

from components import OrganizationPerimeter
from s3_perimeter import ResourceControlPolicy
from s3_perimeter.settings.organization import ORGANIZATION_KEYS, OrganizationSettings
from tests.components.engine import Program, run

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "examples" / "organization_perimeter"
OU, TEST_ACCOUNT = "ou-ab12-11111111", "111122223333"
LOGGING = "logging.s3.amazonaws.com"
ARGS: dict[str, Any] = {
    "allowed_networks": ["203.0.113.0/24"],
    "targets": [OU, TEST_ACCOUNT],
    "exempt": {"services": [LOGGING]},
}


def declared(*, preview: bool = False, messages: list[str] | None = None, **args: Any) -> Program:
    """What a program with one such component declares; a callable makes an argument in the program."""
    given = {key: value for key, value in (ARGS | args).items() if value is not None}

    def program() -> None:
        made: Any = {key: value() if callable(value) else value for key, value in given.items()}
        OrganizationPerimeter("fence", made)

    return run(program, preview=preview, messages=messages)


def test_one_policy_of_the_right_type_is_attached_to_every_target() -> None:
    program = declared()
    policy = program.one("Policy")
    assert policy.inputs["type"] == "RESOURCE_CONTROL_POLICY"
    attached = [each.inputs for each in program.all("PolicyAttachment")]
    assert {each["targetId"] for each in attached} == {OU, TEST_ACCOUNT}
    assert {each["policyId"] for each in attached} == {"id-of-fence"}
    assert all(program.comes_after(each, policy) for each in program.all("PolicyAttachment"))


def test_the_text_is_known_at_the_first_preview_and_is_what_aws_takes() -> None:
    text = declared(preview=True).one("Policy").inputs["content"]
    (statement,) = ResourceControlPolicy.parse(text).statements
    assert statement.resources == ("*",)
    assert {each.key for each in statement.conditions} == {"aws:SourceIp", "aws:PrincipalServiceName"}


def test_more_buckets_than_one_policy_holds_take_several() -> None:
    names = [f"a-rather-long-name-of-a-bucket-{number:03}" for number in range(120)]
    program = declared(buckets=names)
    assert sorted(each.name for each in program.all("Policy")) == ["fence", "fence-2", "fence-3"]
    assert len(program.all("PolicyAttachment")) == 3 * 2
    assert len({each.inputs["name"] for each in program.all("Policy")}) == 3


def test_a_target_may_be_known_only_later() -> None:
    program = declared(targets=lambda: [pulumi.Output.from_input("ou-ab12-22222222")])
    assert program.one("PolicyAttachment").inputs["targetId"] == "ou-ab12-22222222"


def test_policies_are_protected_unless_asked_otherwise() -> None:
    assert {each.protect for each in declared().all("Policy")} == {True}
    assert {each.protect for each in declared(protect=False).all("PolicyAttachment")} == {False}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param({"targets": []}, "targets", id="no-targets"),
        pytest.param({"allowed_networks": []}, "allowedNetworks", id="no-networks"),
        pytest.param(
            {"exempt": {"service": []}},
            "argument `exempt`: `service` is not a known field",
            id="unknown-exemption",
        ),
        pytest.param(
            {"bucket": ["b"]},
            "`bucket` is not a known argument\n\nhint: did you mean `buckets`?",
            id="unknown-argument",
        ),
    ],
)
def test_mistakes_end_the_program_in_plain_words(args: dict[str, Any], said: str) -> None:
    messages: list[str] = []
    with pytest.raises(
        pulumi.RunError, match="nothing was deployed: the arguments of `fence` have 1 mistake"
    ):
        declared(messages=messages, **args)
    assert any(said in message for message in messages)


def test_log_delivery_that_would_stop_is_a_warning() -> None:
    assert any("log delivery is denied" in message for message in declared(exempt=None).messages)
    assert not any("log delivery" in message for message in declared().messages)


def test_the_example_reads_stack_config() -> None:
    config = {
        "s3-perimeter:allowedNetworks": '["203.0.113.0/24", "2001:db8:1234::/48"]',
        "s3-perimeter:targets": json.dumps([OU]),
        "s3-perimeter:buckets": '["acme-*"]',
        "s3-perimeter:exempt": json.dumps({"services": [LOGGING], "forwardAccess": True}),
        "s3-perimeter:policyName": "acme-fence",
    }
    program = run(lambda: runpy.run_path(str(EXAMPLE / "__main__.py")), config=config)
    policy = program.one("Policy")
    assert policy.inputs["name"] == "acme-fence"
    (statement,) = json.loads(policy.inputs["content"])["Statement"]
    assert statement["Resource"] == "arn:aws:s3:::acme-*"
    assert statement["Condition"]["BoolIfExists"] == {"aws:ViaAWSService": "false"}


def test_the_example_s_project_describes_every_key_of_stack_config() -> None:
    """And its values are the defaults, as if the key was not there."""
    keys = YAML(typ="safe").load(EXAMPLE / "Pulumi.yaml")["config"]
    assert set(keys) == {f"s3-perimeter:{key}" for key in ORGANIZATION_KEYS}
    assert all(key["description"] for key in keys.values())
    needed: dict[str, Any] = {"allowedNetworks": ["203.0.113.0/24"], "targets": [OU]}

    def settings(config: dict[str, Any]) -> OrganizationSettings:
        return OrganizationSettings.parse(config, project="p", stack="s", today=date(2026, 11, 30))

    values = {name.partition(":")[2]: key["value"] for name, key in keys.items()}
    assert settings(values | needed) == settings(needed)
