"""Processes that end with the one that started them, and the files that say which of them run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

LEASH = (
    "import ctypes, os, signal, sys\n"
    "ctypes.CDLL(None).prctl(1, signal.SIGTERM)\n"  # PR_SET_PDEATHSIG of linux/prctl.h, kept across exec
    "os.getppid() == int(sys.argv[1]) or sys.exit(143)\n"  # the parent died before the line above
    "os.execvp(sys.argv[2], sys.argv[2:])\n"
)
"""Runs a command so that the kernel ends it when the parent dies, even by ``kill -9``.

A program of its own rather than ``preexec_fn``, which would fork this process with its (gRPC's) threads.
"""


def leashed(command: Sequence[str | Path]) -> list[str]:
    """``command`` as a command that dies with the process that starts it. Linux only; elsewhere as it is.

    The kernel goes by the thread: start it from one that lives as long as the process.
    """
    plain = [str(part) for part in command]
    if not sys.platform.startswith("linux"):
        return plain
    return [sys.executable, "-I", "-S", "-c", LEASH, str(os.getpid()), *plain]


def start_child(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: IO[bytes] | int,
    stdout: IO[bytes] | int | None = None,
    directory: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process that dies with this one, in its own process group (Ctrl-C reaches this one alone)."""
    return subprocess.Popen(
        leashed(command),
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=log if stdout is None else stdout,
        stderr=log,
        process_group=0,
    )


def stop(process: subprocess.Popen[bytes], seconds: float = 10.0) -> bool:
    """End a child and everything in its process group: SIGTERM, then SIGKILL after ``seconds``.

    Returns whether it ended by itself.
    """
    if process.poll() is None:
        signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
            return False
    return True


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the process group of ``pid``; a group that is gone is fine."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def started_at(pid: int) -> str | None:
    """Return when the kernel started that process (clock ticks since boot; ``ps`` elsewhere), None where it
    is gone.

    With the id it names one process for good: an id alone is handed out again after a while.
    """
    if Path("/proc/self/stat").exists():  # a machine that has it need not have ps
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def end(pid: int, identity: str | None, seconds: float = 15.0) -> None:
    """End a process that is not our child, where it is still the one of that identity; waits for its end."""
    for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
        if identity is None or started_at(pid) != identity:
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and started_at(pid) == identity:
            time.sleep(0.02)
