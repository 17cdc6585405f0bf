"""How a command ends: never with the exit code of a finding where there is none, never with a traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from s3_perimeter.commands.main import main
from s3_perimeter.reporting.ending import in_words
from s3_perimeter.reporting.errors import CommandError
from tests.s3_perimeter.commands.engine_answers import answers, state

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PERIMETER = (sys.executable, "-c", "from s3_perimeter.commands.start import command; command()")
POLICY = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """A policy file that is no finding to read, and one to judge."""
    path = tmp_path / "policy.json"
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return str(path)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(CommandError("wrong", "do this"), "error: wrong\n\nhint: do this\n", id="a mistake"),
        pytest.param(KeyboardInterrupt(), "error: interrupted\n", id="an interrupt"),
        pytest.param(BrokenPipeError(), "", id="a reader that has gone"),
        pytest.param(
            PermissionError(13, "Permission denied", "f.yaml"), "`f.yaml`: Permission denied", id="a file"
        ),
        pytest.param(OSError(28, "No space left on device"), "standard output: No space", id="a full disk"),
        pytest.param(OSError(24, "Too many open files"), "refused: Too many open files", id="the system"),
        pytest.param(MemoryError(), "not enough memory", id="memory"),
        pytest.param(
            ZeroDivisionError("x"),
            "an internal error of s3-perimeter, so there is no result:",
            id="a fault of ours",
        ),
        pytest.param(RecursionError("deep"), "RecursionError: deep", id="a fault that is not a ValueError"),
        pytest.param(ValueError("\x1b[2J"), "ValueError: \\x1b[2J", id="what steers a terminal"),
    ],
)
def test_whatever_ends_a_command_is_exit_code_2_and_one_sentence(
    error: BaseException, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 would be a finding; the trace is there for who asks."""

    def run() -> int:
        raise error

    assert in_words(run) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert in_words(run, debug=True) == 2
    assert "Traceback" in capfd.readouterr().err


def test_an_error_names_the_page_that_explains(capsys: pytest.CaptureFixture[str]) -> None:
    """One that there is; on the web where the release says where that is."""
    assert main(["check", "--bucket", "b", "--allow", "203.0.113.0/24"]) == 2
    assert capsys.readouterr().err.endswith("\n\nsee: docs/how-to/check-policies.md\n")
    named = [
        page
        for file in (ROOT / "s3_perimeter").rglob("*.py")
        for page in re.findall(r'"((?:how-to|reference|explanation)/[a-z-]+\.md)"', file.read_text())
    ]
    assert len(named) > 5
    assert [page for page in named if not (ROOT / "docs" / page).exists()] == []


def test_debug_shows_the_trace_of_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    """And the sentence asks for it."""

    def fails(_: object) -> int:
        raise ValueError("a fault")

    monkeypatch.setattr(import_module("s3_perimeter.commands.check"), "run", fails)
    asked = ["check", policy, "--bucket", "b", "--allow", "203.0.113.0/24"]
    assert main(asked) == 2
    assert "--debug" in (said := capsys.readouterr().err)
    assert "Traceback" not in said
    assert main([*asked, "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "--help", "--version"])
def test_a_full_disk_is_no_finding(policy: str, form: str) -> None:
    """The result is lost, and that is said; nothing is written twice."""
    asked = (
        ["check", form]
        if form.startswith("-")
        else ["check", policy, "--bucket", "b", "--allow", "203.0.113.0/24", "--format", form]
    )
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PERIMETER, *asked], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write to standard output: No space left on device\n")
    assert done.stderr.count("\n") == 3


@pytest.mark.parametrize("closed", [">&-", "2>&-", "2>/dev/full", "| head -c 0", ">&- 2>&-"])
def test_an_output_that_is_closed_ends_in_order(policy: str, closed: str) -> None:
    """Whichever it is; with standard output gone there is no answer, whatever was found."""
    asked = [*PERIMETER, "check", policy, "--bucket", "b", "--allow", "203.0.113.0/24"]
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$@" {closed}', "bash", *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == (1 if closed.startswith("2>") else 2)


def test_text_that_the_terminal_has_no_character_for_is_escaped(tmp_path: Path) -> None:
    """A file's name in Japanese on a terminal that knows only ASCII."""
    name = tmp_path / "\N{HIRAGANA LETTER A}.json"
    name.write_text("{}")
    done = subprocess.run(
        [*PERIMETER, "check", str(name), "--bucket", "b", "--allow", "203.0.113.0/24"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert "\\u3042.json" in done.stdout


def test_an_interrupt_while_pulumi_is_asked_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The engine says nothing for a while, and so does the command."""
    answers(monkeypatch, tmp_path, export=state())
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\n: > {tmp_path}/asked\nexec /bin/sleep 60\n")
    process = subprocess.Popen(
        [*PERIMETER, "verify", "--stack", "dev"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (tmp_path / "asked").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (2, "", "error: interrupted\n")


BINARY = b"\x89PNG\r\n\x1a\n\x00\xff\xfe"


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        pytest.param("Pulumi.dev.yaml", BINARY, "is not UTF-8 text", id="a binary config"),
        pytest.param("Pulumi.yaml", BINARY, "is not UTF-8 text", id="a binary project"),
        pytest.param("Pulumi.dev.yaml", b"config: [", "is not YAML", id="a config cut short"),
        pytest.param("Pulumi.dev.yaml", b"[" * 1_000, "is not YAML", id="a config nested too deep"),
        pytest.param("Pulumi.dev.yaml", None, "Is a directory", id="a folder"),
    ],
)
def test_a_config_that_is_none_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: bytes | None, said: str
) -> None:
    """Nothing is written into it."""
    from s3_perimeter.stack.config_file import ConfigFile, find_config_file

    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (tmp_path / file).unlink(missing_ok=True)
    (tmp_path / file).write_bytes(content) if content is not None else (tmp_path / file).mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=said):
        ConfigFile.read(find_config_file("dev", None))
