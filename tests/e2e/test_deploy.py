"""The main job: deploy the fenced bucket, work from inside, be refused outside, change it, take it down."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws, Ran
from tests.e2e.stacks import INSIDE, NETWORKS, OUTSIDE, PACK, Stack, checkout_stack, credentials
from tests.warm.warm import AWS, kept

pytestmark = pytest.mark.e2e

WHO = ("user", "admin", "anonymous")
DENIED = "An error occurred (AccessDenied) when calling the ListObjectsV2 operation"


@dataclass(frozen=True)
class Deployed:
    """A deployed stack, and clients of its bucket."""

    stack: Stack
    stand: Stand
    outputs: dict[str, Any]
    home: Path

    @property
    def bucket(self) -> str:
        return str(self.outputs["bucket"])

    def s3(self, address: str, who: str = "user", **key: str) -> Any:
        """An S3 client that appears at ``address``, signing as the remote user, the admin, or not at all."""
        aws = Aws(self.stand)
        options: dict[str, Any] = {}
        if who == "user":
            options = key or credentials(self.outputs)
        elif who == "anonymous":
            options = {"config": Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})}
        return aws("s3", self.stand.vantage(address), **options)

    def aws_cli(self, address: str, who: str, *arguments: str) -> Ran:
        """The real AWS CLI, as somebody who ran ``aws configure``."""
        sign = ["--no-sign-request"] if who == "anonymous" else ["--profile", who]
        return run_aws([*sign, *arguments], self.shell(address))

    def shell(self, address: str) -> dict[str, str]:
        """The environment of a person's shell at ``address``."""
        return {
            **kept(),
            "HOME": str(self.home),
            "AWS_CA_BUNDLE": str(self.stand.authority),
            "AWS_ENDPOINT_URL": self.stand.vantage(address),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }


def run_aws(arguments: list[str], environment: dict[str, str], typed: str = "") -> Ran:
    """Run the AWS CLI of the environment that the tests run in, in the person's home."""
    done = subprocess.run(
        [AWS.command("aws"), *arguments],
        cwd=environment["HOME"],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def users(*rotating: str) -> list[dict[str, Any]]:
    """Two people in one group; the slots are those of the one whose key is replaced in a test."""
    return [{"name": "remote-user"}, {"name": "rotating", "keys": list(rotating or ("a",))}]


@pytest.fixture(scope="module")
def deployed(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The checkout's program, deployed once with the policy pack on, for all tests of this file."""
    directory = tmp_path_factory.mktemp("deploy")
    stack = checkout_stack(stand, directory, "main", users=users())
    stack("up", "--yes", *PACK)
    outputs = stack.outputs()
    admin = stand.record.admin
    user = list(credentials(outputs).values())
    typed = "\n".join([*user, "ap-northeast-1", "", ""])
    environment = {**kept(), "HOME": str(directory)}
    assert run_aws(["configure", "--profile", "user"], environment, typed).code == 0
    with (directory / ".aws" / "credentials").open("a") as file:
        for profile, (key, secret) in {"remote-user": user, "admin": [admin["key"], admin["secret"]]}.items():
            file.write(f"[{profile}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    with (directory / ".aws" / "config").open("a") as file:
        file.writelines(
            f"[profile {profile}]\nregion = ap-northeast-1\n" for profile in ("remote-user", "admin")
        )
    yield Deployed(stack, stand, outputs, directory)
    stack("destroy", "--yes", "--skip-preview")


def test_a_second_up_and_a_refresh_change_nothing(deployed: Deployed) -> None:
    """What was deployed is what is declared, and what AWS has is what the state says."""
    deployed.stack("refresh", "--yes", "--expect-no-changes")
    deployed.stack.up("--expect-no-changes")


@pytest.mark.parametrize("address", INSIDE)
def test_the_aws_cli_works_from_inside(deployed: Deployed, tmp_path: Path, address: str) -> None:
    """From an allowed address the remote user lists, uploads and downloads, byte for byte."""
    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(100_000))
    place = f"s3://{deployed.bucket}/{address.replace(':', '-')}/sent"
    assert deployed.aws_cli(address, "user", "s3", "cp", str(sent), place).code == 0
    listed = deployed.aws_cli(address, "user", "s3", "ls", place)
    assert "100000 sent" in listed.out
    assert deployed.aws_cli(address, "user", "s3", "cp", place, str(tmp_path / "got")).code == 0
    assert (tmp_path / "got").read_bytes() == sent.read_bytes()


def test_the_commands_to_try_work_as_they_stand(deployed: Deployed) -> None:
    """What the stack's output asks a person to type does what it says, and nothing of it works outside."""
    (deployed.home / "hello.txt").write_text("hello")
    set_up, *tries = (shlex.split(command)[1:] for command in deployed.outputs["commands"])
    assert run_aws(set_up, deployed.shell(INSIDE[0])).code == 0
    said = [run_aws(command, deployed.shell(INSIDE[0])) for command in tries[1:]]
    assert [each.code for each in said] == [0, 0, 0], said
    assert "hello.txt" in said[1].out
    assert said[2].out == "hello"
    for command in tries[1:]:
        assert run_aws(command, deployed.shell(OUTSIDE[0])).code != 0


@pytest.mark.parametrize("who", WHO)
def test_the_aws_cli_is_refused_from_outside(deployed: Deployed, who: str) -> None:
    """From a foreign address it is AccessDenied: with a valid key, as an admin, and without any key."""
    refused = deployed.aws_cli(OUTSIDE[0], who, "s3", "ls", f"s3://{deployed.bucket}")
    assert refused.code != 0
    assert DENIED in refused.err


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("address", OUTSIDE, ids=["IPv4", "IPv6"])
def test_boto3_is_refused_from_outside_whatever_it_asks(deployed: Deployed, address: str, who: str) -> None:
    """Nobody lists, reads, writes, deletes, or learns of the bucket's location from a foreign address."""
    inside = deployed.s3(INSIDE[0])
    inside.put_object(Bucket=deployed.bucket, Key="there", Body=b"data")
    outside = deployed.s3(address, who)
    bucket = {"Bucket": deployed.bucket}
    requests: dict[str, dict[str, Any]] = {
        "list_objects_v2": bucket,
        "get_object": {**bucket, "Key": "there"},
        "put_object": {**bucket, "Key": "new", "Body": b"x"},
        "delete_object": {**bucket, "Key": "there"},
        "get_bucket_location": bucket,
        "get_bucket_policy": bucket,
        "delete_bucket_policy": bucket,
        "list_object_versions": bucket,
    }
    for operation, arguments in requests.items():
        with pytest.raises(ClientError) as refused:
            getattr(outside, operation)(**arguments)
        assert refused.value.response["Error"]["Code"] == "AccessDenied", operation
    assert inside.get_object(Bucket=deployed.bucket, Key="there")["Body"].read() == b"data"


@pytest.mark.parametrize("address", INSIDE, ids=["IPv4", "IPv6"])
def test_boto3_works_from_inside_and_only_as_permitted(deployed: Deployed, address: str) -> None:
    """The remote user's permissions are what config says: objects yes, the fence itself no."""
    s3 = deployed.s3(address)
    s3.put_object(Bucket=deployed.bucket, Key="mine", Body=b"mine")
    assert s3.get_object(Bucket=deployed.bucket, Key="mine")["Body"].read() == b"mine"
    assert "mine" in [each["Key"] for each in s3.list_objects_v2(Bucket=deployed.bucket)["Contents"]]
    for operation in ("delete_bucket_policy", "get_bucket_policy"):
        with pytest.raises(ClientError) as refused:
            getattr(s3, operation)(Bucket=deployed.bucket)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(ClientError):
        s3.list_buckets()


def test_plain_http_is_refused_even_from_inside(deployed: Deployed) -> None:
    """Without TLS nobody gets in, wherever they are."""
    plain = Aws(deployed.stand)("s3", deployed.stand.vantage(INSIDE[0], tls=False))
    with pytest.raises(ClientError) as refused:
        plain.list_objects_v2(Bucket=deployed.bucket)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_the_bucket_in_aws_is_what_was_asked_for(deployed: Deployed) -> None:
    """Versioning, ownership, encryption, public-access block and logging are on in AWS itself."""
    s3 = deployed.s3(INSIDE[0], "admin")
    bucket = {"Bucket": deployed.bucket}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    ownership = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert ownership[0]["ObjectOwnership"] == "BucketOwnerEnforced"
    block = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert list(block.values()) == [True] * 4
    rule = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    logging = s3.get_bucket_logging(**bucket)["LoggingEnabled"]
    assert logging["TargetBucket"] == deployed.outputs["logBucket"]


def test_the_log_bucket_is_fenced_like_the_bucket(deployed: Deployed) -> None:
    """The access logs, which name every object, are as far out of reach from outside."""
    for who in ("admin", "anonymous"):
        with pytest.raises(ClientError) as refused:
            deployed.s3(OUTSIDE[0], who).list_objects_v2(Bucket=deployed.outputs["logBucket"])
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    deployed.s3(INSIDE[0], "admin").list_objects_v2(Bucket=deployed.outputs["logBucket"])


def test_changing_the_allow_list_changes_the_policy_and_nothing_else(deployed: Deployed) -> None:
    """`config set --path`, `up`: the new address works, the dropped one does not, the data is untouched."""
    bucket, stack = deployed.bucket, deployed.stack
    deployed.s3(INSIDE[0]).put_object(Bucket=bucket, Key="kept", Body=b"kept")
    stack("config set", "--path", "s3-perimeter:allowedNetworks[1]", "198.51.100.0/24")
    assert stack.planned() == {"update": {"aws:s3/bucketPolicy:BucketPolicy"}}
    stack.up()
    assert deployed.s3(OUTSIDE[0]).get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"
    with pytest.raises(ClientError) as refused:
        deployed.s3(INSIDE[1]).get_object(Bucket=bucket, Key="kept")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert stack.outputs()["allowedNetworks"] == ["198.51.100.0/24", "203.0.113.0/24"]
    stack.configure(allowedNetworks=NETWORKS)
    stack.up()
    assert deployed.s3(INSIDE[1]).get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"


def test_no_secret_is_in_state_outputs_or_log(deployed: Deployed) -> None:
    """The secret access key is encrypted in the state and masked wherever the CLI prints it."""
    secret = credentials(deployed.outputs)["aws_secret_access_key"]
    assert secret not in deployed.stack("stack output").text
    assert secret not in deployed.stack("stack export").text
    assert secret not in deployed.stack("preview", "--diff", "--show-sames").text
    files = [file for file in deployed.home.rglob("*.json") if "stacks" in file.parts]
    assert files
    assert not [file for file in files if secret in file.read_text()]


def test_no_file_goes_with_the_state_that_a_kill_could_leave_empty(deployed: Deployed) -> None:
    """The engine cannot load a stack whose file of attributes is empty, so there is none."""
    assert not [file for file in deployed.home.rglob("*.attrs") if "stacks" in file.parts]


def test_the_pack_judges_the_exported_state_by_what_is_in_force(deployed: Deployed, tmp_path: Path) -> None:
    """`pulumi policy analyze` needs no config: the state passes, and fails once its Deny is an Allow."""
    state = tmp_path / "state.json"
    deployed.stack("stack export", "--file", str(state))
    run = deployed.stack.pulumi
    run("policy", "analyze", "--file", str(state), *PACK)
    text = state.read_text()
    opened = text.replace('\\"Effect\\":\\"Deny\\"', '\\"Effect\\":\\"Allow\\"')
    assert opened != text
    state.write_text(opened)
    refused = run("policy", "analyze", "--file", str(state), *PACK, expect=None)
    assert refused.code != 0
    assert "bucket-policy-denies-outside" in refused.text
    assert "`allowedNetworks`" in refused.text


def test_rotating_a_key_keeps_the_other_slot_working(deployed: Deployed) -> None:
    """A second slot is a second key; without the first slot its key is dead and the second one works."""
    stack = deployed.stack
    bucket = deployed.bucket
    stack.configure(users=users("a", "b"))
    stack.up()
    both = stack.outputs()
    first, second = (credentials(both, "rotating", slot) for slot in ("a", "b"))
    for key in (first, second):
        deployed.s3(INSIDE[0], **key).list_objects_v2(Bucket=bucket)
    assert first == credentials(deployed.outputs, "rotating")
    stack.configure(users=users("b"))
    stack.up()
    with pytest.raises(ClientError) as refused:
        deployed.s3(INSIDE[0], **first).list_objects_v2(Bucket=bucket)
    assert refused.value.response["Error"]["Code"] == "InvalidAccessKeyId"
    deployed.s3(INSIDE[0], **second).list_objects_v2(Bucket=bucket)
    assert credentials(stack.outputs()) == credentials(deployed.outputs)
