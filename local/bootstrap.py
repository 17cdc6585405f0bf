"""Make this checkout's Python environment: find or fetch uv, then install what requirements.lock names.

Runs on a bare ``python3`` (3.11 or newer), so it uses the standard library alone. Everything is put into the
checkout: uv below ``.tools``, the environment at ``.venv``.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the part of signal that is in C: imported in no time

if _signal.getsignal(_signal.SIGINT) is not _signal.SIG_IGN:
    # Until main() catches it, Ctrl-C ends this process without a word, and make says "Interrupt".
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "uv"
ENVIRONMENT = ROOT / ".venv"


class BootstrapError(Exception):
    """The environment could not be made; the message says what to install."""


def find_uv() -> str:
    """Return the path of a uv: the one on PATH, else the one fetched into this checkout with pip.

    Raises BootstrapError where this Python can make no virtual environment with pip in it.
    """
    found = shutil.which("uv")
    if found:
        return found
    fetched = TOOLS / "bin" / "uv"
    if fetched.exists():
        return str(fetched)
    note("fetching uv into .tools")
    import venv  # here, where an interrupt is caught: it takes a moment, and is seldom needed

    try:
        venv.create(TOOLS, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise BootstrapError(
            f"this Python ({sys.executable}) cannot create a virtual environment with pip: {error}\n\n"
            "hint: install uv, or Python's venv and ensurepip (on Debian: apt-get install python3-venv)"
        ) from error
    run(
        [
            str(TOOLS / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "uv",
        ]
    )
    return str(fetched)


def run(command: list[str]) -> None:
    """Run a command; raises BootstrapError with the command and what it said where it fails.

    What it says otherwise is not shown: an interrupt would have it complain, each in its own way.
    """
    environment = {**os.environ, "VIRTUAL_ENV": str(ENVIRONMENT)}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BootstrapError(
            f"failed: {' '.join(command)}\n{done.stdout.rstrip()}\n\n"
            "hint: can this machine reach the Python package registry?"
        )


def note(text: str) -> None:
    """Report progress on standard error, so that standard output stays for data."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Make or refresh the environment; returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the check is for the person who runs an older Python)
        print(
            f"error: python3 is {sys.version.split()[0]}\n\nhint: install Python 3.11 or newer",
            file=sys.stderr,
        )
        return 2
    try:
        if _signal.getsignal(_signal.SIGINT) is not _signal.SIG_IGN:
            _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        uv = find_uv()
        if not (ENVIRONMENT / "bin" / "python").exists():
            run(
                [
                    uv,
                    "venv",
                    "--quiet",
                    "--clear",
                    "--python",
                    sys.executable,
                    "--no-python-downloads",
                    str(ENVIRONMENT),
                ]
            )
        note("installing packages (requirements.lock)")
        run([uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "requirements.lock"])
        run([uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."])
    except BootstrapError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nbootstrap: interrupted; the next `make` command continues from here", file=sys.stderr)
        return 130
    (ENVIRONMENT / ".ready").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
