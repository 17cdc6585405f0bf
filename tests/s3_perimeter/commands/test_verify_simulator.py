"""With no outside at hand IAM's policy simulator is asked; answers in the API's documented shape."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.stub import ANY, Stubber

from s3_perimeter import AddressSet
from s3_perimeter.aws import REFUSALS, Aws, in_words
from s3_perimeter.commands.verify.outside import simulate
from s3_perimeter.stack.deployed import read_stack
from s3_perimeter.stack.outside import samples_outside
from tests.s3_perimeter.commands.engine_answers import USER_ARN, answers, resource, state


class Stubbed(Aws):
    """An account whose IAM answers as it was made to."""

    def __init__(self, iam: Any) -> None:
        super().__init__()
        self.iam = iam

    def client(self, service: str) -> Any:
        assert service == "iam"
        return self.iam


@pytest.mark.parametrize("decision", ["explicitDeny", "implicitDeny", "allowed"])
def test_the_simulator_is_asked_as_the_user_from_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, decision: str
) -> None:
    """With the bucket's policy, and the source address as the request would have it."""
    exported = state()
    policy = resource(
        "aws:s3/bucketPolicy:BucketPolicy", "policy", bucket="example-bucket", policy='{"Version": "x"}'
    )
    exported["deployment"]["resources"].append(policy)
    answers(monkeypatch, tmp_path, export=exported)
    stack = read_stack("dev")
    iam = boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(iam) as stubber:
        stubber.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": [{"EvalActionName": "s3:ListBucket", "EvalDecision": decision}]},
            {
                "PolicySourceArn": USER_ARN,
                "CallerArn": USER_ARN,
                "ActionNames": ["s3:ListBucket"],
                "ResourceArns": ["arn:aws:s3:::example-bucket"],
                "ResourcePolicy": '{"Version": "x"}',
                "ContextEntries": ANY,
            },
        )
        asked = {"s3:ListBucket": "arn:aws:s3:::example-bucket"}
        found = simulate(Stubbed(iam), stack, stack.user(None), asked, "198.51.100.7")
    assert found == {"s3:ListBucket": decision}


def test_the_sample_is_outside_whatever_is_allowed() -> None:
    """A documentation address, unless the allow-list holds it."""
    assert samples_outside(AddressSet.parse(["203.0.113.0/24"])) == {
        "IPv4": "198.51.100.7",
        "IPv6": "2001:db8:ffff::7",
    }
    wide = samples_outside(AddressSet.parse(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "::/0"]))
    assert list(wide) == ["IPv4"]
    assert ip_address(wide["IPv4"]).is_global
    assert samples_outside(AddressSet.everything()) == {}


@pytest.mark.parametrize("code", [*REFUSALS, "403", "404", "SomethingNew"])
def test_every_refusal_of_aws_is_a_sentence(code: str) -> None:
    """It begins with what was being done."""
    answer = {"Error": {"Code": code, "Message": "words"}}
    refused = in_words("reading the logs", ClientError(answer, "GetObject"))
    assert refused.problem.startswith("reading the logs: ")
    assert "Traceback" not in str(refused)


def test_no_credentials_and_no_network_are_distinguished() -> None:
    """Each with its own way out."""
    assert "no usable AWS credentials" in in_words("x", NoCredentialsError()).problem
    assert "cannot be reached" in in_words("x", EndpointConnectionError(endpoint_url="https://s3")).problem
