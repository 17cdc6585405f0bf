"""The checkout's commands as a person types them, in a copy of this checkout with its own state."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout, copied

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.e2e


@dataclass(frozen=True, slots=True)
class Begun:
    """What was said by a first ``make up`` whose engine was killed, and by the one after it."""

    checkout: Checkout
    killed: str
    killed_with: int
    stand_log: str
    up: str


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    """A copy of which a ``make up`` was killed and another one went on; taken down whatever the tests did."""
    made = copied(tmp_path_factory.mktemp("checkout"))
    try:
        process = made.start("make", "up")
        assert process.stdout
        killed = ""
        for line in process.stdout:
            killed += line
            if "Updating (local)" in killed and re.search(r"aws:iam:User .* creating", line):
                break
        mine = next(pid for pid in Path("/proc").glob("[0-9]*") if runs(pid, made.directory))
        os.kill(int(mine.name), signal.SIGKILL)
        killed += process.communicate(timeout=60)[0]
        log = (made.directory / ".state" / "stand.log").read_text()
        yield Begun(made, killed, process.returncode, log, made.run("make", "up"))
    finally:
        made.run("make", "down")


def runs(process: Path, directory: Path) -> bool:
    """Whether a process is a Pulumi CLI in that directory."""
    try:
        return (process / "exe").readlink().name == "pulumi" and (process / "cwd").readlink() == directory
    except OSError:
        return False


@pytest.fixture
def checkout(begun: Begun) -> Checkout:
    """That copy."""
    return begun.checkout


def test_up_goes_on_after_the_engine_was_killed_while_it_created(begun: Begun) -> None:
    """Its lock and what it was creating just then do not stand in the way of the next run."""
    assert begun.killed_with == 2
    assert "its state is kept; `make up` continues from there" in begun.killed
    # What the provider was about to make it has to be able to end: it asks the stand that waits for it.
    assert "was killed" not in begun.stand_log
    assert "left its lock: removing it" in begun.up
    assert "7 of 7 as expected" in begun.up


def test_up_shows_the_perimeter_at_work(begun: Begun) -> None:
    """The allowed addresses list, upload and download; each foreign one gets AWS's own refusal."""
    assert "\n7 of 7 as expected\n" in begun.up
    assert re.search(
        r"^download it +203\.0\.113\.10 \(inside\) +allowed +allowed +✓$", begun.up, re.MULTILINE
    )
    assert len(re.findall(r" denied +AccessDenied +✓$", begun.up, re.MULTILINE)) == 3
    assert "✅ s3-perimeter" in begun.up
    assert "An error occurred" not in begun.up, "what came out as expected needs no error message"


def test_env_makes_ordinary_commands_work(checkout: Checkout) -> None:
    """Plain aws and pulumi in a shell of one's own reach the embedded AWS, from inside and from outside."""
    said = checkout.shell(
        "bucket=$(pulumi stack output bucket --stack local)\n"
        'aws s3 ls "s3://$bucket/"\naws --endpoint-url "$OUTSIDE_ENDPOINT_URL" s3 ls "s3://$bucket/"',
        expect=255,
    )
    assert "hello.txt" in said
    assert "AccessDenied" in said


def test_status_shows_where_it_runs(checkout: Checkout) -> None:
    """Each variable with its endpoint and the address that its clients have."""
    said = checkout.run("make", "status")
    assert re.search(r"OUTSIDE_ENDPOINT_URL +https://127\.0\.0\.1:\d+ .* 198\.51\.100\.7\n", said)


def test_preview_of_what_is_deployed_changes_nothing(checkout: Checkout) -> None:
    """The pack has judged it, and no file of the checkout was changed by deploying."""
    said = checkout.run("make", "preview")
    assert re.search(r"Resources:\n    \d+ unchanged\n", said)
    for name in ("Pulumi.yaml", "Pulumi.local.yaml"):
        assert (checkout.directory / name).read_text() == (ROOT / name).read_text()


def test_up_converges_after_kill_9_of_everything(checkout: Checkout) -> None:
    """Stack, users and objects are as before; the same key still works."""
    before = checkout.record
    os.kill(before.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while checkout.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert checkout.processes() == [], "the provider has to die with the stand"
    assert "not running, its state is kept" in checkout.run("make", "status", expect=2)
    said = checkout.run("make", "up")
    assert re.search(r"Resources:\n    \d+ unchanged\n", said)
    assert checkout.record.ports == before.ports


def test_verify_and_drift_are_content_with_it(checkout: Checkout) -> None:
    """The same commands that users run find nothing amiss."""
    checkout.run("make", "verify")
    assert "result: in-sync" in checkout.run("make", "drift")


@pytest.mark.parametrize("command", ["preview", "drift"])
def test_the_github_action_finds_nothing_wrong_with_it(checkout: Checkout, command: str) -> None:
    """Its script gives exit code 0, a SARIF file and a line for the summary of the run."""
    output, summary = checkout.directory / "output.txt", checkout.directory / "summary.txt"
    said = checkout.shell(
        f"COMMAND={command} STACK=local RUNNER_TEMP={checkout.directory} "
        f"GITHUB_OUTPUT={output} GITHUB_STEP_SUMMARY={summary} .ci/action"
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert outputs["exit-code"] == "0", said
    assert outputs["category"] == f"s3-perimeter-{command}-local"
    assert json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"] == []
    assert f"## {command} of stack local: ✅ nothing found" in summary.read_text()
    for file in (output, summary):
        file.unlink()


def test_keep_keeps_and_down_leaves_nothing(checkout: Checkout) -> None:
    """``make down KEEP=1`` ends the processes and keeps the state, which ``make down`` removes."""
    checkout.run("make", "down", "KEEP=1")
    assert checkout.processes() == []
    assert "not running, its state is kept" in checkout.run("make", "status", expect=2)
    (state,) = (checkout.directory / ".state" / "stacks").rglob("local.json")
    assert "aws:s3/bucketPolicy:BucketPolicy" in state.read_text(), "nothing was destroyed"
    checkout.run("make", "down")
    assert checkout.processes() == []
    assert not (checkout.directory / ".state").exists()


def test_a_failed_up_leaves_nothing_running(tmp_path: Path) -> None:
    """The message shows the config's mistake and where the log is, and nothing runs on."""
    broken = copied(tmp_path)
    config = broken.directory / "Pulumi.local.yaml"
    config.write_text(config.read_text().replace("203.0.113.0/24", "203.0.113.5/24"))
    said = broken.run("make", "up", expect=2)
    assert "host bits" in said
    assert f"the log is {broken.directory / '.state' / 'pulumi.log'}" in said
    assert broken.processes() == []


def test_an_interrupt_leaves_nothing_running(tmp_path: Path) -> None:
    """Ctrl-C while the engine deploys ends everything that was started."""
    stopped = copied(tmp_path)
    process = stopped.start("make", "up")
    deadline = time.monotonic() + 60
    while not stopped.record.running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stopped.record.running
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert [line for line in said.splitlines() if "make: ***" not in line][-1] == "interrupted"
    assert "Traceback" not in said
    assert stopped.processes() == []
