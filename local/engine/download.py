"""Download the official Pulumi engine into the user's cache, with the installer of Pulumi's own Python SDK.

The installer (``pulumi.automation.PulumiCommand.install``) fetches a shell script over HTTPS, and the script
fetches the release and unpacks it. Neither has a time limit, so both run in a process of their own, which is
stopped when nothing arrives any more. Everything they write stays in one folder, which is removed afterwards.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError

from local.engine.build import Note
from local.engine.find import VERSION_TEXT, official, official_host, suitable, version
from local.processes import start_child, stop

ANSWER_SECONDS = 5.0
"""How long the server may take to answer at all. Networks that drop packets are recognized by this."""

STALL_SECONDS = 20.0
"""How long a download that has begun may go without a single new byte."""


def download(target: Path, note: Note) -> bool:
    """Put the official release into ``target``, where ``find.official`` finds it. Return whether it is there.

    A failure is no error, since the engine can also be built: one line says why, and the log has the rest.
    """
    log, work = target / "download.log", target / "downloading"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    note(f"downloading the official Pulumi engine {VERSION_TEXT} (once per user; log: {log})")
    began = time.monotonic()
    try:
        reason = install(work, log, note) or unfit(work / "root")
        if reason:
            note(f"the official Pulumi engine is not available here: {reason}")
            return False
        shutil.rmtree(official(target), ignore_errors=True)
        (work / "root").replace(official(target))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    note(f"downloaded the Pulumi engine {VERSION_TEXT} in {time.monotonic() - began:.0f} s")
    return True


def install(work: Path, log: Path, note: Note) -> str | None:
    """Run the installer for ``work / "root"``. Return None, or why it did not succeed, in a few words."""
    command = [sys.executable, "-P", "-m", "local.engine.download", str(work / "root")]
    with log.open("ab") as output:
        start = output.tell()
        process = start_child(command, environment={**os.environ, "TMPDIR": str(work)}, log=output)
        try:
            waited = watch(process, work, note)
        finally:
            stop(process)
    if not waited:
        return f"the download stopped (the log is {log})" if size(work) else "no answer from its server"
    if process.returncode:
        said = log.read_bytes()[start:].decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(said) if line.strip()), "its installer failed")
    return None


def watch(process: subprocess.Popen[bytes], work: Path, note: Note) -> bool:
    """Wait for the installer to end and report progress. Return False when nothing arrives any more."""
    began = changed = reported = time.monotonic()
    before = (0, 0)
    pause = 5 if sys.stderr.isatty() else 20
    while True:
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            now, found = time.monotonic(), (count(work), size(work))
            if found != before:
                before, changed = found, now
            asking = found[0] > 0 and found[1] == 0  # the installer's empty file is there, its content is not
            if now - changed > (ANSWER_SECONDS if asking else STALL_SECONDS):
                return False
            if now - reported > pause:
                reported = now
                note(f"  {now - began:4.0f} s  {found[1] / 1e6:.0f} MB")
        else:
            return True


def files(work: Path) -> list[Path]:
    """Return every file below ``work``."""
    return [Path(folder, name) for folder, _, names in os.walk(work) for name in names]


def count(work: Path) -> int:
    """Return how many files are below ``work``."""
    return len(files(work))


def size(work: Path) -> int:
    """Return how many bytes the files below ``work`` hold together."""
    total = 0
    for file in files(work):
        try:
            total += file.lstat().st_size
        except FileNotFoundError:  # the installer has just removed it
            continue
    return total


def unfit(root: Path) -> str | None:
    """Return why what was installed in ``root`` is not the release that was asked for; None where it is."""
    program = root / "bin" / "pulumi"
    found = version(program)
    if not suitable(found):
        return (
            f"the downloaded version is {'.'.join(map(str, found))}"
            if found
            else "the download contains no CLI"
        )
    if not official_host(program, ""):
        return "the download contains no language host for Python"
    return None


def main(root: str) -> int:
    """Run the SDK's installer; the last line that is printed says what went wrong. Return the exit code."""
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo

    socket.setdefaulttimeout(ANSWER_SECONDS)
    try:
        PulumiCommand.install(root, VersionInfo.parse(VERSION_TEXT.removeprefix("v")))
    except subprocess.CalledProcessError as error:
        print((error.output or b"").decode(errors="replace"))
        print(f"its installer ended with exit code {error.returncode}")
    except Exception as error:  # noqa: BLE001  (whatever the SDK raises: the reason is shown, and a build follows)
        cause = error.reason if type(error) is URLError else error
        print(" ".join(str(cause).split()) or type(cause).__name__)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
