"""What ``make up``, ``down``, ``env`` and ``status`` do."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from local import record as records
from local.console import CommandError, note, run, typed, uninterrupted
from local.engine.build import TOOLS
from local.engine.obtain import find_or_get
from local.environment import ENDPOINTS, FORGOTTEN
from local.interrupted import settle
from local.show import show
from local.stack import Stack
from local.stand import Stand

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("S3_PERIMETER_STATE") or ROOT / ".state").resolve()
"""Where the stand and the stack of this checkout live."""


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the checkout's lock: two of these commands at once would undo each other."""
    STATE.mkdir(exist_ok=True)
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "command.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note("another make up or make down is running in this checkout; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def up() -> int:
    """Bring everything up and show it; what this run started is stopped again where it fails."""
    began = time.monotonic()
    with alone():
        find_or_get(os.environ.get("PATH", os.defpath), note)
        stand = Stand(STATE)
        if stand.running and stand.record.code != records.code():
            note("the embedded AWS runs older code than this checkout: restarting it")
            stand.stop()
        found_running = stand.running
        if not found_running:
            note("starting the embedded AWS")
        try:
            stand.start(detached=True)
            stack = Stack(ROOT, STATE, stand.process_environment())
            stack.select()
            settle(stack)
            stack.deploy()
            show(stack.outputs(), stack.environment, STATE)
        except BaseException:
            if not found_running:
                note("\nstopping the embedded AWS again (its state is kept; `make up` continues from there)")
                with uninterrupted():
                    stand.stop()
            raise
    note(
        f"\nup in {time.monotonic() - began:.0f} s. The embedded AWS runs in the background "
        '(`make down` ends it; `eval "$(make -s env)"` makes pulumi, aws and perimeter use it)'
    )
    return 0


def down(*, keep: bool) -> int:
    """Stop everything; destroy the stack and remove its state unless it is to be kept."""
    with alone():
        stand = Stand(STATE)
        if stand.running:
            stack = Stack(ROOT, STATE, stand.process_environment())
            try:
                if not keep and stack.exists():
                    stack.destroy()
            except CommandError as error:
                note(f"{error}\nnote: the embedded AWS is still removed, together with the stack")
            finally:
                stand.stop()
        if not keep:
            shutil.rmtree(STATE, ignore_errors=True)
    note("down; its state is kept in .state" if keep else "down; nothing is left")
    return 0


def env() -> int:
    """Print shell exports for the running stand."""
    found = Stand(STATE).environment(note)
    for name in FORGOTTEN:
        print(f"unset {name}")
    for name, value in sorted(found.items()):
        print(f"export {name}={shlex.quote(value)}")
    return 0


def status() -> int:
    """Say whether the stand runs and where; 1 where it does not."""
    stand = Stand(STATE)
    if not stand.running:
        kept = ", its state is kept" if (STATE / "services").exists() else ""
        print(f"the embedded AWS is not running{kept}; `make up` starts it")
        return 1
    record = stand.record
    print(f"the embedded AWS runs (process {record.pid}, provider on port {record.provider})")
    for variable, name in ENDPOINTS.items():
        address = record.vantages[name]["address"] or "any address, named in X-Forwarded-For"
        print(f"  {variable:26} {stand.endpoint(name)}  clients appear at {address}")
    print(f"  logs                       {STATE / 'stand.log'}, {STATE / 'provider.log'}")
    return 0


def in_stand(command: Sequence[str]) -> int:
    """Run a command in the checkout with the stand's environment; gives its exit code."""
    environment = Stand(STATE).process_environment()
    note(f"$ {typed(command)}")
    return run(command, environment, ROOT)


def engine() -> int:
    """Find or build the engine, and say which it is."""
    found = find_or_get(os.environ.get("PATH", os.defpath), note)
    print(found.executable)
    return 0
