"""Logs in files: cut into stretches, read in parallel, each line once."""

from __future__ import annotations

import gzip
import os
import signal
from pathlib import Path
from threading import Thread

import pytest

from s3_perimeter.access_logs import sources
from s3_perimeter.access_logs.scan import scan
from s3_perimeter.access_logs.sources import FileLogs
from s3_perimeter.reporting.errors import CommandError
from tests.s3_perimeter.access_logs.log_lines import line


@pytest.mark.parametrize("jobs", [pytest.param(1, id="one process"), pytest.param(2, id="two processes")])
@pytest.mark.parametrize("stretch", [100, 512, 513, 5_000, 1 << 26])
def test_each_line_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, stretch: int
) -> None:
    """Wherever a file is cut, no line is lost and none counted twice."""
    monkeypatch.setattr(sources, "STRETCH", stretch)
    (tmp_path / "deeper").mkdir()
    for name in ("one", "deeper/two"):
        (tmp_path / name).write_bytes(b"".join(line(f"198.51.100.{number}") for number in range(20)))
    tally = scan(FileLogs((tmp_path,)), "refused", 0, jobs)
    assert (tally.lines, tally.unread, len(tally.groups)) == (40, 0, 20)
    assert {requests for requests, _, _ in tally.groups.values()} == {2}


def test_no_logs_at_all_hold_no_line(tmp_path: Path) -> None:
    """An empty folder, or an empty file, is read as nothing."""
    assert not scan(FileLogs((tmp_path,)), "refused", 0).lines
    (tmp_path / "empty").touch()
    assert not scan(FileLogs((tmp_path,)), "refused", 0).lines


@pytest.mark.parametrize("jobs", [pytest.param(1, id="one process"), pytest.param(2, id="two processes")])
def test_files_of_all_forms_lie_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """Packed ones are read whole, whatever the stretches of the others, and what is no log is named."""
    monkeypatch.setattr(sources, "STRETCH", 700)
    text = b"".join(line(f"198.51.100.{number}") for number in range(20))
    (tmp_path / "a.log").write_bytes(text)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(text))
    (tmp_path / "c.log").write_bytes(text.decode().encode("utf-16"))
    (tmp_path / "policy.json").write_text('{"Statement": []}')
    tally = scan(FileLogs((tmp_path,)), "refused", 0, jobs)
    assert (tally.lines, tally.unread, len(tally.groups)) == (60, 0, 20)
    assert tally.foreign == {str(tmp_path / "policy.json"): "a policy"}


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """As `<(aws s3 cp … -)` in a shell is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(gzip.compress(line() * 3),), daemon=True)
    writer.start()
    tally = scan(FileLogs((pipe,)), "refused", 0)
    writer.join()
    assert tally.lines == 3


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """The message names it."""
    with pytest.raises(CommandError, match="nowhere"):
        scan(FileLogs((tmp_path / "nowhere",)), "refused", 0)


def test_a_file_that_cannot_be_read_is_reported_from_a_worker_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in another process reaches the person as the same sentence."""
    monkeypatch.setattr(sources, "STRETCH", 64)
    log = tmp_path / "log"
    log.write_bytes(line() * 3)

    def gone(self: FileLogs) -> object:
        for piece in pieces(self):
            log.unlink(missing_ok=True)
            yield piece

    pieces = FileLogs.pieces
    monkeypatch.setattr(FileLogs, "pieces", gone)
    with pytest.raises(CommandError, match="cannot read"):
        scan(FileLogs((log,)), "refused", 0, 2)


@pytest.mark.timeout(60)
def test_workers_end_whatever_their_parent_does_on_sigterm(tmp_path: Path) -> None:
    """They are forked, and so inherit what it does; one that goes on was waited for without end, mostly."""
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(line() * 3)
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        assert {scan(FileLogs((tmp_path,)), "refused", 0, 2).lines for _ in range(30)} == {6}
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.timeout(60)
def test_a_worker_that_is_killed_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system does so where memory is short."""
    monkeypatch.setattr(sources, "STRETCH", 64)
    monkeypatch.setattr(FileLogs, "read", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    log = tmp_path / "log"
    log.write_bytes(line() * 3)
    with pytest.raises(CommandError, match="was killed"):
        scan(FileLogs((log,)), "refused", 0, 2)
