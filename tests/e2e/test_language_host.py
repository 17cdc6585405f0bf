"""The real engine with the language host of this checkout: what a program and a pack say and how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.processes import started_at
from local.stand import Stand
from tests.conftest import Pulumi, PulumiIn
from tests.e2e.stacks import new_stack

pytestmark = pytest.mark.e2e
HOST = Path(__file__).resolve().parents[2] / "local/engine/bin/pulumi-language-python"

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

PolicyPack("strict", policies=[StackValidationPolicy(
    "nothing-goes", "Nothing goes.", lambda args, report: report("not even this"), EnforcementLevel.MANDATORY
)])
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project of one stack, whose program each test writes."""

    directory: Path
    cli: Pulumi

    def program(self, text: str) -> Pulumi:
        """The CLI of the project with that program."""
        (self.directory / "__main__.py").write_text(text)
        return self.cli


@pytest.fixture(scope="module")
def project(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a stack and a module of its own next to the program."""
    directory = tmp_path_factory.mktemp("tiny")
    (directory / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    (directory / "neighbor.py").write_text("ANSWER = 42\n")
    # The host itself, not the warm process that other tests have in its place.
    path = stand.process_environment()["PATH"]
    cli = PulumiIn(stand, directory)(directory, PATH=path, PULUMI_STACK="test")
    new_stack(stand, cli, "test")
    return Project(directory, cli)


def test_a_program_runs_with_its_config_and_its_own_modules(project: Project) -> None:
    """It reads config, imports from its directory, exports outputs; nothing warns of the host."""
    cli = project.program(
        "import pulumi, neighbor\n"
        "pulumi.export('answer', neighbor.ANSWER)\n"
        "pulumi.export('name', pulumi.Config().require('name'))\n"
    )
    cli("config", "set", "name", "me")
    assert "warning" not in cli("up", "--yes").text
    assert json.loads(cli("stack", "output", "--json").out) == {"answer": 42, "name": "me"}


def test_an_exception_ends_the_command_with_its_traceback(project: Project) -> None:
    """The engine shows where the program failed and exits with an error."""
    cli = project.program("def broken():\n    raise ValueError('no such luck')\nbroken()\n")
    ran = cli("preview", expect=1)
    assert "no such luck" in ran.text
    assert "__main__.py" in ran.text


def test_a_policy_pack_is_started_and_obeyed(project: Project) -> None:
    """A mandatory violation stops the preview of a program that goes through without the pack, as above."""
    pack = project.directory / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text(PACK)
    ran = project.program("import pulumi\npulumi.export('x', 1)\n")(
        "preview", "--policy-pack", "pack", expect=1
    )
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


def test_the_host_ends_with_an_engine_that_was_killed(project: Project, tmp_path: Path) -> None:
    """``kill -9`` of the CLI leaves no host behind."""
    pid = tmp_path / "pid"
    cli = project.program(
        f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        ["pulumi", "preview", "--non-interactive"],
        cwd=project.directory,
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
