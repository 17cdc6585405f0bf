"""The daily jobs on a stack that the real engine deployed on the embedded AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.stand import Stand
from s3_perimeter.commands.main import main
from tests.conftest import Aws
from tests.e2e.stacks import ROOT, Stack, checkout_stack

pytestmark = pytest.mark.e2e

NETWORKS: list[Any] = [{"cidr": "203.0.113.0/24", "label": "office"}, "2001:db8:1234::/48"]


@pytest.fixture(scope="module")
def deployed(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The checkout's program, deployed once for the jobs of this file."""
    stack = checkout_stack(stand, tmp_path_factory.mktemp("jobs"), "jobs", allowedNetworks=NETWORKS)
    stack.up()
    yield stack
    stack("destroy", "--yes", "--skip-preview")


@pytest.fixture
def jobs(deployed: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `perimeter … --stack jobs` in the project's folder: the exit code, and standard output."""
    for name, value in deployed.pulumi.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(deployed.directory)

    def run(command: str, *arguments: str) -> tuple[int, str]:
        code = main([command, "--stack", "jobs", *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out or said.err

    return run


def wait_for_log(aws: Aws, bucket: str, address: str) -> None:
    """Wait until a request from an address is in the access logs."""
    s3, until = aws("s3"), time.monotonic() + 60
    while time.monotonic() < until:
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
            if address in s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode():
                return
        time.sleep(0.2)
    raise AssertionError(f"no access log has {address}")


def test_a_plan_says_who_gains_and_who_loses_access(
    deployed: Stack, jobs: Any, stand: Stand, aws: Aws
) -> None:
    """By label, from the real preview; the address that is in the logs and loses its way is named."""
    outputs = deployed.outputs()
    aws("s3", stand.vantage("2001:db8:1234::77")).list_objects_v2(Bucket=outputs["bucket"])
    wait_for_log(aws, outputs["logBucket"], "2001:db8:1234::77")
    deployed.configure(
        allowedNetworks=[NETWORKS[0], {"cidr": "198.51.100.0/24", "label": "Osaka", "expires": "2099-12-31"}]
    )
    try:
        code, said = jobs("plan", "--from", "2001:db8:1234::5", "--format", "json")
    finally:
        deployed.configure(allowedNetworks=NETWORKS)
    result = json.loads(said)
    assert code == 1, "the address given with --from would lose access"
    assert result["unreachable"] == ["2001:db8:1234::5"]
    assert [(one["cidr"], one["label"]) for one in result["opens"]] == [("198.51.100.0/24", "Osaka")]
    assert [one["cidr"] for one in result["closes"]] == ["2001:db8:1234::/48"]
    assert [one["address"] for one in result["seen"]["shut_out"]] == ["2001:db8:1234::77"]
    assert result["expiring"][0]["until"] == "2099-12-31"


def test_a_plan_names_whatever_it_opens(deployed: Stack, jobs: Any) -> None:
    """Exemptions, people and keys, each in one line, with the day that an entry gets and what the program
    warns of.
    """
    role = "arn:aws:iam::111122223333:role/break-glass"
    deployed.configure(
        allowedNetworks=[{**NETWORKS[0], "expires": "2099-12-31"}, NETWORKS[1], "203.0.113.0/25"],
        vpcEndpoints=["vpce-0a1b2c3d4e5f67890"],
        breakGlassPrincipals=[role],
        trustAwsServices=True,
        users=[{"name": "remote-user", "keys": ["a", "b"]}, {"name": "mei", "access": ["read"]}],
    )
    added = ("vpcEndpoints", "breakGlassPrincipals", "trustAwsServices", "users")
    try:
        code, said = jobs("plan", "--no-logs", "--format", "json")
        result = json.loads(said)
        text = jobs("plan", "--no-logs")[1]
    finally:
        deployed.configure(allowedNetworks=NETWORKS, **dict.fromkeys(added))
    assert code == 0, said
    assert [(one["kind"], one["name"]) for one in result["opens"]] == [
        ("aws-services", "any AWS service"),
        ("break-glass", role),
        ("vpc-endpoint", "vpce-0a1b2c3d4e5f67890"),
        ("access-key", "remote-user"),
        ("user", "mei"),
    ]
    assert result["closes"] == []
    assert [(one["cidr"], one["from"], one["to"]) for one in result["ends"]] == [
        ("203.0.113.128/25", None, "2099-12-31")
    ]
    assert any("203.0.113.0/25` lies inside" in warning for warning in result["warnings"]), result["warnings"]
    assert len([line for line in text.splitlines() if line.startswith("opens")]) == 5


def test_a_config_that_changes_nothing_plans_nothing(jobs: Any) -> None:
    """And says so."""
    code, said = jobs("plan", "--no-logs")
    assert code == 0
    assert "No change in who has access" in said


def test_who_was_denied_is_read_from_the_log_bucket(
    deployed: Stack, jobs: Any, stand: Stand, aws: Aws
) -> None:
    """The user's own key from a strange address may be stolen, and is a warning."""
    outputs = deployed.outputs()
    keys = {
        "aws_access_key_id": outputs["accessKeyIds"]["remote-user"]["a"],
        "aws_secret_access_key": outputs["secretAccessKeys"]["remote-user"]["a"],
    }
    s3 = aws("s3", stand.vantage("198.18.7.7"), **keys)
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=outputs["bucket"])
    wait_for_log(aws, outputs["logBucket"], "198.18.7.7")
    code, said = jobs("denied", "--format", "json")
    found = [one for one in json.loads(said)["denied"] if one["address"] == "198.18.7.7"]
    assert code == 1
    assert (found[0]["key_of"], found[0]["probably_yours"]) == ("remote-user", False)
    assert found[0]["admit"] is None
    code, said = jobs("denied", "--athena")
    assert f"s3://{outputs['logBucket']}/access/" in said


def test_an_entry_that_was_just_added_is_not_called_unused(
    deployed: Stack, jobs: Any, stand: Stand, aws: Aws
) -> None:
    """The history of the stack shows how old it is."""
    outputs = deployed.outputs()
    aws("s3", stand.vantage("203.0.113.78")).list_objects_v2(Bucket=outputs["bucket"])
    wait_for_log(aws, outputs["logBucket"], "203.0.113.78")
    code, said = jobs("denied", "--unused", "--format", "json")
    result = json.loads(said)
    assert result["lines"]
    assert (code, result["unused"]) == (0, [])
    assert all(entry["added"] > result["since"] for entry in result["entries"])


def test_a_key_is_rotated_step_by_step_without_an_interruption(
    deployed: Stack, jobs: Any, aws: Aws, tmp_path: Path
) -> None:
    """Create, hand over, wait for its use, deactivate, take back, deactivate, delete."""
    bucket = deployed.outputs()["bucket"]

    @cache
    def handed_over(slot: str) -> list[str]:
        file = tmp_path / f"{slot}-{time.monotonic_ns()}.csv"
        assert jobs("credentials", "--slot", slot, "--csv", str(file))[0] == 0
        return file.read_text().splitlines()[1].split(",")

    def works(slot: str) -> bool:
        _, key, secret = handed_over(slot)
        s3 = aws("s3", aws_access_key_id=key, aws_secret_access_key=secret)
        try:
            s3.list_objects_v2(Bucket=bucket)
        except s3.exceptions.ClientError:
            return False
        return True

    def used(slot: str) -> object:
        key = deployed.outputs()["accessKeyIds"]["remote-user"][slot]
        return aws("iam").get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]["LastUsedDate"]

    def step(*arguments: str) -> tuple[int, str]:
        code, said = jobs("rotate", "--format", "json", *arguments)
        return code, json.loads(said)["step"]

    assert step() == (0, "create")
    assert step("--yes") == (0, "create")
    assert works("a")
    assert step("--yes") == (1, "hand-over")
    assert jobs("verify")[0] == 0
    code, said = jobs("verify", "--slot", "b")
    assert (code, "has never been used" in said) == (2, True)
    assert step("--yes") == (1, "hand-over"), "what the operator tries is no first use of the new key"
    assert works("b")
    before = used("a")
    assert jobs("verify")[0] == 0
    assert used("a") == before, "the old key goes quiet though the operator goes on verifying"
    assert step("--yes") == (1, "wait")
    assert step("--yes", "--quiet-for", "0h") == (0, "deactivate")
    handed_over.cache_clear()  # a key that is inactive can still be handed over
    assert works("b")
    assert not works("a")
    assert jobs("rotate", "--reactivate", "--yes")[0] == 0
    assert works("a")
    assert step("--yes", "--force") == (0, "deactivate")
    assert step("--yes") == (0, "delete")
    assert works("b")
    assert list(deployed.outputs()["accessKeyIds"]["remote-user"]) == ["b"]


def test_a_rotation_does_not_deploy_what_else_is_pending(deployed: Stack, jobs: Any) -> None:
    """A network that nobody has reviewed: refused, with the config and the stack as they were."""
    deployed.configure(allowedNetworks=[*NETWORKS, "198.51.100.0/24"])
    file = deployed.directory / f"Pulumi.{deployed.name}.yaml"
    before, keys = file.read_text(), deployed.outputs()["accessKeyIds"]
    try:
        code, said = jobs("rotate", "--yes")
        assert code == 2
        assert "update BucketPolicy private-bucket" in said
        assert "perimeter plan --stack jobs" in said
        assert file.read_text() == before
    finally:
        deployed.configure(allowedNetworks=NETWORKS)
    outputs = deployed.outputs()
    assert (outputs["accessKeyIds"], outputs["allowedNetworks"]) == (
        keys,
        ["203.0.113.0/24", "2001:db8:1234::/48"],
    )


def test_without_a_name_the_selected_stack_is_meant(
    deployed: Stack, jobs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with pulumi itself; with none selected, the sentence says what to do."""
    assert jobs
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    deployed.pulumi("stack", "select", "jobs")
    assert main(["unlock"]) == 0
    assert capsys.readouterr().err == "stack jobs, which is selected\n"
    deployed.pulumi("stack", "unselect")
    assert main(["unlock"]) == 2
    assert capsys.readouterr().err.startswith("error: no stack is selected\n")
    deployed.pulumi("stack", "select", "jobs")


def test_a_deployment_that_breaks_off_leaves_a_way_back(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program fails after its bucket was made: no output is written, and `unlock` answers."""
    stack = checkout_stack(stand, tmp_path, "broken", allowedNetworks=NETWORKS)
    program = stack.directory / "__main__.py"
    whole = program.read_text()
    program.write_text(
        f"{whole.partition('pulumi.export')[0]}\nprivate_bucket.policy.apply(lambda _: 1 / 0)\n"
    )
    stack.up(expect=None)
    assert not json.loads(stack("stack output", "--json").out)
    for name, value in stack.pulumi.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(stack.directory)
    try:
        assert main(["unlock", "--stack", "broken", "--format", "json"]) == 0
        result = json.loads(capsys.readouterr().out)
        assert result["bucket"].startswith("s3-perimeter-broken-")
    finally:
        program.write_text(whole)
        stack("destroy", "--yes", "--skip-preview")


def test_root_opens_the_way_back_as_unlock_says(deployed: Stack, jobs: Any, stand: Stand, aws: Aws) -> None:
    """A fence that holds everybody out comes off by its printed command, and `up --refresh` puts the right
    one on.
    """
    bucket = deployed.outputs()["bucket"]
    code, said = jobs("unlock")
    assert code == 0
    assert f"aws s3api delete-bucket-policy --bucket {bucket}" in said
    nobody = json.loads(aws("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    nobody["Statement"][0]["Condition"]["NotIpAddress"]["aws:SourceIp"] = ["192.0.2.1/32"]
    aws("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(nobody))
    assert jobs("verify")[0] == 1
    root_s3(stand).delete_bucket_policy(Bucket=bucket)
    deployed.up("--refresh")
    assert jobs("verify")[0] == 0


def root_s3(stand: Stand) -> Any:
    """S3 as the account's root reaches it: through the vantage point that lets root's key in."""
    return boto3.client(
        "s3",
        endpoint_url=stand.endpoint("root"),
        region_name="ap-northeast-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        verify=str(stand.authority),
    )


@pytest.mark.parametrize(
    "command", ["check", "denied", "drift", "plan", "preview", "report", "unlock", "verify"]
)
def test_a_stack_has_its_full_name_in_every_command(
    command: str, deployed: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As Pulumi Cloud names it; the organization of a backend in files is `organization`."""
    for name, value in deployed.pulumi.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(deployed.directory)
    more = {
        "preview": ["--policy-pack", str(ROOT / "policies")],
        "report": ["--no-drift"],
        "denied": ["--since", "1h"],
    }
    full = "organization/s3-perimeter/jobs"
    code = main([command, "--stack", full, *more.get(command, [])])
    said = capsys.readouterr()
    # Whether somebody was denied within the hour is the other tests' doing.
    assert code in ((0, 1) if command == "denied" else (0,)), said.out + said.err
    assert "--stack jobs" not in said.out + said.err
