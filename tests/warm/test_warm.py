"""A command that the warm process runs is, from outside, the command in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from local.processes import started_at
from tests.warm.warm import AWS, BIN, Warm, kept

Start = Callable[..., "subprocess.Popen[str]"]
REPORT = (
    "import os, sys, pulumi\n"
    "print(sys.argv[1:], os.getcwd(), os.environ.get('ASKED'), os.environ.get('GONE'), sys.stdin.read())\n"
    "print(os.isatty(1), __name__, file=sys.stderr)\n"
)
WAIT = "import os, time\nprint(os.getpid(), flush=True)\nwhile True:\n    time.sleep(0.05)\n"


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    """One for the whole file."""
    with Warm() as started:
        yield started


@pytest.fixture
def start(warm: Warm, tmp_path: Path) -> Iterator[Start]:
    """Starts a program as the command of its name, by default through the warm process."""
    started: list[subprocess.Popen[str]] = []

    def begin(
        program: str, *arguments: str, cold: bool = False, environment: Mapping[str, str] = os.environ
    ) -> subprocess.Popen[str]:
        script = tmp_path / f"command{len(started)}"
        script.write_text(f"#!{sys.executable}\n{program}")
        script.chmod(0o755)
        name = f"{tmp_path.name}-{script.name}"
        warm.stand_in(name, script)
        process = subprocess.Popen(
            [script if cold else warm.folder / "bin" / name, *arguments],
            cwd=tmp_path,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def pid_of(process: subprocess.Popen[str]) -> int:
    """The process that runs the program, once it does."""
    assert process.stdout
    return int(process.stdout.readline())


def gone(pid: int) -> bool:
    """Whether a process ends within 30 s."""
    deadline = time.monotonic() + 30
    while started_at(pid) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(REPORT, id="arguments, directory, environment and streams"),
        pytest.param("import atexit\natexit.register(print, 'last')\nprint('first', end='')", id="buffers"),
        pytest.param("raise SystemExit(3)", id="code"),
        pytest.param("import sys\nsys.exit('a sentence')", id="sentence"),
        pytest.param("import os\nos._exit(5)", id="at once"),
        pytest.param("import os\nos.kill(os.getpid(), 9)", id="killed"),
        pytest.param("import sys\nsys.stdout = open('/dev/full', 'w')\nprint(1)", id="a full disk"),
        pytest.param("import threading\nthreading.Timer(0.1, print, ['later']).start()", id="a thread"),
        pytest.param("import os\nprint(oct(os.umask(0)))", id="umask"),
    ],
)
def test_a_command_says_and_ends_as_it_does_cold(start: Start, program: str) -> None:
    """With the same exit code or signal, and the same on both streams."""
    environment = {**{k: v for k, v in os.environ.items() if k != "GONE"}, "ASKED": "ä=b\nc"}
    ended = []
    for cold in (False, True):
        process = start(program, "one two", "", cold=cold, environment=environment)
        ended.append((*process.communicate("typed", timeout=60), process.returncode))
    assert ended[0] == ended[1]


def test_an_exception_is_a_traceback_and_exit_code_one(start: Start) -> None:
    """The last lines are the program's own."""
    process = start("raise ValueError('no such luck')\n")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.endswith("ValueError: no such luck\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1], ids=lambda n: n.name)
@pytest.mark.parametrize("caught", [True, False], ids=["caught", "deadly"])
def test_a_signal_reaches_the_command(start: Start, number: signal.Signals, caught: bool) -> None:
    """What it does on it is what the caller sees."""
    handling = "SIG_DFL" if not caught else "lambda *_: sys.exit(7)"
    handler = handling if caught else f"signal.{handling}"
    process = start(f"import signal, sys\nsignal.signal({int(number)}, {handler})\n{WAIT}")
    pid_of(process)
    process.send_signal(number)
    assert process.wait(30) == (7 if caught else -number)


def test_a_command_ends_with_what_stands_for_it(start: Start) -> None:
    """``kill -9`` leaves nothing behind."""
    process = start(WAIT)
    pid = pid_of(process)
    assert pid != process.pid
    process.kill()
    assert gone(pid)


def test_a_command_ends_with_the_one_that_started_it(warm: Warm, start: Start) -> None:
    """As Pulumi's language host has to when the engine is killed."""
    process = start(WAIT)
    pid, stand_in = pid_of(process), Path(str(process.args[0])).name  # type: ignore[index]
    again = str(warm.folder / "bin" / stand_in)
    starter = f"import subprocess, time\nsubprocess.Popen([{again!r}])\ntime.sleep(60)\n"
    outer = start(starter, cold=True)
    inner = pid_of(outer)
    outer.kill()
    assert gone(inner)
    assert started_at(pid) is not None, "another one goes on"


def test_no_command_sees_what_another_did(start: Start) -> None:
    """Each begins in a copy of the same state."""
    program = (
        "import os, pulumi\n"
        "print(hasattr(pulumi, 'x'), 'X' in os.environ)\n"
        "pulumi.x = os.environ['X'] = '1'\n"
    )
    for _ in range(2):
        assert start(program).communicate(timeout=60)[0] == "False False\n"


def test_another_environment_for_python_starts_it_cold(start: Start) -> None:
    """What Python reads at its start cannot be changed afterwards."""
    program = "import sys\nprint('pulumi' in sys.modules)"
    assert start(program).communicate(timeout=60)[0] == "True\n"
    process = start(program, environment={**os.environ, "PYTHONUTF8": "1", "PYTHONHASHSEED": "7"})
    assert process.communicate(timeout=60)[0] == "False\n"


def test_a_package_that_stands_in_another_copy_of_our_code_is_started_cold(
    warm: Warm, tmp_path: Path
) -> None:
    """It would run the code of this checkout otherwise."""
    for checkout in (tmp_path / "with", tmp_path / "without"):
        (checkout / "pack").mkdir(parents=True)
        (checkout / "pack" / "__main__.py").write_text("import sys\nprint('pulumi' in sys.modules)")
    (tmp_path / "with" / "s3_perimeter").mkdir()
    said = {
        folder: subprocess.run(
            [warm.folder / "pack" / "python", "-u", tmp_path / folder / "pack"],
            capture_output=True,
            text=True,
        ).stdout
        for folder in ("with", "without")
    }
    assert said == {"with": "False\n", "without": "True\n"}


def test_a_warm_process_that_is_gone_is_an_error() -> None:
    """And no command that quietly runs another way."""
    with Warm() as ended:
        ended.process.kill()
        ended.process.wait()
        command: list[str | Path] = [ended.folder / "bin" / "perimeter", "--version"]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 70
    assert "the warm process of the tests (tests/warm) is lost" in done.stderr


def test_the_aws_cli_is_the_one_that_it_is_cold() -> None:
    """With the botocore that it brings along, and with its own data."""
    with Warm(AWS.commands, AWS.modules) as warm:
        said = [
            subprocess.run(
                [program, "--version"], env=kept(), capture_output=True, text=True, check=True
            ).stdout
            for program in (warm.command("aws"), BIN / "aws")
        ]
    assert said[0] == said[1]
    assert "botocore/" in said[0]


@pytest.mark.parametrize("command", ["perimeter", "pulumi-tool-drift-check", "pytest"])
def test_a_command_of_this_checkout_gives_its_version_as_it_does_cold(warm: Warm, command: str) -> None:
    """Each finds what it reads at its start."""
    said = [
        subprocess.run([program, "--version"], env=kept(), capture_output=True, text=True, check=True).stdout
        for program in (warm.command(command), BIN / command)
    ]
    assert said[0] == said[1]
    assert said[0]
