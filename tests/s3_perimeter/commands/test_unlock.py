"""The ways back in, shown from outside of the fence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from s3_perimeter.commands.main import main
from tests.s3_perimeter.commands.engine_answers import CONFIG, SIGNATURE, URN, answers, resource, state

ROLE = "arn:aws:iam::111122223333:role/break-glass"


def test_every_way_back_is_shown_with_its_commands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root's is there always, a break-glass principal's where the config names one."""
    answers(monkeypatch, tmp_path, export=state())
    assert main(["unlock", "--stack", "dev"]) == 0
    printed = capsys.readouterr().out
    command = "aws s3api delete-bucket-policy --bucket example-bucket --expected-bucket-owner 111122223333"
    assert command in printed
    assert "203.0.113.0/24" in printed
    assert "break-glass" not in printed
    config = {**CONFIG, "s3-perimeter:breakGlassPrincipals": {"value": "", "objectValue": [ROLE]}}
    answers(monkeypatch, tmp_path, export=state(), config=config)
    assert main(["unlock", "--stack", "dev", "--format", "json"]) == 0
    ways = json.loads(capsys.readouterr().out)["ways"]
    assert ways[1]["who"] == ROLE
    assert ways[1]["commands"][0].startswith(f"aws sts assume-role --role-arn {ROLE} ")


def broken_off(*policies: str) -> dict[str, Any]:
    """The state of a first deployment that broke off: the component's bucket, and no outputs yet."""
    component = "s3-perimeter:index:PrivateBucket"
    child = f"{component}$aws:s3/bucket:Bucket"
    parent = f"{URN}{component}::private-bucket"
    logs = f"{URN}{component}$s3-perimeter:index:AccessLogBucket::private-bucket-logs"
    resources = [
        resource("pulumi:pulumi:Stack", "s3-perimeter-dev"),
        resource(component, "private-bucket"),
        {**resource("aws:s3/bucket:Bucket", "private-bucket-logs", bucket="b-logs"), "parent": logs},
        {
            **resource("aws:s3/bucket:Bucket", "private-bucket", bucket="b", arn="arn:aws-cn:s3:::b"),
            "urn": f"{URN}{child}::private-bucket",
            "parent": parent,
        },
        resource("aws:iam/user:User", "u", name="u", arn="arn:aws-cn:iam::111122223333:user/u"),
        *(resource("aws:s3/bucketPolicy:BucketPolicy", "p", bucket="b", policy=text) for text in policies),
    ]
    pending = {"type": "updating", "resource": resource("aws:s3/bucketPolicy:BucketPolicy", "p")}
    return {"version": 3, "deployment": {"resources": resources, "pending_operations": [pending]}}


def test_a_deployment_that_broke_off_has_a_way_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When it is needed most: no outputs, and a policy that is not the one of the config."""
    fence = Perimeter(
        bucket="b",
        allowed=AddressSet.parse(["192.0.2.0/24"]),
        account="111122223333",
        partition="aws-cn",
        break_glass=("arn:aws-cn:iam::111122223333:role/in-the-policy",),
    )
    config = {**CONFIG, "s3-perimeter:breakGlassPrincipals": {"value": "", "objectValue": [ROLE]}}
    answers(monkeypatch, tmp_path, export=broken_off(bucket_policy(fence)), config=config)
    assert main(["unlock", "--stack", "dev", "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["bucket"], printed["account"]) == ("b", "111122223333")
    assert printed["pending"] == ["updating BucketPolicy p"]
    inside, exempt, *_ = printed["ways"]
    assert "192.0.2.0/24" in inside["why"]
    assert exempt["who"] == "arn:aws-cn:iam::111122223333:role/in-the-policy"
    assert ROLE not in json.dumps(printed)
    assert main(["unlock", "--stack", "dev"]) == 0
    assert "was interrupted (updating BucketPolicy p)" in capsys.readouterr().out


def test_before_the_fence_is_deployed_it_locks_nobody_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bucket is in the state and its policy is not."""
    answers(monkeypatch, tmp_path, export=broken_off())
    assert main(["unlock", "--stack", "dev"]) == 0
    assert (
        "the state contains no bucket policy of this stack, so it locks nobody out" in capsys.readouterr().out
    )


def test_a_policy_that_is_a_secret_is_not_taken_for_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It holds people out all the same."""
    exported = broken_off("closed")
    exported["deployment"]["resources"][-1]["outputs"]["policy"] = {**SIGNATURE, "ciphertext": "v1:x"}
    answers(monkeypatch, tmp_path, export=exported)
    assert main(["unlock", "--stack", "dev"]) == 0
    said = capsys.readouterr().out
    assert "is a secret in the state" in said
    assert "the state contains no bucket policy of this stack, so it locks nobody out" not in said


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        pytest.param(2, "has no bucket yet", id="before the bucket"),
        pytest.param(1, "was not created by s3-perimeter", id="before the component"),
    ],
)
def test_a_deployment_that_broke_off_before_its_bucket_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: int, said: str
) -> None:
    """There is nothing to be locked out of."""
    exported = broken_off()
    del exported["deployment"]["resources"][kept:]
    answers(monkeypatch, tmp_path, export=exported)
    assert main(["unlock", "--stack", "dev"]) == 2
    assert said in capsys.readouterr().err


def test_a_stack_of_another_organization_is_named_in_full_in_every_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pulumi takes a bare name for a stack of one's own organization."""
    answers(monkeypatch, tmp_path, export=state())
    assert main(["unlock", "--stack", "acme/s3-perimeter/dev"]) == 0
    printed = capsys.readouterr().out
    assert "pulumi up --stack acme/s3-perimeter/dev" in printed
    assert "--stack dev" not in printed


@pytest.mark.parametrize(
    "value", ["office", "", "198.51.100.0/33", "::ffff:0:0/96", "${aws:PrincipalTag/net}"]
)
def test_a_policy_whose_list_is_not_decided_is_reported_neither_open_nor_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    """Nobody is sent to an address that may be refused; whom the policy exempts by name gets in all the
    same.
    """
    role = ROLE.replace("aws:", "aws-cn:", 1)
    fence = Perimeter(
        bucket="b",
        allowed=AddressSet.parse(["192.0.2.0/24"]),
        account="111122223333",
        partition="aws-cn",
        break_glass=(role,),
    )
    policy = json.loads(bucket_policy(fence))
    for statement in policy["Statement"]:
        if "NotIpAddress" in statement.get("Condition", {}):
            statement["Condition"]["NotIpAddress"]["aws:SourceIp"] = ["192.0.2.0/24", value]
    answers(monkeypatch, tmp_path, export=broken_off(json.dumps(policy)))
    assert main(["unlock", "--stack", "dev", "--format", "json"]) == 0
    inside, exempt, *_ = json.loads(capsys.readouterr().out)["ways"]
    assert "the fence allows" not in inside["why"]
    assert "is not decided" in inside["why"]
    assert "statement 1" in inside["why"]
    assert exempt["who"] == role


def test_a_policy_that_cannot_be_read_is_reported_as_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not as one that allows nobody."""
    answers(monkeypatch, tmp_path, export=broken_off("no policy"))
    assert main(["unlock", "--stack", "dev"]) == 0
    said = capsys.readouterr().out
    assert "cannot be read" in said
    assert "allows no address at all" not in said
