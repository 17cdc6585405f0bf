"""The real engine with the language host of this checkout: what a program and a pack say and how they end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.processes import started_at
from tests.conftest import Pulumi, PulumiIn

pytestmark = pytest.mark.e2e
HOST = Path(__file__).resolve().parents[2] / "local/engine/bin/pulumi-language-python"

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

PolicyPack("strict", policies=[StackValidationPolicy(
    "nothing-goes", "Nothing goes.", lambda args, report: report("not even this"), EnforcementLevel.MANDATORY
)])
"""


def project(directory: Path, program: str, pulumi: PulumiIn) -> Pulumi:
    """A project with that program, its stack made."""
    (directory / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    (directory / "__main__.py").write_text(program)
    # The host itself, not the warm process that other tests have in its place.
    cli = pulumi(directory, PATH=pulumi.stand.process_environment()["PATH"])
    cli("stack", "init", "test")
    return cli


def test_a_program_runs_with_its_config_and_its_own_modules(tmp_path: Path, pulumi: PulumiIn) -> None:
    """It reads config, imports from its directory, exports outputs; nothing warns of the host."""
    (tmp_path / "neighbor.py").write_text("ANSWER = 42\n")
    program = (
        "import pulumi, neighbor\n"
        "pulumi.export('answer', neighbor.ANSWER)\n"
        "pulumi.export('name', pulumi.Config().require('name'))\n"
    )
    cli = project(tmp_path, program, pulumi)
    cli("config", "set", "name", "me")
    assert "warning" not in cli("up", "--yes").text
    assert cli("stack", "output", "answer").out.strip() == "42"
    assert cli("stack", "output", "name").out.strip() == "me"


def test_an_exception_ends_the_command_with_its_traceback(tmp_path: Path, pulumi: PulumiIn) -> None:
    """The engine shows where the program failed and exits with an error."""
    cli = project(tmp_path, "def broken():\n    raise ValueError('no such luck')\nbroken()\n", pulumi)
    ran = cli("preview", expect=1)
    assert "no such luck" in ran.text
    assert "__main__.py" in ran.text


def test_a_policy_pack_is_started_and_obeyed(tmp_path: Path, pulumi: PulumiIn) -> None:
    """A mandatory violation stops the preview; without the pack it goes through."""
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text(PACK)
    cli = project(tmp_path, "import pulumi\npulumi.export('x', 1)\n", pulumi)
    cli("preview")
    ran = cli("preview", "--policy-pack", "pack", expect=1)
    assert "not even this" in ran.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_the_host_ends_by_itself_when_it_is_asked_to(number: signal.Signals) -> None:
    """The engine kills a host that ignores its signal, after waiting for five seconds with every command."""
    with subprocess.Popen(
        [HOST, "127.0.0.1:1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as host:
        assert host.stdout
        assert int(host.stdout.readline()) > 0
        host.send_signal(number)
        try:
            assert host.wait(30) == 0
        finally:
            host.kill()


def test_the_host_ends_with_an_engine_that_was_killed(tmp_path: Path, pulumi: PulumiIn) -> None:
    """``kill -9`` of the CLI leaves no host behind."""
    program = (
        f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    )
    cli = project(tmp_path, program, pulumi)
    pid = tmp_path / "pid"
    with subprocess.Popen(
        ["pulumi", "preview", "--non-interactive"],
        cwd=tmp_path,
        env=dict(cli.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as engine:
        wait_until(lambda: pid.exists() and bool(pid.read_text()))
        engine.kill()
    wait_until(lambda: started_at(int(pid.read_text())) is None)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something that has to become true within 30 s."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
