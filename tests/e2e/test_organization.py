"""An organization's perimeter, deployed by the example program: what no bucket owner can take off."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.emulator import ACCOUNT
from local.stand import Stand
from s3_perimeter import AddressSet, Perimeter, bucket_policy
from tests.conftest import Aws, PulumiIn
from tests.e2e.stacks import NETWORKS, PACK, REGION, ROOT, Stack, new_stack
from tests.local.asking import LOCATION, organization_root

pytestmark = pytest.mark.e2e

OWN = f"org-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def stack(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of the example, for the buckets of this file, with the management account's credentials."""
    aws, directory = Aws(stand), tmp_path_factory.mktemp("organization")
    organization_root(aws.organizations())
    project = directory / "project"
    shutil.copytree(ROOT / "examples" / "organization_perimeter", project)
    made = Stack("local", project, PulumiIn(stand, directory)(project))
    new_stack(stand, made.pulumi, made.name)
    made.configure(
        **REGION,
        **{"aws:accessKey": aws.management["key"], "aws:secretKey": aws.management["secret"]},
        allowedNetworks=NETWORKS,
        targets=[ACCOUNT],
        buckets=[f"{OWN}-*"],
        exempt={"services": ["logging.s3.amazonaws.com"]},
        protect=False,
    )
    try:
        yield made
    finally:
        if made.resources():
            made("destroy", "--yes", "--skip-preview")


@pytest.fixture
def deployed(stack: Stack) -> Stack:
    """The same, deployed as it is configured."""
    if not stack.resources():
        stack.up()
    return stack


@pytest.fixture
def not_deployed(stack: Stack) -> Stack:
    """The same with nothing in the organization."""
    if stack.resources():
        stack("destroy", "--yes", "--skip-preview")
    return stack


@pytest.fixture
def born(aws: Aws) -> Iterator[str]:
    """A bucket that was just made and has no policy yet."""
    name = f"{OWN}-{uuid.uuid4().hex[:8]}"
    s3 = aws("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=LOCATION)
    s3.put_object(Bucket=name, Key="notes.txt", Body=b"hello")
    yield name
    s3.delete_object(Bucket=name, Key="notes.txt")
    s3.delete_bucket(Bucket=name)


def reads(aws: Aws, bucket: str, where: str) -> bool:
    """Whether the account's administrator can read the bucket's object from there."""
    try:
        aws("s3", where).get_object(Bucket=bucket, Key="notes.txt")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


def everywhere(aws: Aws, bucket: str) -> dict[str, bool]:
    """From where the administrator can read."""
    places = ("inside", "inside-ipv6", "outside", "outside-ipv6")
    return {place: reads(aws, bucket, place) for place in places}


CLOSED = {"inside": True, "inside-ipv6": True, "outside": False, "outside-ipv6": False}
OPEN = dict.fromkeys(CLOSED, True)


def test_the_policy_pack_judges_it_at_the_preview(not_deployed: Stack) -> None:
    """It accepts the example, and refuses what its own config does not let the example exempt."""
    stack = not_deployed
    stack("preview", *PACK)
    config = stack.directory / "pack.json"
    config.write_text(json.dumps({"organization-policy-denies-outside": {"exempt": {}}}))
    refused = stack("preview", *PACK, "--policy-pack-config", str(config), expect=None)
    assert refused.code != 0
    assert "organization-policy-denies-outside" in refused.text
    assert "logging.s3.amazonaws.com" in refused.text


def test_a_bucket_between_its_birth_and_its_policy_is_closed(
    not_deployed: Stack, aws: Aws, born: str
) -> None:
    """And open without the organization's perimeter: before the deployment and after the end of it."""
    stack = not_deployed
    assert everywhere(aws, born) == OPEN
    stack.up()
    assert everywhere(aws, born) == CLOSED
    stack("destroy", "--yes", "--skip-preview")
    assert everywhere(aws, born) == OPEN


def test_an_administrator_who_deletes_the_policy_lets_no_outsider_in(
    deployed: Stack, aws: Aws, born: str
) -> None:
    """And gives everybody access without the organization's perimeter."""
    fence = bucket_policy(Perimeter(born, AddressSet.parse(NETWORKS), ACCOUNT))
    for attached in (True, False):
        aws("s3").put_bucket_policy(Bucket=born, Policy=fence)
        assert everywhere(aws, born) == CLOSED
        with pytest.raises(ClientError):
            aws("s3", "outside").delete_bucket_policy(Bucket=born)
        aws("s3").delete_bucket_policy(Bucket=born)
        assert everywhere(aws, born) == (CLOSED if attached else OPEN)
        if attached:
            with pytest.raises(ClientError):
                aws("organizations").list_policies(Filter="RESOURCE_CONTROL_POLICY")
            deployed("destroy", "--yes", "--skip-preview")


def test_the_deployment_converges_and_takes_back_what_was_changed(
    deployed: Stack, aws: Aws, born: str
) -> None:
    """A policy changed by hand in the management account shows in `refresh`, and `up` puts it back."""
    stack = deployed
    assert stack.planned() == {}
    (identity,) = stack.outputs()["policyIds"]
    content = json.loads(stack.outputs()["policies"][0])
    content["Statement"][0]["Condition"]["NotIpAddress"]["aws:SourceIp"] = [
        "0.0.0.0/1",
        "128.0.0.0/1",
        "::/0",
    ]
    aws.organizations().update_policy(PolicyId=identity, Content=json.dumps(content))
    assert reads(aws, born, "outside")
    shown = stack("refresh", "--yes", "--skip-preview", "--diff").text
    assert "0.0.0.0/1" in shown
    stack.up()
    assert everywhere(aws, born) == CLOSED


def drifted(
    stack: Stack, aws: Aws, key: dict[str, str] | None = None, *, by_engine: bool = False
) -> tuple[int, list[dict[str, Any]]]:
    """The drift check's exit code and findings, with the management account's credentials.

    The state is read from its file, or ``by_engine`` as the engine exports it.
    """
    key = key or {
        "AWS_ACCESS_KEY_ID": aws.management["key"],
        "AWS_SECRET_ACCESS_KEY": aws.management["secret"],
    }
    state = ("--stack", stack.name) if by_engine else ("--state", str(stack.exported()))
    ran = stack.run("perimeter", "drift", *state, "--format", "json", **key)
    report = json.loads(ran.out)
    return ran.code, report["findings"]


def test_the_drift_check_holds_policies_and_attachments(deployed: Stack, aws: Aws) -> None:
    """By meaning: another order of the statements and of the networks is no drift."""
    stack = deployed
    assert drifted(stack, aws, by_engine=True) == (0, [])
    organizations = aws.organizations()
    (identity,) = stack.outputs()["policyIds"]
    content = json.loads(stack.outputs()["policies"][0])
    address = content["Statement"][0]["Condition"]["NotIpAddress"]
    address["aws:SourceIp"].reverse()
    organizations.update_policy(PolicyId=identity, Content=json.dumps(content, indent=1))
    assert drifted(stack, aws) == (0, [])

    address["aws:SourceIp"].append("198.51.100.0/24")
    organizations.update_policy(PolicyId=identity, Content=json.dumps(content))
    code, (found,) = drifted(stack, aws)
    assert (code, found["control"], found["kind"]) == (1, "organization-policy", "changed")
    assert found["severity"] == "critical"
    assert "198.51.100.0/24" in found["detail"]
    assert found["witness"]["source_ip"].startswith("198.51.100.")

    organizations.detach_policy(PolicyId=identity, TargetId=ACCOUNT)
    root = organization_root(organizations)
    organizations.attach_policy(PolicyId=identity, TargetId=root)
    organizations.disable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    code, findings = drifted(stack, aws)
    said = {(each["control"], each["kind"], each["severity"]) for each in findings}
    assert said == {
        ("organization-policy", "changed", "critical"),
        ("organization-policy-targets", "changed", "critical"),
        ("organization-policy-targets", "missing", "critical"),
        ("organization-policy-targets", "unmanaged", "medium"),
    }
    organization_root(organizations)
    organizations.detach_policy(PolicyId=identity, TargetId=root)
    organizations.delete_policy(PolicyId=identity)
    code, (found,) = drifted(stack, aws)
    assert (found["control"], found["kind"]) == ("organization-policy", "missing")
    stack("up", "--yes", "--skip-preview", "--refresh")
    assert drifted(stack, aws) == (0, [])


def test_what_the_account_may_not_ask_is_unknown(deployed: Stack, aws: Aws) -> None:
    """And never in sync."""
    key = {"aws_access_key_id": aws.management["key"], "aws_secret_access_key": aws.management["secret"]}
    iam, name = aws("iam", **key), f"reader-{uuid.uuid4().hex[:6]}"
    iam.create_user(UserName=name)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    reader = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
    code, findings = drifted(deployed, aws, reader)
    assert code == 2
    unknown = {each["control"] for each in findings if each["kind"] == "unknown"}
    assert {"organization-policy", "organization-policy-targets"} <= unknown
    iam.delete_access_key(UserName=name, AccessKeyId=made["AccessKeyId"])
    iam.delete_user(UserName=name)


def test_a_wider_list_is_deployed_in_place(deployed: Stack, aws: Aws, born: str) -> None:
    """Without a moment at which the old policy is gone and the new one is not there."""
    stack = deployed
    stack.configure(allowedNetworks=[*NETWORKS, "198.51.100.0/24"])
    try:
        assert stack.planned() == {"update": {"aws:organizations/policy:Policy"}}
        stack.up()
        assert reads(aws, born, "outside")
    finally:
        stack.configure(allowedNetworks=NETWORKS)
        stack("destroy", "--yes", "--skip-preview")
