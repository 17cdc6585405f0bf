"""Many stacks: checked side by side through one pool of calls; one that fails ends only its own check."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue

from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.check import Options, check, chosen, failed
from s3_perimeter.drift.clients import Access, AwsClients, CredentialsError
from s3_perimeter.drift.facts import Fact, Unreadable
from s3_perimeter.drift.fetch import Counter, perform
from s3_perimeter.drift.findings import Report
from s3_perimeter.drift.intent import Intent, read_intent
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.export import configured, exported, start_config, start_export
from s3_perimeter.stack.pulumi import Running
from s3_perimeter.stack.state import ShapeError, State, StateError, parse_state

__all__ = ["Fleet", "Source", "check_stack", "shard"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where one stack's declared side comes from: an exported file, or the CLI in a project's directory.

    `started` is its export, where that has begun, and `caller` who we are, where that was asked.
    """

    name: str
    file: Path | None = None
    directory: Path | None = None
    started: Running | None = None
    caller: Future[Fact] | None = None

    def load(self, today: date) -> tuple[State, Callable[[], Intent | None]]:
        """Read the state, and begin to read the config where there is one: the second waits for its end.

        Both raise CommandError; the state also StateError. The config is not needed before the judging, and
        its command would only slow the export and the making of clients.
        """
        if self.file is not None:
            try:
                return parse_state(self.file.read_bytes(), name=str(self.file)), lambda: None
            except OSError as error:
                raise StateError(f"{self.file}: {error.strerror}") from error
        state = exported(self.started or start_export(self.name, self.directory))
        configuring = start_config(self.name, self.directory)

        def intent() -> Intent | None:
            for needed in ("s3_perimeter.settings", "s3_perimeter.drift.judging.fence"):
                import_module(needed)  # while the CLI reads: what reads the config, and what judges by it
            return read_intent(configured(configuring), state, today)

        return state, intent


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
        return self._one(source, self._introduce(source.caller), progress)

    def _introduce(self, caller: Future[Fact] | None = None) -> Future[Fact]:
        """Ask who we are, unless that was asked, and make the clients: both go on while the engine
        exports.
        """
        caller = caller or self.pool.submit(perform, sts.caller(), self.clients, Counter(self.trace))
        self.pool.submit(self.clients.warm)
        return caller

    def _one(
        self,
        source: Source,
        caller: Future[Fact],
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        if self.stop.is_set() and source.caller is None:
            return failed(source.name, "stopped before it was checked")
        try:
            state, intent = source.load(self.today)
            report = check(
                state,
                self.clients,
                self.pool,
                self.options,
                intent=self.pool.submit(intent).result,  # read while AWS is asked
                region=self.region or self.clients.region,
                caller=self._answer(caller),
                stop=self.stop,
                progress=progress,
                trace=self.trace,
            )
            return report if report.stack else replace(report, stack=source.name)
        except (CommandError, StateError, ShapeError, CredentialsError) as error:
            return failed(source.name, str(error))
        except Exception:  # noqa: BLE001  (a stack's check is a boundary: a fault in it ends no other)
            said = "the check itself failed; this is a bug in s3-perimeter, please report it:"
            return failed(source.name, f"{said}\n{traceback.format_exc()}")

    def _answer(self, caller: Future[Fact]) -> Fact:
        """Wait for who we are, and no longer than until the run is stopped."""
        while not self.stop.is_set():
            if wait([caller], timeout=0.2).done:
                error = caller.exception()
                if error:
                    # A new one for each stack: the traceback of one that all raise grows with each.
                    raise RuntimeError("AWS was not asked who the caller is") from error
                return caller.result()
        return Unreadable("stopped before AWS identified the caller")

    def all(self, sources: Sequence[Source], width: int) -> Iterator[tuple[int, Report]]:
        """Check the stacks, `width` at a time, and give each report with its place as soon as it is there.

        After `stop` is set the rest come out as stopped.
        """
        with ThreadPoolExecutor(width, thread_name_prefix="stack") as stacks:
            waiting = list(enumerate(sources))[::-1]
            running: dict[Future[Report], int] = {}
            checked: SimpleQueue[Future[Report]] = SimpleQueue()
            caller = self._introduce()
            while waiting or running:
                while waiting and len(running) < width:
                    place, source = waiting.pop()
                    future = stacks.submit(self._one, source, caller)
                    running[future] = place
                    future.add_done_callback(checked.put)
                future = checked.get()
                yield running.pop(future), future.result()


def check_stack(
    stack: str = "",
    *,
    state: Path | None = None,
    directory: Path | None = None,
    access: Access | None = None,
    options: Options | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """Check one stack of the project in a directory, or an exported state, and report.

    Nothing is raised for what cannot be read: the report's `error` or findings say it. Raises ChoiceError
    where the options name a control that does not exist.
    """
    options = options or Options()
    chosen(options)
    clients = AwsClients(access or Access())
    source = Source(stack or str(state), file=state, directory=directory)
    pool = ThreadPoolExecutor(clients.access.max_concurrency, thread_name_prefix="call")
    try:
        today, ending = datetime.now(UTC).date(), stop or threading.Event()
        return Fleet(clients, pool, options, today, ending, region=clients.access.region).one(source)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def shard(names: Sequence[str], part: int, parts: int) -> list[str]:
    """Return the names that fall to one of the parts (1 to `parts`): each name to exactly one, evenly."""
    return sorted(names)[part - 1 :: parts]
