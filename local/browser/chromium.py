"""Drive a headless Chromium through the pipe of its DevTools protocol: no port, no other program.

Messages are JSON, ended by a zero byte, on file descriptors 3 (to it) and 4 (from it)
(Chromium, ``--remote-debugging-pipe``; chromedevtools.github.io/devtools-protocol).
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from local.browser.obtain import Browser
from local.processes import leashed, stop

PATIENCE_SECONDS: Final = 60.0
"""How long an answer may take; a browser that hangs is an error, not a test that never ends."""

PIPES: Final = (
    "import os, sys\n"
    "for at, fd in enumerate(sys.argv[1:3]): os.dup2(int(fd), 3 + at)\n"
    "os.execv(sys.argv[3], sys.argv[3:])\n"
)
FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # root has none; what it opens are this project's own files
    "--no-zygote",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
COMPLAINTS: Final = frozenset({"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"})


class ChromiumError(Exception):
    """The browser does not answer, or refuses a command."""


@dataclass
class Chromium:
    """One tab of a running browser; as a context manager it ends with its block."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)
    """What the page wrote to the console and what the browser refused it, since the last `open`."""

    def __enter__(self) -> Self:
        self.home = tempfile.TemporaryDirectory(prefix="s3-perimeter-browser-", ignore_cleanup_errors=True)
        (theirs_in, self.ours_out), (self.ours_in, theirs_out) = os.pipe(), os.pipe()
        # Above 10, so that none is in the way of the descriptors that the protocol fixes.
        given = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs_in, theirs_out)]
        home = Path(self.home.name)
        with (home / "log").open("wb") as log:
            self.process = subprocess.Popen(
                leashed(
                    [
                        *(sys.executable, "-I", "-S", "-c", PIPES, *map(str, given)),
                        *(self.browser.executable, *FLAGS, f"--user-data-dir={home / 'profile'}"),
                    ]
                ),
                env={**self.browser.environment, "HOME": str(home), "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=given,
                process_group=0,
            )
        for end in (theirs_in, theirs_out, *given):
            os.close(end)
        self.read, self.number, self.session = b"", 0, ""
        self.events: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.ours_out)
        os.close(self.ours_in)
        stop(self.process)
        self.home.cleanup()

    def open(self, page: Path, width: int, height: int = 900) -> None:
        """Load a file, laid out at this width. Raises ChromiumError where it cannot be loaded."""
        self.complaints.clear()
        self.resize(width, height)
        self.events.clear()
        if said := self.send("Page.navigate", url=page.absolute().as_uri()).get("errorText"):
            raise ChromiumError(f"{page}: {said}")
        while "Page.loadEventFired" not in self.events:
            self.receive()

    def resize(self, width: int, height: int = 900, scale: float = 1) -> None:
        """Lay the page out anew at this width."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )

    def show_as(self, *, media: str = "", dark: bool = False) -> None:
        """Apply the style for `media` (`print` or the screen) and for a dark or a light desktop."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media=media, features=features)

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression or of its promise. Raises ChromiumError where it throws."""
        said = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if thrown := said.get("exceptionDetails"):
            raise ChromiumError(str(thrown.get("exception", {}).get("description") or thrown["text"]))
        return said["result"].get("value")

    def picture(self, *, whole: bool = True) -> bytes:
        """Return the whole page as PNG, or the part of it that the window shows."""
        said = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(said["data"])

    def printed(self) -> bytes:
        """Return the page as PDF, on the paper that it asks for."""
        return base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True)["data"])

    def send(self, method: str, /, **parameters: object) -> dict[str, Any]:
        """Give a command and return its result. Raises ChromiumError."""
        self.number += 1
        message: dict[str, object] = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        try:
            data = json.dumps(message).encode() + b"\0"
            while data:
                data = data[os.write(self.ours_out, data) :]
        except BrokenPipeError as error:
            raise self.gone() from error
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise ChromiumError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def receive(self) -> dict[str, Any]:
        """Return the next message, complaints taken note of. Raises ChromiumError where none comes."""
        while b"\0" not in self.read:
            if not select.select([self.ours_in], [], [], PATIENCE_SECONDS)[0]:
                raise ChromiumError(f"the browser has not answered for {PATIENCE_SECONDS:.0f} s")
            more = os.read(self.ours_in, 1 << 20)
            if not more:
                raise self.gone()
            self.read += more
        first, _, self.read = self.read.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        if method := message.get("method"):
            self.events.append(method)
            if method in COMPLAINTS:
                self.complaints.append(json.dumps(message["params"]))
        return message

    def gone(self) -> ChromiumError:
        """Return the error of a browser that has ended, with the last line of what it said."""
        said = (Path(self.home.name) / "log").read_text(errors="replace").strip().splitlines()
        return ChromiumError(f"the browser has ended: {said[-1] if said else 'it said nothing'}")
