"""The warm process: it has imported what the commands of this checkout import, and forks itself for each.

``python process.py FOLDER [MODULE …]``, with a listening socket as standard input; ``FOLDER/real`` has links
to the commands by name. It imports the modules, or those of ``IMPORTED``, and has one thread, no gRPC object
and nothing running, so each command begins in a copy of the same clean state; only its own code runs there,
and from then on all is as in a process of its own.
"""

from __future__ import annotations

import atexit
import gc
import io
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

HOST, PYTHON = "pulumi-language-python", "python"
IMPORTED = (
    "encodings.idna",
    "grpc._utilities",
    "grpc.experimental",
    "pulumi_policy",
    "pulumi_aws.iam",
    "pulumi_aws.kms",
    "pulumi_aws.organizations",
    "pulumi_aws.s3",
    "s3_perimeter.components",
    "policies.engine.serve",
    "local.engine.host",
    "boto3.s3.inject",
    "pytest",
)
ALL_OF = "s3_perimeter"
"""Every module of this package is imported too: a command imports some of them only when it gets there."""
PATIENCE = 60.0
"""Seconds in which one that has connected has to have said what it asks for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One command, as ``ask.py`` was started."""

    name: str
    arguments: list[str]
    directory: str
    environment: dict[bytes, bytes]
    umask: int
    ignored: list[int]

    def like_this_one(self) -> bool:
        """Whether a Python started so would be set up as this one was."""
        if self.name == PYTHON and (self.arguments[:1] != ["-u"] or brings_its_own(Path(self.arguments[1]))):
            return False
        return for_python(self.environment) == for_python(os.environb)


def brings_its_own(folder: Path) -> bool:
    """Whether a component package or policy pack stands in another copy of our code, which is its to run."""
    ours = Path(sys.modules["s3_perimeter"].__path__[0])
    copies = (above / "s3_perimeter" for above in folder.parents[:2])
    return any(copy.exists() and not copy.samefile(ours) for copy in copies)


def for_python(environment: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The variables that Python reads at its start."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith((b"PYTHON", b"LC_")) or name in (b"LANG", b"TZ")
    }


class Commands:
    """Those that are asked for, and those that run."""

    def __init__(self) -> None:
        self.listening = socket.socket(fileno=0)
        self.running: dict[int, socket.socket] = {}
        # A child that ends wakes the loop below.
        self.wake, self.waker = socket.socketpair()
        self.waker.setblocking(False)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def next(self) -> tuple[Asked, list[int]]:
        """Serve for ever; returns in a child, with what was asked for and its streams."""
        while True:
            ready = select.select([self.listening, self.wake, *self.running.values()], [], [])[0]
            if self.wake in ready:
                self.wake.recv(4096)
                self.reap()
            for pid, connection in list(self.running.items()):
                if connection in ready:  # its `ask.py` is gone: nothing else is ever to be read from it
                    os.kill(pid, signal.SIGKILL)
                    self.running.pop(pid).close()
            if self.listening in ready:
                connection, _ = self.listening.accept()
                with connection, suppress(OSError, EOFError, ValueError):  # it was killed while it asked
                    connection.settimeout(PATIENCE)
                    asked, streams = received(connection)
                    forked = os.fork() if asked.like_this_one() else None
                    if forked == 0:
                        self.close()
                        return asked, streams
                    for stream in streams:
                        os.close(stream)
                    if forked:
                        self.running[forked] = connection.dup()
                    connection.sendall((forked or 0).to_bytes(4, "big"))

    def reap(self) -> None:
        """Report how each that has ended did."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                if pid in self.running:
                    with self.running.pop(pid) as connection, suppress(OSError):
                        connection.sendall(status.to_bytes(4, "big"))

    def close(self) -> None:
        """Let go of what is the parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.listening.detach()  # descriptor 0, which becomes the command's
        for each in (self.wake, self.waker, *self.running.values()):
            each.close()


def received(connection: socket.socket) -> tuple[Asked, list[int]]:
    """What one asks for, and its standard streams."""
    head, streams, *_ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as incoming:
        return Asked(*marshal.loads(incoming.read(int.from_bytes(head, "big")))), streams  # noqa: S302


def become(asked: Asked, streams: list[int], imports_set: Mapping[bytes, bytes]) -> None:
    """Make this process what Python would have made of the command's, with the variables that imports set."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number in asked.ignored:
        signal.signal(number, signal.SIG_IGN)
    if signal.SIGINT not in asked.ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.umask(asked.umask)
    os.chdir(asked.directory)
    os.environ.clear()
    os.environb.update({**asked.environment, **imports_set})
    unbuffered = asked.name in (HOST, PYTHON)
    sys.stdin = reopened(sys.stdin, "rb", unbuffered=False)
    sys.stdout = reopened(sys.stdout, "wb", unbuffered=unbuffered)
    sys.stderr = reopened(sys.stderr, "wb", unbuffered=unbuffered)


def reopened(stream: Any, mode: str, *, unbuffered: bool) -> io.TextIOWrapper:
    """A standard stream on the descriptor that now stands in its place."""
    number = stream.fileno()
    return io.TextIOWrapper(
        open(number, mode, buffering=0 if unbuffered else -1, closefd=False),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=number == 2 or os.isatty(number),
        write_through=unbuffered,
    )


def run(asked: Asked, folder: Path) -> None:
    """Run the command's own code to its end."""
    if asked.name == HOST:
        from local.engine import host

        sys.argv = [str(host.__file__), *asked.arguments]
        own = host.interpreter
        # The policy pack's process is started likewise, where it is this Python's.
        here, warm = Path(sys.prefix).resolve(), str(folder / "pack" / PYTHON)

        def interpreter(info: object) -> str:
            python = own(info)
            return warm if Path(python).parent.parent.resolve() == here else python

        host.interpreter = interpreter
        host.main()
    elif asked.name == PYTHON:
        sys.argv = asked.arguments[1:]
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        command = os.readlink(folder / "real" / asked.name)  # noqa: PTH115
        sys.argv = [command, *asked.arguments]
        sys.path.insert(0, os.path.dirname(command))  # noqa: PTH120
        runpy.run_path(command, run_name="__main__")


def leave(code: int) -> None:
    """End as Python does, but leave the objects as they are: to take them apart copies every page.

    Returns where an output cannot be written, which Python has its own exit code for.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code & 0xFF)


if __name__ == "__main__":
    del sys.path[0]  # this folder
    given = set(os.environb)
    named = sys.argv[2:]
    for name in named or IMPORTED:
        # A module of pulumi_aws is loaded when something of it is asked for.
        hasattr(import_module(name), "anything")
    for module in () if named else walk_packages(import_module(ALL_OF).__path__, f"{ALL_OF}."):
        import_module(module.name)
    gc.collect()
    gc.freeze()
    asked, streams = Commands().next()
    become(asked, streams, {name: os.environb[name] for name in set(os.environb) - given})
    try:
        run(asked, Path(sys.argv[1]))
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            leave(ended.code or 0)
        raise
    leave(0)
