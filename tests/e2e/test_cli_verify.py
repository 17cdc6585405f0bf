"""`perimeter verify` against the embedded AWS: real requests from inside, from outside, and without TLS."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from local.stand import Stand
from s3_perimeter.commands.main import main
from tests.conftest import Aws
from tests.e2e.fenced import Fenced, fenced_bucket
from tests.s3_perimeter.commands.engine_answers import CONFIG, answers
from tests.warm.warm import WARM

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def fenced(aws: Aws) -> Fenced:
    """One fenced bucket for the whole file."""
    return fenced_bucket(aws, "verify-e2e-bucket")


@pytest.fixture
def stack(stand: Stand, fenced: Fenced, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The environment of `make env`, and a Pulumi that knows the bucket as stack `dev`."""
    for name, value in stand.environment().items():
        if name != "PATH":
            monkeypatch.setenv(name, value)
    answers(monkeypatch, tmp_path, export=fenced.state(), config=CONFIG)
    yield


@pytest.fixture
def no_logs(aws: Aws, fenced: Fenced) -> Iterator[None]:
    """The log bucket takes no logs."""
    s3, bucket = aws("s3"), {"Bucket": fenced.logs}
    policy = s3.get_bucket_policy(**bucket)["Policy"]
    s3.delete_bucket_policy(**bucket)
    yield
    s3.put_bucket_policy(**bucket, Policy=policy)


def verified(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, str]]:
    """The exit code, and each check's status."""
    code = main(["verify", "--stack", "dev", "--format", "json", *arguments])
    said, errors = capsys.readouterr()
    assert said, errors
    return code, {check["name"]: check["status"] for check in json.loads(said)["checks"]}


def left(aws: Aws, fenced: Fenced) -> list[Any]:
    """Every version and delete marker in the bucket."""
    listed = aws("s3").list_object_versions(Bucket=fenced.bucket)
    return [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())]


@pytest.mark.usefixtures("stack")
def test_a_fence_that_holds_passes_every_check(
    aws: Aws, fenced: Fenced, capsys: pytest.CaptureFixture[str]
) -> None:
    """Inside works, outside is denied over IPv4 and IPv6, logs arrive, and nothing is left."""
    code, found = verified(capsys, "--wait-logs", "30")
    assert code == 0, found
    assert set(found.values()) == {"passed"}
    assert {"inside-upload", "outside-list", "outside-anonymous", "plain-http", "log-delivery"} <= set(found)
    assert left(aws, fenced) == []


@pytest.mark.usefixtures("stack")
def test_its_own_probes_are_not_reported_as_denied(capsys: pytest.CaptureFixture[str]) -> None:
    """The refused requests of a run are known by its answered ones."""
    verified(capsys, "--wait-logs", "30")
    found: dict[str, Any] = {"own_probes": 0}
    until = time.monotonic() + 30
    while not found["own_probes"] and time.monotonic() < until:
        main(["denied", "--stack", "dev", "--format", "json"])
        found = json.loads(capsys.readouterr().out)
    assert found["own_probes"] >= 4
    assert [one for one in found["denied"] if one["requester"]] == []


@pytest.mark.usefixtures("stack")
def test_a_fence_that_is_gone_is_a_finding(
    aws: Aws, fenced: Fenced, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the outsider wrote is removed as well."""
    aws("s3").delete_bucket_policy(Bucket=fenced.bucket)
    try:
        code, found = verified(capsys)
    finally:
        aws("s3").put_bucket_policy(Bucket=fenced.bucket, Policy=fenced.policy)
    assert code == 1
    assert {found[name] for name in ("outside-list", "outside-download", "outside-upload", "plain-http")} == {
        "failed"
    }
    assert found["outside-anonymous"] == "passed", "no statement ever allowed the anonymous"
    assert left(aws, fenced) == []


@pytest.mark.usefixtures("stack")
def test_a_user_who_is_outside_cannot_work_from_here(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The failing check says what to look at."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", stand.endpoint("outside"))
    assert main(["verify", "--stack", "dev"]) == 1
    said = capsys.readouterr().out
    assert "AccessDenied: is this machine inside the allow-list?" in said
    assert "could not" not in said.splitlines()[-1]


@pytest.mark.usefixtures("stack")
def test_junit_holds_a_case_a_check(tmp_path: Path) -> None:
    """Written to a file for CI."""
    assert (
        main(["verify", "--stack", "dev", "--format", "junit", "--output", str(tmp_path / "verify.xml")]) == 0
    )
    suite = ET.parse(tmp_path / "verify.xml").getroot()  # noqa: S314  (our own document)
    assert int(suite.get("tests", "0")) == len(suite.findall("testsuite/testcase")) > 10
    assert suite.get("failures") == suite.get("errors") == "0"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("stack")
def test_an_interrupted_run_leaves_nothing_behind(aws: Aws, fenced: Fenced, number: signal.Signals) -> None:
    """Ctrl-C, or an end asked for by CI, while the probe is there."""
    running = subprocess.Popen(
        [WARM.command("perimeter"), "verify", "--stack", "dev", "--wait-logs", "60"],
        env=os.environ.copy(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while not left(aws, fenced) and time.monotonic() < until:
        time.sleep(0.05)
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 2
    assert "interrupted" in said
    assert "Traceback" not in said
    assert left(aws, fenced) == []


@pytest.mark.usefixtures("stack")
def test_with_aws_down_there_is_one_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not one a check."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        assert main(["verify", "--stack", "dev"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    printed = said.err[said.err.index("error: ") :]  # a line of progress may stand before it
    assert printed.startswith("error: S3 cannot be reached from here: ")
    assert printed.count("\n") == 3


@pytest.mark.usefixtures("stack")
def test_an_outside_that_does_not_answer_is_reported_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other checks go on."""
    monkeypatch.delenv("OUTSIDE_ENDPOINT_URL_IPV6")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OUTSIDE_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        code, found = verified(capsys)
    assert code == 2
    assert [name for name, status in found.items() if status == "unknown"] == ["outside-list"]


@pytest.mark.parametrize("whose", ["the operator", "the user"])
@pytest.mark.usefixtures("stack")
def test_a_key_that_aws_does_not_know_is_one_error(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    aws: Aws,
    fenced: Fenced,
    whose: str,
) -> None:
    """Deleted, or of another partition: whatever else is asked would fail for the same reason."""
    state = json.dumps(fenced.state())
    if whose == "the operator":
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    else:
        state = re.sub(r'"AKIA[A-Z0-9]+"', '"AKIAIOSFODNN7EXAMPLE"', state)
    answers(monkeypatch, tmp_path, export=json.loads(state), config=CONFIG)
    assert main(["verify", "--stack", "dev"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: asking AWS who ")
    assert "AWS does not know this access key" in said.err
    assert said.err.count("\n") == 3
    assert left(aws, fenced) == []


@pytest.mark.usefixtures("stack", "no_logs")
def test_progress_leaves_the_line_before_the_result_is_written() -> None:
    """On a terminal the line that is written over is gone by then.

    It is shown from the first second on, for which verify has to wait for logs that do not arrive.
    """
    leader, follower = pty.openpty()
    done = subprocess.Popen(
        [WARM.command("perimeter"), "verify", "--stack", "dev", "--wait-logs", "1"],
        env={**os.environ, "TERM": "xterm"},
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    done.wait(timeout=60)
    os.close(leader)
    text = said.decode()
    assert "verifying: " in text
    assert "none in 1 s" in text
    for line in text.split("\n"):
        shown = line.rpartition("\x1b[K")[2]
        assert "verifying: " not in shown or not re.search("ok |FAIL", shown)
