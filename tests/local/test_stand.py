"""The embedded AWS as a client meets it: where requests come from, whom policies bind, what survives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from local import record as records
from local.aws.emulator import PROTOCOLS
from local.processes import started_at
from local.provider.__main__ import serve
from local.stand import Stand, StandError
from tests.conftest import Aws
from tests.local.asking import LOCATION, claim, code, fence


@pytest.mark.parametrize("name", ["inside", "inside-ipv6"])
def test_an_allowed_vantage_point_reads(aws: Aws, bucket: str, name: str) -> None:
    """From an allowed IPv4 or IPv6 address the object comes back byte for byte."""
    assert aws("s3", name).get_object(Bucket=bucket, Key="notes.txt")["Body"].read() == b"hello"


@pytest.mark.parametrize("name", ["outside", "outside-ipv6"])
def test_a_foreign_vantage_point_is_denied_even_for_the_admin(aws: Aws, bucket: str, name: str) -> None:
    """The admin has every permission, and the policy's Deny still wins, in AWS's own words."""
    with pytest.raises(ClientError, match=r"AccessDenied.*ListObjectsV2.*explicit deny") as error:
        aws("s3", name).list_objects_v2(Bucket=bucket)
    assert code(error) == "AccessDenied"


def test_plain_http_meets_the_tls_deny(aws: Aws, bucket: str) -> None:
    """The same allowed address without TLS is denied, whatever the client claims in a header."""
    plain = aws("s3", "plain")
    claim(plain, "X-Forwarded-Proto", "https")
    with pytest.raises(ClientError, match="AccessDenied"):
        plain.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        pytest.param("203.0.113.0", True, id="first of the network"),
        pytest.param("203.0.113.255", True, id="last of the network"),
        pytest.param("203.0.114.0", False, id="one past it"),
        pytest.param("2001:db8:1234:ffff:ffff:ffff:ffff:ffff", True, id="last of the IPv6 network"),
        pytest.param("2001:db8:1235::", False, id="one past the IPv6 network"),
    ],
)
def test_any_address_can_be_a_vantage_point(
    stand: Stand, aws: Aws, bucket: str, address: str, allowed: bool
) -> None:
    """A vantage point opened on demand is judged by exactly its address; so is one named in the header."""
    named = aws("s3", "anywhere")
    claim(named, "X-Forwarded-For", address)
    for client in (aws("s3", stand.vantage(address)), named):
        if allowed:
            assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                client.list_objects_v2(Bucket=bucket)


def test_an_address_that_is_none_is_refused(stand: Stand) -> None:
    """A vantage point is an IP address, and the answer says what was wrong."""
    with pytest.raises(StandError, match="'nonsense' does not appear to be an IPv4 or IPv6 address"):
        stand.vantage("nonsense")


def test_the_anonymous_get_nothing(aws: Aws, bucket: str) -> None:
    """Without a signature even an allowed address is denied: nothing grants it anything."""
    anonymous = aws("s3", config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}))
    with pytest.raises(ClientError, match="AccessDenied"):
        anonymous.get_object(Bucket=bucket, Key="notes.txt")


@pytest.mark.parametrize("key", ["test", "111122223333"])
def test_root_keys_are_unknown_at_every_vantage_point(aws: Aws, bucket: str, key: str) -> None:
    """The emulator exempts its root keys from policies; nobody reaches them from a vantage point."""
    with pytest.raises(ClientError) as error:
        aws("s3", "inside", aws_access_key_id=key, aws_secret_access_key="test").list_objects_v2(
            Bucket=bucket
        )
    assert code(error) == "InvalidAccessKeyId"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A second stand, which tests may kill."""
    with Stand(tmp_path_factory.mktemp("other")) as running:
        yield running


def test_two_stands_run_side_by_side(stand: Stand, other: Stand) -> None:
    """Each has its own ports and its own buckets."""
    assert not set(other.record.ports.values()) & set(stand.record.ports.values())
    assert Aws(other)("s3").list_buckets()["Buckets"] == []


def test_what_was_answered_survives_kill_9_and_an_orderly_end(other: Stand) -> None:
    """State that a client saw accepted is there again after the process was killed, at the same ports."""
    s3 = Aws(other)("s3")
    s3.create_bucket(Bucket="survivor", CreateBucketConfiguration=LOCATION)
    s3.put_object(Bucket="survivor", Key="a/b.txt", Body=b"\x00\xff")
    s3.put_bucket_policy(Bucket="survivor", Policy=fence("survivor"))
    Aws(other)("iam").create_user(UserName="survivor")
    key = Aws(other)("kms").create_key()["KeyMetadata"]["KeyId"]
    before = other.record
    os.kill(before.pid, signal.SIGKILL)
    assert other.process
    other.process.wait()
    assert not other.running
    other.start()
    assert other.record.ports == before.ports
    assert Aws(other)("iam").get_user(UserName="survivor")["User"]["UserName"] == "survivor"
    assert Aws(other)("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
    assert s3.get_object(Bucket="survivor", Key="a/b.txt")["Body"].read() == b"\x00\xff"
    assert json.loads(s3.get_bucket_policy(Bucket="survivor")["Policy"]) == json.loads(fence("survivor"))
    with pytest.raises(ClientError, match="AccessDenied"):
        Aws(other)("s3", "outside").list_objects_v2(Bucket="survivor")
    other.stop()
    other.start()
    assert s3.get_object(Bucket="survivor", Key="a/b.txt")["Body"].read() == b"\x00\xff"
    assert json.loads(s3.get_bucket_policy(Bucket="survivor")["Policy"]) == json.loads(fence("survivor"))
    assert Aws(other)("iam").get_user(UserName="survivor")["User"]["UserName"] == "survivor"


def test_a_stand_dies_with_its_starter(tmp_path: Path) -> None:
    """``kill -9`` of the process that started a stand leaves none of it behind."""
    program = (
        "import sys, time; from pathlib import Path; from local.stand import Stand\n"
        "Stand(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == b"up\n"
        record = records.read(tmp_path)
        starter.kill()
    deadline = time.monotonic() + 10
    while started_at(record.pid) == record.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert started_at(record.pid) != record.started


def test_an_idle_stand_stops_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand in the background that nobody asks anything does not run for ever."""
    monkeypatch.setenv("STAND_IDLE_SECONDS", "0.2")
    stand = Stand(tmp_path)
    stand.start(detached=True)
    assert stand.process
    assert stand.process.wait(15) == 0
    assert not stand.running


def test_asking_a_stand_that_does_not_run_says_what_to_do(tmp_path: Path) -> None:
    """The message names the command that starts it, and its log."""
    with pytest.raises(StandError, match=r"(?s)no embedded AWS is running.*make up.*stand\.log"):
        Stand(tmp_path).environment()


def test_the_provider_comes_back_at_the_port_it_had_where_that_is_free() -> None:
    """So that a shell's exports outlive a restart; a port that somebody has is never shared."""
    first, port = serve()
    second, other = serve(port)
    assert other != port
    for server in (first, second):
        server.stop(grace=0).wait()
    third, again = serve(port)
    third.stop(grace=0).wait()
    assert again == port


@pytest.mark.parametrize("service", sorted(PROTOCOLS))
def test_the_emulator_knows_how_services_are_asked(service: str) -> None:
    """What it is given instead of botocore's whole description says the same."""
    metadata = botocore.session.get_session().get_service_model(service).metadata
    assert {key: metadata.get(key) for key in PROTOCOLS[service]} == PROTOCOLS[service]
