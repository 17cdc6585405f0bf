"""What is on PATH under a command's name: it has the warm process run that command with its own streams.

A script for ``python -I -S``, so it imports only what is built in. It passes on its arguments, directory,
environment and descriptors, then signals, and ends as the command does. When it dies, the command is ended;
when the one who started it dies, so does it.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import _socket
import marshal
import posix
import sys

TYPE_CHECKING = False  # typing's own is not built in; type checkers know the name as well
if TYPE_CHECKING:
    from typing import NoReturn

NAME = sys.argv[0].rpartition("/")[2]
FOLDER = posix.readlink(sys.argv[0]).rpartition("/")[0]
FORWARDED = (
    _signal.SIGHUP,
    _signal.SIGINT,
    _signal.SIGQUIT,
    _signal.SIGTERM,
    _signal.SIGUSR1,
    _signal.SIGUSR2,
)
SCM_RIGHTS, SOL_SOCKET = _socket.SCM_RIGHTS, _socket.SOL_SOCKET
LOST = 70
"""Exit code where the warm process is not there: none that a command of ours has."""


def lost(why: object) -> NoReturn:
    """End loudly: a test must not pass or fail by something else."""
    posix.write(2, f"{NAME}: the warm process of the tests (tests/warm) is lost: {why}\n".encode())
    posix._exit(LOST)


def ask(connection: _socket.socket, ignored: list[int], umask: int) -> int:
    """The id of the process that runs the command now; 0 where Python's environment is another there."""
    asked = marshal.dumps((NAME, sys.argv[1:], posix.getcwd(), posix.environ, umask, ignored))
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    try:
        connection.connect(f"{FOLDER}/socket")
        connection.sendmsg([len(asked).to_bytes(8, "big")], [(SOL_SOCKET, SCM_RIGHTS, streams)])
        connection.sendall(asked)
        answer = connection.recv(4)
    except OSError as error:
        lost(error)
    return int.from_bytes(answer, "big") if answer else lost("it ended")


def ended(connection: _socket.socket, started_by: int) -> bytes:
    """How the command ended, as `wait` reports it; nothing where the warm process is gone."""
    connection.settimeout(0.5)
    while True:
        try:
            return connection.recv(4)
        except TimeoutError:
            if posix.getppid() != started_by:
                posix._exit(1)
        except OSError:
            return b""


def main() -> None:
    """Ask, then relay signals until the status comes."""
    started_by = posix.getppid()
    ignored = [number for number in FORWARDED if _signal.getsignal(number) == _signal.SIG_IGN]
    relayed = [number for number in FORWARDED if number not in ignored]
    running: list[int] = []
    early: list[int] = []

    def relay(number: int, _frame: object) -> None:
        """To the command; one that comes before it runs waits for it."""
        if running:
            posix.kill(running[0], number)
        else:
            early.append(number)

    for number in relayed:
        _signal.signal(number, relay)
    umask = posix.umask(0)
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    pid = ask(connection, ignored, umask)
    if not pid:
        real = posix.readlink(f"{FOLDER}/real/{NAME}")
        posix.umask(umask)
        posix.execve(real, [real, *sys.argv[1:]], posix.environ)
    running.append(pid)
    for number in early:
        posix.kill(pid, number)
    status = ended(connection, started_by)
    if not status:
        posix.kill(pid, _signal.SIGKILL)
        lost("it ended before the command did")
    code = posix.waitstatus_to_exitcode(int.from_bytes(status, "big"))
    if code < 0:
        if -code in FORWARDED:
            _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


main()
