"""`--watch`: the first report, then the time and what is new or gone, and an end in one line."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest

from s3_perimeter.drift.findings import Finding, Kind, Report, Severity
from s3_perimeter.drift.render.changes import changes
from s3_perimeter.drift.watch import Watch
from tests.s3_perimeter.drift.facts import document_of

OPENED = Finding(
    "bucket-policy",
    "arn:aws:s3:::b",
    Kind.CHANGED,
    Severity.HIGH,
    {"Statement": []},
    None,
    "Requests from outside are no longer denied.",
    "pulumi up --refresh --stack dev",
)
UNREAD = replace(OPENED, kind=Kind.UNKNOWN, detail="AccessDenied", fix="allow s3:GetBucketPolicy")
QUIET = Report("dev", datetime(2030, 1, 1, tzinfo=UTC), 40, ())
DRIFTED = replace(QUIET, findings=(OPENED,))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        pytest.param(
            QUIET,
            replace(QUIET, checked_at=datetime(2031, 1, 1, tzinfo=UTC), api_calls=41),
            [],
            id="only the time and the calls",
        ),
        pytest.param(
            QUIET,
            DRIFTED,
            [
                r"stack dev: drift, was in-sync",
                r"DRIFT    bucket-policy \(high\)",
                r"no longer denied",
                r"fix: pulumi up",
            ],
            id="new",
        ),
        pytest.param(
            DRIFTED,
            QUIET,
            [r"stack dev: in-sync, was drift", r"GONE     bucket-policy: arn:aws:s3:::b changed"],
            id="gone",
        ),
        pytest.param(
            DRIFTED,
            replace(QUIET, findings=(UNREAD,)),
            [
                r"unknown, was drift",
                r"UNKNOWN  bucket-policy",
                r"changed before, and could not be read this time",
            ],
            id="not gone but unread",
        ),
        pytest.param(
            DRIFTED,
            replace(QUIET, error="no answer"),
            [r"unknown, was drift", r"could not be read this time", r"NEW      error: no answer"],
            id="not gone but not checked",
        ),
        pytest.param(
            DRIFTED,
            replace(DRIFTED, findings=(OPENED, replace(OPENED, control="bucket-acl"))),
            [r"stack dev: drift, as before", r"bucket-acl \(high\)"],
            id="one more",
        ),
        pytest.param(
            QUIET,
            replace(QUIET, pending=("tags adds a",), notes=("x",)),
            [
                r"in-sync, as before",
                r"NEW      the config was edited but not deployed: tags adds a",
                r"NEW      note: x",
            ],
            id="remarks",
        ),
        pytest.param(
            DRIFTED,
            replace(QUIET, accepted=((OPENED, "until May"),)),
            [r"GONE     bucket-policy", r"NEW      accepted by the baseline: bucket-policy .*: until May"],
            id="accepted",
        ),
    ],
)
def test_only_what_has_changed_is_shown(before: Report, now: Report, said: list[str]) -> None:
    """Each change in a line or a block; nothing at all where nothing has changed."""
    text = changes([before], [now])
    for pattern in said:
        assert re.search(pattern, text)
    assert bool(text) is bool(said)


def test_only_the_stacks_that_changed_are_named() -> None:
    """Of many, those alone."""
    other = replace(QUIET, stack="other")
    text = changes([QUIET, other], [QUIET, replace(DRIFTED, stack="other")])
    assert re.findall(r"^stack (\w+):", text, re.MULTILINE) == ["other"]


def watched(rounds: list[list[Report]], *, during: bool = False) -> tuple[list[str | None], int]:
    """What a watch of these rounds shows, and its exit code; it is stopped during the last round, or after
    it, where that one shows something.
    """
    stop = threading.Event()
    left = list(rounds)
    shown: list[str | None] = []

    def check() -> list[Report]:
        found = left.pop(0)
        if during and not left:
            stop.set()
        return found

    def show(_: object, when: str, news: str | None) -> None:
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: ", when)
        shown.append(news)
        if not left:
            stop.set()

    code = Watch(check, show, stop, 0).run()
    return shown, code


def test_a_round_without_a_change_shows_nothing() -> None:
    """The first report is shown whole, and after it changes alone; the exit code is the last round's."""
    shown, code = watched([[QUIET], [QUIET], [DRIFTED]])
    assert [bool(each) for each in shown] == [False, True]
    assert code == 1


def test_a_round_that_was_stopped_is_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    """What it did not read looks like drift that is gone."""
    shown, code = watched([[DRIFTED], [replace(QUIET, error="stopped before it was checked")]], during=True)
    assert shown == [None]
    assert code == 1
    assert "stopped after 1 round; dev drift, last changed" in capsys.readouterr().err


def test_a_first_round_that_was_stopped_is_shown_and_is_no_result() -> None:
    """What is known is not kept back."""
    shown, code = watched([[replace(QUIET, error="stopped before it was checked")]], during=True)
    assert shown == [None]
    assert code == 2


@contextmanager
def watching(file: Path, stderr: int | IO[bytes], *words: str) -> Iterator[subprocess.Popen[str]]:
    """The command, watching an exported state every second where nobody has credentials."""
    process = subprocess.Popen(
        [Path(sys.executable).parent / "pulumi-tool-drift-check", "--state", file, "--watch", "1", *words],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(stream: IO[str] | None, words: str) -> str:
    """What is written up to a line with these words; the end of the stream is an error."""
    assert stream is not None
    lines = []
    for line in stream:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(lines)


def test_a_watch_shows_changes_as_they_come_and_ends_in_a_line(tmp_path: Path) -> None:
    """A state that is torn and whole again; then Ctrl-C."""
    file = tmp_path / "export.json"
    whole = json.dumps(document_of())
    file.write_text(whole)
    with watching(file, subprocess.PIPE) as process:
        assert "UTC: first round" in until(process.stdout, "result: ")
        file.write_text("{")
        said = until(process.stdout, "NEW")
        assert re.search(r"UTC: round \d+, changed since \d{4}-", said)
        assert "error: " in said
        file.write_text(whole)
        until(process.stdout, "GONE     error: ")
        process.send_signal(signal.SIGINT)
        assert process.stderr
        errors = process.stderr.read()
        assert process.wait() == 2
    assert re.fullmatch(r"stopped after \d+ rounds; .*, last changed [\d :-]+ UTC\n", errors)


def test_a_format_for_programs_gets_whole_reports(tmp_path: Path) -> None:
    """And the time on standard error."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document_of()))
    with watching(file, subprocess.PIPE, "--format", "json") as process:
        first = until(process.stdout, "status")
        process.send_signal(signal.SIGINT)
        assert process.stdout and process.stderr
        assert json.loads(first + process.stdout.read())["status"] == "unknown"
        assert "UTC: first round" in process.stderr.read()


def test_a_terminal_shows_when_it_last_looked(tmp_path: Path) -> None:
    """In a line that is written over, no wider than the terminal, and gone at the end."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document_of()))
    ours, theirs = pty.openpty()
    with watching(file, theirs) as process:
        os.close(theirs)
        seen = b""
        while b"after 2 rounds; next " not in seen:
            seen += os.read(ours, 4096)
        process.send_signal(signal.SIGTERM)
        while b"stopped after" not in seen:
            seen += os.read(ours, 4096)
    os.close(ours)
    assert re.search(rb"\r\x1b\[K[\d-]+ [\d:]+ UTC: .* after 2 rounds; next \d\d:\d\d:\d\d\r\x1b\[K", seen)
