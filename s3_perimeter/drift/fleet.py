"""Many stacks: checked side by side through one pool of calls; one that fails ends only its own check."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from queue import SimpleQueue

from s3_perimeter.drift.check import Options, check, failed
from s3_perimeter.drift.clients import AwsClients, CredentialsError
from s3_perimeter.drift.findings import Report
from s3_perimeter.drift.intent import Intent, read_intent
from s3_perimeter.stack.export import Engine, EngineError, Running, configured, exported
from s3_perimeter.stack.state import State, StateError, parse_state


@dataclass(frozen=True, slots=True)
class Source:
    """Where one stack's declared side comes from: an exported file, or the CLI in a project."""

    name: str
    file: Path | None = None
    engine: Engine | None = None
    started: Running | None = None

    def load(self, today: date) -> tuple[State, Callable[[], Intent | None]]:
        """Read the state, and begin to read the config where there is one: the second waits for its end.

        Both raise EngineError; the state also StateError. The config is not needed before the judging, and
        its command would only slow the export and the making of clients.
        """
        if self.file is not None:
            try:
                return parse_state(self.file.read_bytes(), name=str(self.file)), lambda: None
            except OSError as error:
                raise StateError(f"{self.file}: {error.strerror}") from error
        if self.engine is None:
            raise StateError(f"stack {self.name} has neither a file nor a CLI")
        state = exported(self.started or self.engine.exporting(self.name), self.name)
        configuring = self.engine.configuring(self.name)
        return state, lambda: read_intent(configured(configuring), state, today)


@dataclass(frozen=True, slots=True)
class Fleet:
    """What checking a stack takes, shared by all."""

    clients: AwsClients
    pool: ThreadPoolExecutor
    options: Options
    today: date
    stop: threading.Event
    region: str | None = None
    trace: Callable[[str], None] | None = None

    def one(self, source: Source, progress: Callable[[int, int], None] | None = None) -> Report:
        """Check one stack; whatever is wrong with it is its report."""
        self.pool.submit(self.clients.warm)  # while the engine exports
        return self._one(source, progress)

    def _one(self, source: Source, progress: Callable[[int, int], None] | None = None) -> Report:
        if self.stop.is_set():
            return failed(source.name, "stopped before it was checked")
        try:
            state, intent = source.load(self.today)
            return check(
                state,
                self.clients,
                self.pool,
                self.options,
                intent=intent,
                region=self.region or self.clients.region,
                stop=self.stop,
                progress=progress,
                trace=self.trace,
            )
        except (EngineError, StateError, CredentialsError) as error:
            return failed(source.name, str(error))
        except Exception as error:  # noqa: BLE001  (a stack's check is a boundary: a fault in it ends no other)
            return failed(source.name, f"the check itself failed: {type(error).__name__}: {error}")

    def all(self, sources: Sequence[Source], width: int) -> Iterator[tuple[int, Report]]:
        """Check the stacks, `width` at a time, and give each report with its place as soon as it is there.

        After `stop` is set the rest come out as stopped.
        """
        with ThreadPoolExecutor(width, thread_name_prefix="stack") as stacks:
            waiting = list(enumerate(sources))[::-1]
            running: dict[Future[Report], int] = {}
            checked: SimpleQueue[Future[Report]] = SimpleQueue()
            self.pool.submit(self.clients.warm)
            while waiting or running:
                while waiting and len(running) < width:
                    place, source = waiting.pop()
                    future = stacks.submit(self._one, source)
                    running[future] = place
                    future.add_done_callback(checked.put)
                future = checked.get()
                yield running.pop(future), future.result()


def shard(names: Sequence[str], part: int, parts: int) -> list[str]:
    """The names that fall to one of the parts (1 to `parts`): each name to exactly one, evenly."""
    return sorted(names)[part - 1 :: parts]
