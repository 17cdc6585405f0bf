"""The official engine, downloaded from a loopback server that plays the installer's part."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.engine import download, find, obtain
from local.processes import started_at
from tests.local.installer import SCRIPT, Answer, release, serve

GOOD = Answer(SCRIPT.encode())
RELEASE = release("v3.259.0", "pulumi-language-python")
PAGE = b"<html>Please log in to this network</html>"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return find.kept_directory()


def attempt(monkeypatch: pytest.MonkeyPatch, folder: Path, script: Answer, archive: Answer) -> list[str]:
    """Download from a server that answers so; return the lines that were lines."""
    lines: list[str] = []
    with serve(script, archive) as installer:
        for name, value in installer.environment(folder).items():
            monkeypatch.setenv(name, value)
        download.download(find.kept_directory(), lines.append)
    return lines


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(Answer(RELEASE), id="at once"),
        pytest.param(Answer(RELEASE, pause=0.1), id="slowly but steadily"),
    ],
)
def test_the_official_release_is_kept_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path, archive: Answer
) -> None:
    """Its own language host is next to it, nothing of ours is put on PATH, and asking again asks nobody."""
    lines = attempt(monkeypatch, tmp_path, GOOD, archive)
    assert lines[-1].startswith("downloaded the Pulumi engine v3.259.0 in ")
    bin = cache / "official" / "bin"
    engine = find.Engine(bin / "pulumi", (bin,))
    assert find.find(str(tmp_path)) == engine
    assert find.find(engine.search_path(str(tmp_path))) == engine
    assert sorted(item.name for item in cache.iterdir()) == ["download.log", "official"]
    assert obtain.find_or_get(str(tmp_path), lambda line: pytest.fail(line)) == engine


@pytest.mark.parametrize(
    ("script", "archive", "reason"),
    [
        pytest.param(Answer(status="404 Not Found"), GOOD, "HTTP Error 404: Not Found", id="no script"),
        pytest.param(Answer(SCRIPT.encode(), sent=0.5), GOOD, "IncompleteRead", id="the script is cut off"),
        pytest.param(Answer(PAGE), GOOD, "Exec format error", id="a login page for the script"),
        pytest.param(
            Answer(b"#!/bin/sh\nexit 0\n"),
            GOOD,
            "No such file or directory",
            id="a script that installs nothing",
        ),
        pytest.param(
            GOOD, Answer(status="404 Not Found"), "installer ended with exit code 22", id="no such release"
        ),
        pytest.param(
            GOOD, Answer(RELEASE, sent=0.5), "installer ended with exit code 18", id="the release is cut off"
        ),
        pytest.param(GOOD, Answer(PAGE), "installer ended with exit code", id="a login page for the release"),
        pytest.param(GOOD, Answer(release("v3.1.0")), "3.1.0", id="an older release"),
        pytest.param(GOOD, Answer(release("hello")), "parse the Pulumi CLI version", id="another program"),
        pytest.param(
            GOOD,
            Answer(release()),
            "the download contains no language host for Python",
            id="no language host",
        ),
    ],
)
def test_what_does_not_come_whole_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path, script: Answer, archive: Answer, reason: str
) -> None:
    """One line says why, and nothing of it is left but the log."""
    _, line = attempt(monkeypatch, tmp_path, script, archive)
    assert line.startswith("the official Pulumi engine is not available here: ")
    assert reason in line
    assert "\n" not in line
    assert [item.name for item in cache.iterdir()] == ["download.log"]


@pytest.mark.parametrize(
    ("script", "archive", "seconds", "reason"),
    [
        pytest.param(
            Answer(sent=0, stalls=True), GOOD, "ANSWER_SECONDS", "no answer from its server", id="no answer"
        ),
        pytest.param(
            GOOD,
            Answer(RELEASE, sent=0.5, stalls=True),
            "STALL_SECONDS",
            "the download stopped",
            id="half of it",
        ),
    ],
)
def test_a_server_that_falls_silent_is_given_up(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cache: Path,
    script: Answer,
    archive: Answer,
    seconds: str,
    reason: str,
) -> None:
    """The installer, which would wait for good, is stopped with all that it started."""
    monkeypatch.setattr(download, seconds, 4.0 if seconds == "STALL_SECONDS" else 0.5)
    *_, line = attempt(monkeypatch, tmp_path, script, archive)
    assert reason in line
    assert [item.name for item in cache.iterdir()] == ["download.log"]


def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection to the internet be refused."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")


def test_without_the_internet_the_engine_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    """The download is tried once, one line says that it failed, and the build follows."""
    unreachable(monkeypatch)
    go = tmp_path / "go"
    go.write_text(
        '#!/bin/sh\ncase "$1" in env) echo go1.26.0;; *) mkdir -p "$GOBIN"\n'
        'printf \'#!/bin/sh\\necho v3.259.0\\n\' > "$GOBIN/pulumi"; chmod +x "$GOBIN/pulumi";; esac\n'
    )
    go.chmod(0o755)
    monkeypatch.setattr(find, "ROOT", tmp_path)  # the checkout that gets a link to what was built
    lines: list[str] = []
    engine = obtain.find_or_get(f"{tmp_path}:/usr/bin:/bin", lines.append)
    assert engine.executable.samefile(cache / "pulumi")
    (failed,) = [line for line in lines if "not available" in line]
    assert failed.endswith("Connection refused")
    assert lines[-1].startswith("built the Pulumi engine v3.259.0 in ")


def test_an_interrupted_download_leaves_nothing_running(tmp_path: Path, cache: Path) -> None:
    """Ctrl-C ends the installer and what it started, and takes away what had come."""
    program = (
        "import sys; from local.engine import download, find\n"
        "download.download(find.kept_directory(), lambda text: print(text, flush=True))\n"
    )
    pid = tmp_path / "pid"
    script = Answer(f"#!/bin/sh\necho $$ > {pid}\nexec sleep 60\n".encode())
    with serve(script, GOOD) as installer:
        environment = {**os.environ, **installer.environment(tmp_path)}
        with subprocess.Popen(
            [sys.executable, "-c", program], env=environment, stderr=subprocess.DEVNULL
        ) as process:
            deadline = time.monotonic() + 30
            while not (pid.exists() and pid.read_text().strip()) and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            process.wait(20)
    assert started_at(int(pid.read_text())) is None
    assert [item.name for item in cache.iterdir()] == ["download.log"]
