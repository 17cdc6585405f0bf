"""A run of the command: sources, checks, reports, exit code."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from s3_perimeter.drift.baseline import Baseline, BaselineError, load_baseline
from s3_perimeter.drift.check import ChoiceError, Options
from s3_perimeter.drift.check import chosen as controls_of
from s3_perimeter.drift.clients import Access, AwsClients
from s3_perimeter.drift.controls import CONTROLS, Limits
from s3_perimeter.drift.findings import Report, exit_code
from s3_perimeter.drift.fleet import Fleet, Source, shard
from s3_perimeter.drift.options import Arguments, UsageError
from s3_perimeter.drift.render import renderer
from s3_perimeter.drift.watch import Watch
from s3_perimeter.stack.export import Engine, EngineError, Running


def run(chosen: Arguments, stop: threading.Event, started: Running | None = None) -> int:
    """Check what was asked for and show it; returns the exit code. Raises UsageError."""
    clients = AwsClients(
        Access(
            profile=chosen.profile,
            role_arn=chosen.role_arn,
            endpoint_url=chosen.endpoint_url,
            region=chosen.region,
            max_concurrency=chosen.max_concurrency,
        )
    )
    sources = _sources(chosen)
    if started and len(sources) == 1:
        sources = [replace(sources[0], started=started)]
    pool = ThreadPoolExecutor(chosen.max_concurrency, thread_name_prefix="call")
    try:
        fleet = Fleet(
            clients=clients,
            pool=pool,
            options=_options(chosen),
            today=datetime.now(UTC).date(),
            stop=stop,
            region=chosen.region,
            trace=_tell if chosen.debug else None,
        )
        return _watch(fleet, sources, chosen) if chosen.watch else _once(fleet, sources, chosen)[1]
    finally:  # calls that were given up are not waited for: they may take minutes to end
        pool.shutdown(wait=False, cancel_futures=True)


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _sources(chosen: Arguments) -> list[Source]:
    engine = Engine(chosen.directory)
    if chosen.states:
        sources = [Source(str(path), file=path) for path in chosen.states]
    else:
        names = list(chosen.stacks)
        try:
            if chosen.all_stacks:
                names = engine.stacks()
            elif not names:
                names = [engine.selected()]
        except EngineError as error:
            raise UsageError(str(error)) from error
        sources = [Source(name, engine=engine) for name in names]
    if chosen.shard:
        by_name = {source.name: source for source in sources}
        sources = [by_name[name] for name in shard(list(by_name), *chosen.shard)]
    return sources


def _options(chosen: Arguments) -> Options:
    names = frozenset(control.id for control in CONTROLS)
    try:
        options = Options(
            strict=chosen.strict,
            only=chosen.only,
            skip=chosen.skip,
            limits=Limits(key_age=timedelta(days=chosen.key_age)),
            baseline=load_baseline(chosen.baseline, names) if chosen.baseline else Baseline(),
        )
        controls_of(options)
    except (BaselineError, ChoiceError) as error:
        raise UsageError(str(error)) from error
    return options


def _once(fleet: Fleet, sources: Sequence[Source], chosen: Arguments) -> tuple[list[Report], int]:
    reports = _check(fleet, sources, chosen)
    _show(reports, chosen)
    return reports, exit_code(reports) if reports or sources else 0


def _check(fleet: Fleet, sources: Sequence[Source], chosen: Arguments) -> list[Report]:
    """The reports in the sources' order."""
    if len(sources) == 1:
        return [fleet.one(sources[0], _Progress("calls answered"))]
    progress = _Progress("stacks checked")
    reports: dict[int, Report] = {}
    for place, report in fleet.all(sources, max(2, min(len(sources), chosen.max_concurrency // 4))):
        reports[place] = report
        progress(len(reports), len(sources))
    return [reports[place] for place in sorted(reports)]


class _Progress:
    """A line on standard error that is written over, after a run's first second and on a terminal only."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.start = self.last = time.monotonic()
        self.shown = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.shown or now - self.start < 1 or (now - self.last < 0.1 and done < total):
            return
        self.last = now
        bar = "#" * (30 * done // max(total, 1))
        end = "\r\x1b[K" if done >= total else ""
        print(f"\r[{bar:<30}] {done}/{total} {self.what}{end}", end="", file=sys.stderr, flush=True)


def _show(reports: Sequence[Report], chosen: Arguments) -> None:
    """Write the reports where they were asked for. Raises UsageError where that cannot be written."""
    document = renderer(chosen.format, colour=_coloured(chosen))(reports)
    if chosen.format not in ("text", "markdown"):  # the others' documented shapes have no place for it
        for report in reports:
            if report.error and chosen.format == "json":
                _tell(f"error: stack {report.stack}: {report.error}")
            for note in report.notes:
                _tell(f"note: stack {report.stack}: {note}")
    if chosen.output is None:
        _write(document)
        return
    try:
        chosen.output.write_text(document, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--output {chosen.output}: {error.strerror}") from error
    _tell(f"{', '.join(f'{report.stack}: {report.status}' for report in reports[:8])}; see {chosen.output}")


def _write(words: str) -> None:
    """Write to standard output. Raises UsageError where that cannot be done."""
    try:
        print(words, end="", flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"the result cannot be written: {error.strerror}") from error


def _coloured(chosen: Arguments) -> bool:
    """Whether text is coloured: by --color, else NO_COLOR (no-color.org), else FORCE_COLOR, else on a
    terminal."""
    if chosen.color != "auto":
        return chosen.color == "always"
    if os.environ.get("NO_COLOR") or chosen.output is not None:
        return False
    if forced := os.environ.get("FORCE_COLOR"):
        return forced not in ("0", "false")
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _watch(fleet: Fleet, sources: Sequence[Source], chosen: Arguments) -> int:
    """Check until stopped: the first report, then what changes. A format for programs, or a file, gets every
    changed report whole.
    """

    def show(reports: Sequence[Report], when: str, news: str | None) -> None:
        if chosen.format != "text" or chosen.output is not None:
            _tell(when)
            _show(reports, chosen)
        elif news is None:
            _write(f"{when}\n")
            _show(reports, chosen)
        else:
            _write(f"\n{when}\n{news}")

    return Watch(
        lambda: _check(replace(fleet, today=datetime.now(UTC).date()), sources, chosen),
        show,
        fleet.stop,
        chosen.watch or 0,
        _coloured(chosen),
    ).run()
