"""What the engine can see of the provider besides the types: secrets, errors, runs that were cut off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2

from local.provider.values import UNKNOWN, Secret, encode, reveal
from local.stand import Stand
from tests.conftest import Aws
from tests.local.provider.conftest import READ, Things
from tests.local.provider.engine import CheckFailedError, Engine, FailedError, State

USER, KEY, POLICY = "aws:iam/user:User", "aws:iam/accessKey:AccessKey", "aws:iam/policy:Policy"


@pytest.fixture
def user(engine: Engine) -> Iterator[str]:
    """A user of the engine's stack."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    engine.up(USER, "it", {"name": name, "forceDestroy": True})
    yield name
    engine.delete(USER, "it")


def test_the_secret_of_an_access_key_is_secret_and_works(engine: Engine, user: str, aws: Aws) -> None:
    """It is wrapped in previews, creates, refreshes and updates; it signs requests."""
    preview = engine.preview(KEY, "it", {"user": user})
    assert preview["secret"] == Secret(UNKNOWN)
    engine.up(KEY, "it", {"user": user})
    state = engine.states[KEY, "it"]
    secret = state.outputs["secret"]
    assert isinstance(secret, Secret)
    assert isinstance(state.outputs["sesSmtpPasswordV4"], Secret)
    engine.refresh(KEY, "it")
    assert engine.states[KEY, "it"].outputs["secret"] == secret
    engine.up(KEY, "it", {"user": user, "status": "Inactive"})
    assert engine.states[KEY, "it"].outputs["secret"] == secret
    engine.up(KEY, "it", {"user": user, "status": "Active"})
    sts = aws("sts", aws_access_key_id=state.identity, aws_secret_access_key=secret.value)
    assert sts.get_caller_identity()["Arn"].endswith(f":user/{user}")
    imported = engine.read(KEY, "it", state.identity)
    assert imported is not None
    assert "secret" not in imported.outputs
    engine.delete(KEY, "it")


def test_secret_inputs_stay_secret(engine: Engine) -> None:
    """An input that the program marks secret is secret in checked inputs, previews and outputs."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    declared = {"name": name, "tags": {"open": "1", "hidden": Secret("2")}}
    checked = engine.check(USER, "it", declared)
    assert checked["tags"] == {"open": "1", "hidden": Secret("2")}
    engine.up(USER, "it", declared)
    assert engine.states[USER, "it"].outputs["tags"] == {"open": "1", "hidden": Secret("2")}
    engine.refresh(USER, "it")
    assert engine.states[USER, "it"].outputs["tags"] == {"open": "1", "hidden": Secret("2")}
    engine.delete(USER, "it")


def test_errors_name_the_resource_the_operation_and_awss_reason(engine: Engine, user: str) -> None:
    """As the real provider words them."""
    with pytest.raises(FailedError, match="creating IAM User") as failed:
        engine.up(USER, "again", {"name": user})
    message = str(failed.value)
    assert (
        f"creating IAM User ({user}): operation error CreateUser, https response error StatusCode: 409"
        in message
    )
    assert "api error EntityAlreadyExists: " in message
    assert failed.value.partial is None


def test_an_update_that_fails_half_way_says_how_far_it_came(engine: Engine) -> None:
    """The new policy version is refused: state stays at what is in AWS, and a later run fixes it."""
    name = f"policy-{uuid.uuid4().hex[:8]}"
    engine.up(POLICY, "it", {"name": name, "policy": READ})
    with pytest.raises(FailedError, match="updating IAM Policy") as failed:
        engine.up(POLICY, "it", {"name": name, "policy": json.dumps({"Version": "1999-01-01"})})
    assert failed.value.partial is not None
    assert failed.value.partial.properties["policy"] == READ
    assert engine.up(POLICY, "it", {"name": name, "policy": READ})[0] == "same"
    engine.delete(POLICY, "it")


def test_a_policy_keeps_a_version_free_for_its_next_one(engine: Engine, aws: Aws) -> None:
    """IAM keeps five versions: the oldest goes before a sixth comes."""
    name = f"policy-{uuid.uuid4().hex[:8]}"
    for number in range(8):
        _, outputs = engine.up(POLICY, "it", {"name": name, "policy": READ.replace("some", f"b-{number}")})
    iam = aws("iam")
    assert len(iam.list_policy_versions(PolicyArn=outputs["arn"])["Versions"]) == 5
    assert "b-7" in outputs["policy"]
    engine.delete(POLICY, "it")


def test_documents_of_one_meaning_are_no_difference(engine: Engine) -> None:
    """Order of keys and values, one value and a list of it, numbers and their texts."""
    name = f"policy-{uuid.uuid4().hex[:8]}"
    one = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::a/*"}
        ],
    }
    other = (
        '{"Statement": {"Resource": ["arn:aws:s3:::a/*"], "Action": ["s3:PutObject", "s3:GetObject"],'
        ' "Effect": "Allow"}, "Version": "2012-10-17"}'
    )
    engine.up(POLICY, "it", {"name": name, "policy": one})
    assert engine.up(POLICY, "it", {"name": name, "policy": other})[0] == "same"
    different = other.replace("PutObject", "DeleteObject")
    assert engine.diff(POLICY, "it", {"name": name, "policy": different}).paths == {"policy": "update"}
    engine.delete(POLICY, "it")


def test_providers_of_several_regions_do_not_mix(stand: Stand) -> None:
    """Each connection has its own configuration, in one process."""
    port = stand.record.provider
    tokyo, oregon = Engine(port, {"region": "ap-northeast-1"}), Engine(port, {"region": "us-west-2"})
    for each, region in ((tokyo, "ap-northeast-1"), (oregon, "us-west-2"), (tokyo, "ap-northeast-1")):
        assert each.invoke("aws:index/getRegion:getRegion")["region"] == region
    name = f"region-{uuid.uuid4().hex[:8]}"
    _, outputs = oregon.up("aws:s3/bucket:Bucket", "it", {"bucket": name})
    assert outputs["bucketRegion"] == "us-west-2"
    oregon.delete("aws:s3/bucket:Bucket", "it")


def test_a_create_whose_answer_was_lost_is_taken_over(engine: Engine, user: str, aws: Aws) -> None:
    """The engine died before it wrote the answer down: its next run gets the same key, and no second one."""
    engine.up(KEY, "it", {"user": user})
    lost = engine.states.pop((KEY, "it"))
    _, outputs = engine.up(KEY, "it", {"user": user})
    assert engine.states[KEY, "it"].identity == lost.identity
    assert outputs["secret"] == reveal(lost.outputs["secret"])
    assert len(aws("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]) == 1
    engine.delete(KEY, "it")


def test_a_lost_create_with_other_inputs_is_left_alone(engine: Engine, user: str, aws: Aws) -> None:
    """The program has changed since: as with the real provider, what is left is for a person to look at."""
    engine.up(KEY, "it", {"user": user})
    lost = engine.states.pop((KEY, "it"))
    engine.up(KEY, "it", {"user": user, "status": "Inactive"})
    keys = {each["AccessKeyId"] for each in aws("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]}
    assert keys == {lost.identity, engine.states[KEY, "it"].identity}
    engine.delete(KEY, "it")
    aws("iam").delete_access_key(UserName=user, AccessKeyId=lost.identity)


def test_what_the_engine_has_spoken_of_is_never_taken_over(engine: Engine, user: str) -> None:
    """A replacement makes a second key in addition to the first, which the engine knows."""
    engine.up(KEY, "it", {"user": user})
    assert engine.up(KEY, "it", {"user": user})[0] == "same"
    first = engine.states.pop((KEY, "it"))
    engine.up(KEY, "it", {"user": user})
    assert engine.states[KEY, "it"].identity != first.identity
    engine.delete(KEY, "it")
    engine.states[KEY, "it"] = first
    engine.delete(KEY, "it")


def test_what_is_being_made_is_ended_before_the_stand_stops(tmp_path: Path) -> None:
    """The provider asks the very stand that waits for it: it is answered, and need not be killed."""
    with Stand(tmp_path) as own:
        assert own.record.provider is not None
        engine = Engine(own.record.provider, {"region": "ap-northeast-1"})
        for number in range(64):
            inputs = engine.check(USER, f"user-{number}", {"name": f"user-{number}"})
            request = provider_pb2.CreateRequest(
                urn=engine.urn(USER, inputs["name"]), properties=encode(inputs)
            )
            engine.provider.Create.future(request)
    log = (tmp_path / "stand.log").read_text()
    assert "was killed" not in log
    assert "Traceback" not in log


def test_functions_answer(engine: Engine, user: str) -> None:
    """Those that programs call before they declare anything."""
    assert engine.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "111122223333"
    assert engine.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"
    assert engine.invoke("aws:iam/getUser:getUser", {"userName": user})["arn"].endswith(f"user/{user}")
    with pytest.raises(FailedError, match="couldn't find resource"):
        engine.invoke("aws:s3/getBucket:getBucket", {"bucket": "not-there-at-all"})
    with pytest.raises(FailedError, match=r"does not implement aws:acm/getCertificate(.|\n)*hint: "):
        engine.invoke("aws:acm/getCertificate:getCertificate")
    with pytest.raises(FailedError, match="provider has no function aws:s3/getBukket:getBukket"):
        engine.invoke("aws:s3/getBukket:getBukket")
    document = engine.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        {
            "statements": [
                {
                    "sid": "A",
                    "actions": ["s3:PutObject", "s3:GetObject"],
                    "resources": ["arn:aws:s3:::b/&{aws:username}/*"],
                    "principals": [{"type": "AWS", "identifiers": ["*"]}],
                    "conditions": [
                        {"test": "IpAddress", "variable": "aws:SourceIp", "values": ["203.0.113.0/24"]}
                    ],
                }
            ]
        },
    )
    assert json.loads(document["json"])["Statement"] == [
        {
            "Sid": "A",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::b/${aws:username}/*",
            "Principal": {"AWS": "*"},
            "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        }
    ]


QUEUE = "aws:sqs/queue:Queue"


def test_a_type_that_is_not_made_previews(engine: Engine) -> None:
    """Inputs are checked and named; what AWS decides is unknown; secrets are secret."""
    preview = engine.preview(QUEUE, "jobs", {"delaySeconds": "90", "tags": {"a": "1"}})
    assert preview["name"].startswith("jobs-")
    assert preview["delaySeconds"] == 90
    assert preview["tagsAll"] == {"a": "1"}
    assert preview["region"] == "ap-northeast-1"
    assert preview["arn"] is preview["url"] is preview["policy"] is UNKNOWN
    hidden = engine.preview("aws:ssm/parameter:Parameter", "it", {"type": "String", "value": "x"})
    assert hidden["value"] == Secret("x")


def test_all_mistakes_of_a_type_that_is_not_made_are_reported(engine: Engine) -> None:
    """A misspelled name, a wrong type, what is missing; nested ones too."""
    with pytest.raises(CheckFailedError) as failed:
        engine.check("aws:sns/topicSubscription:TopicSubscription", "it", {"endpoint": ["x"], "topik": "t"})
    assert failed.value.failures == {
        "endpoint": "expected a string, got a list",
        "protocol": "missing required property `protocol`",
        "topic": "missing required property `topic`",
        "topik": "an unexpected argument: the type has no such input property",
    }


def test_a_type_that_is_not_made_says_so(engine: Engine) -> None:
    """Whatever is asked for at a preview."""
    with pytest.raises(FailedError, match=r"does not make aws:sqs/queue:Queue(.|\n)*hint: "):
        engine.create(QUEUE, "it", {})
    with pytest.raises(FailedError, match="does not read aws:sqs/queue:Queue"):
        engine.read(QUEUE, "it", "some-queue")
    engine.states[QUEUE, "it"] = State("some-queue", {"delaySeconds": 1}, {"delaySeconds": 1})
    assert engine.diff(QUEUE, "it", {"name": "n", "delaySeconds": 2}).paths == {
        "delaySeconds": "update",
        "name": "add",
    }
    with pytest.raises(FailedError, match="does not delete aws:sqs/queue:Queue"):
        engine.delete(QUEUE, "it")
    with pytest.raises(FailedError, match="provider has no resource type aws:sqs/kew:Kew"):
        engine.check("aws:sqs/kew:Kew", "it", {})


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        pytest.param(
            "iam/getRole:getRole", {"name": "ROLE"}, {"id": "ROLE", "maxSessionDuration": 3600}, id="role"
        ),
        pytest.param(
            "iam/getPolicy:getPolicy", {"arn": "POLICY"}, {"id": "POLICY", "path": "/"}, id="policy"
        ),
        pytest.param(
            "iam/getPolicy:getPolicy",
            {"name": "ReadOnlyAccess"},
            {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            id="policy-by-name",
        ),
        pytest.param(
            "s3/getBucket:getBucket", {"bucket": "BUCKET"}, {"arn": "arn:aws:s3:::BUCKET"}, id="bucket"
        ),
        pytest.param("kms/getKey:getKey", {"keyId": "KEY"}, {"enabled": True, "id": "KEY"}, id="key"),
        pytest.param("index/getRegion:getRegion", {}, {"description": "Asia Pacific (Tokyo)"}, id="region"),
    ],
)
def test_what_is_there_can_be_looked_up(
    engine: Engine, things: Things, function: str, arguments: dict[str, str], expected: dict[str, object]
) -> None:
    """By the names that the functions of the SDK have."""
    there = {"ROLE": things.role, "POLICY": things.policy, "BUCKET": things.bucket, "KEY": things.key}

    def named(value: object) -> object:
        for word, name in there.items():
            value = value.replace(word, name) if isinstance(value, str) else value
        return value

    found = engine.invoke(f"aws:{function}", {key: named(value) for key, value in arguments.items()})
    assert {key: found[key] for key in expected} == {key: named(value) for key, value in expected.items()}


def test_ec2_answers_what_programs_ask_of_a_network(engine: Engine) -> None:
    """Zones, the default network and its subnets, an image."""
    zones = engine.invoke(
        "aws:index/getAvailabilityZones:getAvailabilityZones", {"excludeNames": ["ap-northeast-1b"]}
    )
    assert zones["names"] == ["ap-northeast-1a", "ap-northeast-1c"]
    vpc = engine.invoke("aws:ec2/getVpc:getVpc", {"default": True})
    assert vpc["cidrBlock"] == "172.31.0.0/16"
    chosen = {"filters": [{"name": "vpc-id", "values": [vpc["id"]]}]}
    assert len(engine.invoke("aws:ec2/getSubnets:getSubnets", chosen)["ids"]) == 3
    linux = {
        "owners": ["amazon"],
        "mostRecent": True,
        "filters": [{"name": "name", "values": ["al2023-ami-*"]}],
    }
    assert engine.invoke("aws:ec2/getAmi:getAmi", linux)["id"].startswith("ami-")
    with pytest.raises(FailedError, match="0 match the arguments"):
        engine.invoke("aws:ec2/getAmi:getAmi", {"owners": ["self"], "nameRegex": "^nothing$"})
    with pytest.raises(FailedError, match="EC2 VPC: 0 match"):
        engine.invoke("aws:ec2/getVpc:getVpc", {"tags": {"no": "such"}})


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_when_it_is_asked_to(how: signal.Signals) -> None:
    """At once, with exit code 0."""
    process = start()
    process.send_signal(how)
    assert process.wait(10) == 0


def test_the_process_ends_when_it_is_asked_again_and_again() -> None:
    """`make down`, the kernel when the stand dies, and Ctrl-C may all ask it at once."""
    process = start()
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        for number in (signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
    assert process.poll() == 0


def test_the_process_ends_with_its_parent() -> None:
    """Nothing is left behind, even where the parent was killed."""
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'local.provider'], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and alive(child):
        time.sleep(0.2)
    assert not alive(child)


def start() -> subprocess.Popen[str]:
    """A provider process of its own that has printed its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local.provider"], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip().isdigit()
    return process


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = f"/proc/{pid}/stat"
    try:
        with open(stat) as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
