"""`perimeter verify` against the embedded AWS: real requests from inside, from outside, and without TLS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
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


def verified(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, str]]:
    """The exit code, and each check's status."""
    code = main(["verify", "--stack", "dev", "--format", "json", *arguments])
    said = capsys.readouterr().out
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
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase")) > 10
    assert suite.get("failures") == suite.get("errors") == "0"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("stack")
def test_an_interrupted_run_leaves_nothing_behind(aws: Aws, fenced: Fenced, number: signal.Signals) -> None:
    """Ctrl-C, or an end asked for by CI, while the probe is there."""
    running = subprocess.Popen(
        [sys.executable, "-m", "s3_perimeter.commands.main", "verify", "--stack", "dev", "--wait-logs", "60"],
        env=os.environ.copy(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 30
    while not left(aws, fenced) and time.monotonic() < until:
        time.sleep(0.05)
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 2
    assert "interrupted" in said
    assert "Traceback" not in said
    assert left(aws, fenced) == []
