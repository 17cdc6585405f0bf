"""The parts of the checkout's commands that need no engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.console import typed
from local.environment import beside, search_path
from local.serve import VANTAGES
from local.show import OUTSIDE, steps
from local.stack import Stack


def test_commands_are_shown_as_one_types_them() -> None:
    """A variable is left to the shell, in quotes; what needs quoting gets it."""
    assert typed(["aws", "--endpoint-url", "$OUTSIDE_ENDPOINT_URL", "s3", "ls", "s3://b/a b"]) == (
        "aws --endpoint-url \"$OUTSIDE_ENDPOINT_URL\" s3 ls 's3://b/a b'"
    )


def test_what_is_shown_covers_both_versions_of_ip_and_both_answers() -> None:
    """Allowed and foreign, IPv4 and IPv6, and a request without TLS."""
    shown = {(step.where, step.allowed) for step in steps("b", "")}
    assert shown == {
        ("allowed IPv4 address", True),
        ("allowed IPv6 address", True),
        ("foreign IPv4 address", False),
        ("foreign IPv6 address", False),
        ("allowed address without TLS", False),
    }


def test_an_outside_address_that_was_allowed_is_expected_to_get_in() -> None:
    """As after the example in docs/how-to/run-locally.md: the next `make up` is no failure."""
    shown = {step.where: step.allowed for step in steps("b", "", ["198.51.100.0/24", "2001:db8:1234::/48"])}
    assert {str(address) for address in OUTSIDE.values()} < {one.address for one in VANTAGES}
    assert shown["198.51.100.7, which this stack allows"]
    assert not shown["foreign IPv6 address"]
    assert "foreign IPv4 address" not in shown


def test_an_environment_leads_to_no_real_account() -> None:
    """Profiles and session tokens of the caller's shell are left out; the rest stays."""
    shell = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "t",
        "PULUMI_ACCESS_TOKEN": "p",
        "HOME": "/home/me",
    }
    assert beside(shell, {"AWS_REGION": "ap-northeast-1"}) == {
        "HOME": "/home/me",
        "AWS_REGION": "ap-northeast-1",
    }


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
