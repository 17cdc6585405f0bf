"""The parts of the checkout's commands that need no engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.console import colored, typed
from local.environment import engine_environment, guarded, search_path
from local.show import Outcome, Step, steps, table
from local.stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent


def test_commands_are_shown_as_one_types_them() -> None:
    """A variable is left to the shell, in quotes; what needs quoting gets it."""
    assert typed(["aws", "--endpoint-url", "$OUTSIDE_ENDPOINT_URL", "s3", "ls", "s3://b/a b"]) == (
        "aws --endpoint-url \"$OUTSIDE_ENDPOINT_URL\" s3 ls 's3://b/a b'"
    )


NETWORKS = ("203.0.113.0/24", "2001:db8:1234::/48")


def test_what_is_tried_covers_both_versions_of_ip_and_both_answers() -> None:
    """Allowed and foreign, IPv4 and IPv6, and a request without TLS."""
    tried = {(step.source, step.allowed) for step in steps("b", "", NETWORKS)}
    assert tried == {
        ("203.0.113.10 (inside)", True),
        ("2001:db8:1234::10 (inside)", True),
        ("198.51.100.7 (outside)", False),
        ("2001:db8:ffff::7 (outside)", False),
        ("203.0.113.10 (no TLS)", False),
    }


def test_an_outside_address_that_was_allowed_is_expected_to_get_in() -> None:
    """As after the example in docs/how-to/run-locally.md: the next `make up` is no failure."""
    tried = {step.source: step.allowed for step in steps("b", "", ["198.51.100.0/24", *NETWORKS])}
    assert tried["198.51.100.7 (inside)"]
    assert not tried["2001:db8:ffff::7 (outside)"]


DENIED = "An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied"
MISSING = "An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: no such bucket"


@pytest.mark.parametrize(
    ("allowed", "code", "output", "seen", "expected"),
    [
        pytest.param(True, 0, "2030-01-01 hello.txt", "allowed", True, id="allowed, as it should be"),
        pytest.param(True, 0, "", "other content", False, id="allowed, but the object is not there"),
        pytest.param(True, 254, DENIED, "AccessDenied", False, id="denied to an allowed address"),
        pytest.param(False, 254, DENIED, "AccessDenied", True, id="denied, as it should be"),
        pytest.param(False, 0, "2030-01-01 hello.txt", "allowed", False, id="a foreign address gets in"),
        pytest.param(False, 0, "", "allowed", False, id="a foreign address sees an empty bucket"),
        pytest.param(False, 254, MISSING, "NoSuchBucket", False, id="fails for another reason"),
        pytest.param(False, 255, "Could not connect", "exit code 255", False, id="reaches nothing"),
    ],
)
def test_only_the_expected_answer_counts(
    allowed: bool, code: int, output: str, seen: str, expected: bool
) -> None:
    """A denial counts for AWS's AccessDenied alone, and a success for what it has to show."""
    says = "hello.txt" if allowed else "AccessDenied"
    outcome = Outcome(Step("list", "203.0.113.10", ("aws",), allowed, says), code, output)
    assert (outcome.seen, outcome.as_expected) == (seen, expected)


def test_the_table_has_a_line_for_each_and_a_total(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its columns are aligned, and nothing is colored where no terminal reads it."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    upload, *_, plain = steps("b", "", NETWORKS)
    text = table([Outcome(upload, 0, "upload: done"), Outcome(plain, 0, "")])
    assert text.split("\n") == [
        "tried                 from                   expected  seen",
        "upload an object      203.0.113.10 (inside)  allowed   allowed  ✓",
        "list over plain HTTP  203.0.113.10 (no TLS)  denied    allowed  ✕",
        "",
        "1 of 2 as expected",
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="forbidden"),
        pytest.param({}, False, id="not a terminal"),
    ],
)
def test_color_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    """NO_COLOR turns it off and FORCE_COLOR on, as in other tools."""
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (colored("text", "green") != "text") is expected


def test_help_is_aligned() -> None:
    """Every description begins in the same column, however long the name is."""
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert len({re.match(r"\S+ +", line).end() for line in said.splitlines()}) == 1  # type: ignore[union-attr]


def test_an_environment_leads_to_no_real_account() -> None:
    """Profiles and session tokens of the caller's shell are left out; the rest stays."""
    shell = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "t",
        "PULUMI_ACCESS_TOKEN": "p",
        "HOME": "/home/me",
    }
    assert guarded(shell, {"AWS_REGION": "ap-northeast-1"}) == {
        "HOME": "/home/me",
        "AWS_REGION": "ap-northeast-1",
    }


def test_the_real_provider_is_used_where_it_is_asked_for(tmp_path: Path) -> None:
    """The engine then finds it on PATH; otherwise the stand-in is attached by its port."""
    name = "PULUMI_DEBUG_PROVIDERS"
    assert engine_environment(tmp_path, 4711, "/bin")[name] == "aws:4711"
    assert name not in engine_environment(tmp_path, None, "/bin")


def test_asking_for_the_path_again_makes_it_no_longer() -> None:
    """``make env`` in a shell after ``make env`` gives the same PATH."""
    once = search_path("/usr/bin:/bin")
    assert search_path(once) == once


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack whose backend has nothing in it."""
    return Stack(tmp_path, tmp_path, {})


def lock_of(stack: Stack, pid: int) -> Path:
    """A lock in the stack's backend, as Pulumi writes it, held by that process."""
    lock = stack.state / "stacks" / ".pulumi" / "locks" / "organization" / "project" / "local" / "a.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": pid, "username": "me", "hostname": os.uname().nodename}))
    return lock


def test_the_lock_of_a_live_pulumi_is_left_alone(stack: Stack) -> None:
    """Two updates at once would spoil the stack."""
    lock = lock_of(stack, os.getpid())
    stack.unlock()
    assert lock.exists()


def test_what_a_killed_pulumi_left_is_taken_away(stack: Stack) -> None:
    """Its lock, and attributes that were cut off in the middle; whole ones stay."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    lock = lock_of(stack, gone.pid)
    cut, whole = lock.with_name("cut.attrs"), lock.with_name("whole.attrs")
    cut.touch()
    whole.write_text("{}")
    stack.unlock()
    assert (lock.exists(), cut.exists(), whole.exists()) == (False, False, True)
