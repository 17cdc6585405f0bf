"""A stand: the embedded AWS, its vantage points and the provider, in one background process of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from local import record as records
from local.engine.build import Note
from local.engine.obtain import find_or_get
from local.environment import (
    REAL_PROVIDER,
    client_environment,
    engine_environment,
    guarded,
    search_path,
)
from local.processes import end, signal_group, start_child
from local.record import Record
from local.vantages import endpoint

START_SECONDS = 60.0
LOG = "stand.log"


class StandError(Exception):
    """The stand did not start or is not running; the message says where its log is."""


class Stand:
    """The embedded AWS in ``directory``; as a context manager it is started, and ended with the block.

    Started so, it dies with the process that started it, even by ``kill -9``. State stays in ``directory``.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Stand:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def record(self) -> Record:
        """What the running process wrote down. Raises StandError where none runs."""
        found = records.read(self.directory)
        if not found.running:
            raise StandError(
                f"no embedded AWS is running for {self.directory}\n\nhint: `make up` starts it; "
                f"its log is {self.directory / LOG}"
            )
        return found

    @property
    def running(self) -> bool:
        """Whether a process serves this directory now."""
        return records.read(self.directory).running

    @property
    def authority(self) -> Path:
        """The certificate to trust (``AWS_CA_BUNDLE``)."""
        return self.directory / "ca.pem"

    def start(self, *, detached: bool = False) -> None:
        """Start it, or find it running; returns when requests are answered. Raises StandError.

        ``detached`` lets it outlive this process: it then ends by ``stop`` or by itself after idle hours.
        """
        if self.running:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        for name in ("pulumi", "stacks"):
            (self.directory / name).mkdir(exist_ok=True)
        command = [sys.executable, "-P", "-m", "local.serve", str(self.directory)]
        with (self.directory / LOG).open("ab") as log:
            if detached:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            else:
                self.process = start_child(command, environment=os.environ, log=log)
        try:
            self.wait_until_ready(self.process)
        except BaseException:  # an interrupt leaves nothing behind
            self.stop()
            raise

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the record of the process just started."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if records.read(self.directory).running:
                return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        tail = "\n".join((self.directory / LOG).read_text(errors="replace").splitlines()[-5:])
        raise StandError(
            f"the embedded AWS did not start:\n{tail}\n\nhint: the log is {self.directory / LOG}"
        )

    def stop(self) -> None:
        """End the process that serves this directory, whoever started it; state stays. Waits for its end."""
        found = records.read(self.directory)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                signal_group(self.process.pid, signal.SIGKILL)
                self.process.wait()
        else:
            end(found.pid, found.started)
        self.process = None

    def endpoint(self, name: str) -> str:
        """Return the endpoint URL of a vantage point by name (``local.vantages.VANTAGES``, or an address)."""
        return endpoint(self.record, name)

    def vantage(self, address: str, *, tls: bool = True) -> str:
        """Return an endpoint URL from which the client appears at ``address`` (IPv4 or IPv6), opened on
        demand.
        """
        return str(self.control("/vantage", {"address": address, "tls": tls})["url"])

    def control(self, path: str, asked: dict[str, object]) -> dict[str, object]:
        """Ask the running process something. Raises StandError with its answer where it refuses."""
        record = self.record
        connection = http.client.HTTPConnection("127.0.0.1", record.ports["control"], timeout=30)
        try:
            headers = {"Authorization": f"Bearer {record.token}"}
            connection.request("POST", path, json.dumps(asked), headers)
            response = connection.getresponse()
            answer: dict[str, object] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise StandError(f"the embedded AWS refused {path} {asked}: {answer.get('error')}")
        return answer

    def environment(self, note: Note = lambda _text: None) -> dict[str, str]:
        """Return the variables that ``make env`` prints; gets a missing engine. Raises StandError,
        EngineError.
        """
        record = self.record
        engine = find_or_get(os.environ.get("PATH", os.defpath), note)
        return {
            **client_environment(record, self.authority),
            **engine_environment(
                self.directory,
                None if os.environ.get(REAL_PROVIDER) else record.provider,
                search_path(engine.search_path(os.environ.get("PATH", os.defpath))),
            ),
        }

    def process_environment(self) -> dict[str, str]:
        """This process's environment with the stand's, for running commands in."""
        return guarded(os.environ, self.environment())
