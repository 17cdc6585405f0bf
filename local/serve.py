"""The process of a stand, `python -m local.serve DIR`: the emulator, its vantage points, the provider.

It ends by SIGTERM or SIGINT, by ``POST /stop`` on its control port, or by itself after idle hours.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.lifespan.on import LifespanOn

from local import record as records
from local.aws import emulator
from local.aws.admin import create_admin
from local.aws.certificates import certificates
from local.aws.emulator import Receive, Scope, Send
from local.aws.faults import Fault, Faults
from local.aws.vantage import Listener, Seen
from local.environment import client_environment
from local.processes import start_child, started_at, stop
from local.vantages import VANTAGES, Vantage, endpoint

if TYPE_CHECKING:
    from local.aws.gateway import Gateway

IDLE_SECONDS = 12 * 3600
PROVIDER_SECONDS = 30.0
log = logging.getLogger("stand")


class AlreadyRunningError(Exception):
    """Another process serves this directory."""


class Service:
    """Everything that runs in the process of one stand."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.record = records.read(directory)
        self.record.vantages = {**{v.name: asdict(v) for v in VANTAGES}, **self.record.vantages}
        self.certificates = certificates(directory)
        self.tls = self.certificates.context()
        self.gateway = gateway(directory)
        self.faults = Faults(self.gateway)
        self.listeners: dict[str, Listener] = {}
        self.control = Listener(self.answer_control, self.record.ports.get("control", 0), None)
        self.provider: subprocess.Popen[bytes] | None = None
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve until asked to stop; then save and close, whatever happened."""
        config = uvicorn.Config(self.gateway.application, lifespan="on", log_config=None)
        config.load()
        lifespan = LifespanOn(config)
        await lifespan.startup()
        watches: list[asyncio.Task[None]] = []
        try:
            await asyncio.gather(self.control.open(), *(self.open(v) for v in self.vantages()))
            self.record.admin = self.record.admin or create_admin(emulator.ACCOUNT)
            self.record.management = self.record.management or create_admin(emulator.MANAGEMENT)
            self.gateway.save()
            await self.start_provider()
            self.publish()
            log.info("ready: %s", self.record.ports)
            watches = [
                asyncio.create_task(watch())
                for watch in (
                    self.gateway.save_now_and_then,
                    self.gateway.logs.run,
                    self.watch_idleness,
                    self.watch_provider,
                )
            ]
            await self.stopping.wait()
        finally:
            for watch in watches:
                watch.cancel()
            if self.provider and not await asyncio.to_thread(stop, self.provider):
                log.warning("the provider did not end in time and was killed")
            await self.gateway.logs.deliver()
            await asyncio.gather(self.control.close(), *(each.close() for each in self.listeners.values()))
            if (self.directory / records.FILE).exists():  # else somebody removed it all: leave it so
                await lifespan.shutdown()
                self.record.started = None
                self.record.write(self.directory)

    def vantages(self) -> list[Vantage]:
        """Return the vantage points of the record: the standing ones, and those opened on demand earlier."""
        return [Vantage(**fields) for fields in self.record.vantages.values()]  # type: ignore[arg-type]

    async def open(self, vantage: Vantage) -> None:
        """Open a vantage point, at the port it had before where that is free."""
        application = self.faults if vantage.name == "inside" else self.gateway
        listener = Listener(
            Seen(application, vantage),
            self.record.ports.get(vantage.name, 0),
            self.tls if vantage.tls else None,
        )
        await listener.open()
        self.listeners[vantage.name] = listener
        self.record.ports[vantage.name] = listener.port
        self.record.vantages[vantage.name] = asdict(vantage)

    def url(self, name: str) -> str:
        """Return the endpoint URL of an open vantage point."""
        return endpoint(self.record, name)

    def publish(self) -> None:
        """Write down that this process serves, and where."""
        self.record.pid = os.getpid()
        self.record.started = started_at(os.getpid())
        self.record.code = records.code()
        self.record.token = self.record.token or secrets.token_hex(16)
        self.record.ports["control"] = self.control.port
        self.record.write(self.directory)

    async def start_provider(self) -> None:
        """Start the stand-in of pulumi-resource-aws; it prints its port and ends with this process."""
        environment = {**os.environ, **client_environment(self.record, self.certificates.authority)}
        with (self.directory / "provider.log").open("ab") as output:
            self.provider = start_child(
                [sys.executable, "-P", "-u", "-m", "local.provider", str(self.record.provider)],
                environment=environment,
                log=output,
                stdout=subprocess.PIPE,
            )
        assert self.provider.stdout is not None  # noqa: S101  (a pipe was asked for)
        async with asyncio.timeout(PROVIDER_SECONDS):
            line = await asyncio.to_thread(self.provider.stdout.readline)
        if not line.strip().isdigit():
            raise RuntimeError(f"the provider did not start: see {self.directory / 'provider.log'}")
        self.record.provider = int(line)

    async def watch_provider(self) -> None:
        """Start the provider again when it ended (somebody killed it)."""
        while True:
            await asyncio.sleep(0.5)
            if self.provider and self.provider.poll() is not None:
                log.warning("the provider ended with %s; restarting it", self.provider.returncode)
                await self.start_provider()
                self.publish()

    async def watch_idleness(self) -> None:
        """Stop the stand when nobody has asked anything for hours, or when its directory is gone."""
        limit = float(os.environ.get("STAND_IDLE_SECONDS", IDLE_SECONDS))
        while True:
            await asyncio.sleep(min(5.0, limit / 2))
            if time.monotonic() - self.gateway.last_request > limit:
                log.info("no request for %.0f s: stopping", limit)
                self.stopping.set()
            if not (self.directory / records.FILE).exists():
                log.info("the directory is gone: stopping")
                self.stopping.set()

    async def answer_control(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The control port: ``POST /vantage`` and ``/fault`` act on demand, ``/stop`` ends this process."""
        token = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        operations: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, object]]]] = {
            "/fault": self.fail_on_demand,
            "/vantage": self.open_on_demand,
            "/stop": self.stop_on_demand,
        }
        operation = operations.get(scope["path"])
        status, answer = 404, dict[str, object](error="no such operation")
        if not secrets.compare_digest(token, f"Bearer {self.record.token}"):
            status, answer = 403, {"error": "wrong token"}
        elif operation and scope["method"] == "POST":
            body = (await receive()).get("body") or b"{}"
            try:
                status, answer = 200, await operation(json.loads(body))
            except (ValueError, KeyError, TypeError) as error:
                status, answer = 400, {"error": str(error)}
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    async def open_on_demand(self, asked: dict[str, Any]) -> dict[str, object]:
        """Open the vantage point at an address; the one that is open already where there is one."""
        vantage = Vantage.at(asked["address"], tls=bool(asked.get("tls", True)))
        if vantage.name not in self.listeners:
            await self.open(vantage)
            self.record.write(self.directory)
        return {"url": self.url(vantage.name)}

    async def fail_on_demand(self, asked: dict[str, Any]) -> dict[str, object]:
        """Let one request from now on fail, by its number, at ``inside``; returns how many came since."""
        fault, operation = Fault(asked.get("fault", "error")), str(asked.get("operation", ""))
        return {"seen": self.faults.arm(int(asked.get("at", 0)), fault, operation)}

    async def stop_on_demand(self, _asked: dict[str, Any]) -> dict[str, object]:
        """Begin to stop; the process ends once running requests are answered."""
        self.stopping.set()
        return {"stopping": True}


def gateway(directory: Path) -> Gateway:
    """Return the patched emulator behind its gateway. Imported here: ministack reads its settings on
    import.
    """
    from local.aws import patches
    from local.aws.gateway import Gateway

    patches.apply(directory)
    return Gateway(emulator.application())


@contextlib.contextmanager
def only_one(directory: Path) -> Any:
    """Hold the directory's lock (the kernel frees it when this process ends). Raises AlreadyRunningError."""
    with (directory / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(f"another process serves {directory}") from error
        yield


async def serve(directory: Path) -> None:
    """Run the service of ``directory`` with signals bound to stopping."""
    service = Service(directory)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, service.stopping.set)
    await service.run()


def main() -> int:
    """Serve the directory named on the command line; returns the exit code."""
    directory = Path(sys.argv[1]).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.WARNING)
    log.setLevel(logging.INFO)
    try:
        with only_one(directory):
            emulator.configure(directory)
            asyncio.run(serve(directory))
    except AlreadyRunningError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
