"""Ctrl-C ends in one line, whatever it interrupts before anything runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
USUAL = (
    "import os, signal, sys\n"
    "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Gives a command the usual disposition: a shell without job control lets background jobs ignore Ctrl-C."""


def pressed(
    command: list[str], directory: Path, begun: Path, environment: dict[str, str]
) -> tuple[int, list[str]]:
    """Send Ctrl-C to a command, and to all that it started, once the file ``begun`` is there.

    Returns its exit code and the lines on standard error, without those about progress.
    """
    with subprocess.Popen(
        [sys.executable, "-E", "-c", USUAL, *command],
        cwd=directory,
        env={**os.environ, "BEGUN": str(begun), **environment},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 30
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    return process.returncode, [line for line in errors.splitlines() if line]


@pytest.mark.parametrize(
    ("command", "module", "ended"),
    [
        pytest.param(["-P", "-m", "local", "status"], "subprocess", (130, ["interrupted"]), id="a command"),
        pytest.param(["-P", "-m", "local", "status"], "argparse", (130, ["interrupted"]), id="its options"),
        pytest.param(["-P", "-m", "local", "status"], "signal", (-signal.SIGINT, []), id="its first lines"),
        pytest.param(["local/bootstrap.py"], "subprocess", (-signal.SIGINT, []), id="the bootstrap's"),
    ],
)
def test_while_modules_are_still_imported(
    tmp_path: Path, command: list[str], module: str, ended: tuple[int, list[str]]
) -> None:
    """Importing what a command needs can take a second. Where nothing was begun, make says it."""
    code = "import os, time; open(os.environ['BEGUN'], 'w').close(); time.sleep(60)"
    (tmp_path / f"{module}.py").write_text(code)
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    command = [sys.executable, *command]
    assert pressed(command, ROOT, tmp_path / "begun", {"PYTHONPATH": path}) == ended


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with nothing but the bootstrap."""
    (tmp_path / "local").mkdir()
    shutil.copy(ROOT / "local" / "bootstrap.py", tmp_path / "local")
    return tmp_path


def uv(checkout: Path, script: str) -> str:
    """Make a program named uv and return a PATH that begins with it."""
    program = checkout / "bin" / "uv"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{program.parent}:/usr/bin:/bin"


def test_in_the_silent_part_of_the_bootstrap(checkout: Path) -> None:
    """While uv installs for half a minute; what uv says about it is not shown."""
    path = uv(checkout, "trap 'echo uv is not amused >&2; exit 1' INT; touch $BEGUN; sleep 60")
    command = [sys.executable, "local/bootstrap.py"]
    ended = pressed(command, checkout, checkout / "begun", {"PATH": path})
    assert ended == (130, ["bootstrap: interrupted; the next `make` command continues from here"])


def test_a_bootstrap_that_fails_shows_what_was_said(checkout: Path) -> None:
    """The command, its own words and what to look at."""
    path = uv(checkout, "echo no route to the registry >&2; exit 1")
    done = subprocess.run(
        [sys.executable, "local/bootstrap.py"],
        cwd=checkout,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no route to the registry" in done.stderr
    assert "hint: can this machine reach the Python package registry?" in done.stderr
