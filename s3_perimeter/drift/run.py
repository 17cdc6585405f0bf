"""A run of the command: sources, checks, reports, exit code."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from s3_perimeter.drift.baseline import Baseline, load_baseline
from s3_perimeter.drift.begin import Begun
from s3_perimeter.drift.check import Options
from s3_perimeter.drift.check import chosen as controls_of
from s3_perimeter.drift.controls import CONTROLS, Limits
from s3_perimeter.drift.findings import Report, exit_code
from s3_perimeter.drift.fleet import Fleet, Source, shard
from s3_perimeter.drift.options import Arguments
from s3_perimeter.drift.render import renderer
from s3_perimeter.drift.watch import Watch
from s3_perimeter.reporting.ending import say_error
from s3_perimeter.reporting.output import print_result, write_file
from s3_perimeter.reporting.progress import Progress
from s3_perimeter.reporting.saying import detail, note
from s3_perimeter.stack.pulumi import selected_stack, stack_names

__all__ = ["run"]


def run(chosen: Arguments, stop: threading.Event, begun: Begun) -> int:
    """Check what was asked for and show it; returns the exit code. Raises PerimeterError."""
    try:
        sources = _sources(chosen)
        if len(sources) == 1:
            sources = [replace(sources[0], started=begun.export, caller=begun.caller)]
        fleet = Fleet(
            clients=begun.clients,
            pool=begun.pool,
            options=_options(chosen),
            today=datetime.now(UTC).date(),
            stop=stop,
            region=chosen.region,
            trace=detail if chosen.verbose else None,
        )
        return _watch(fleet, sources, chosen) if chosen.watch else _once(fleet, sources, chosen)[1]
    finally:  # calls that were given up are not waited for: they may take minutes to end
        begun.pool.shutdown(wait=False, cancel_futures=True)


def _sources(chosen: Arguments) -> list[Source]:
    """Return what is to be checked. Raises CommandError where the CLI does not name the stacks."""
    if chosen.states:
        sources = [Source(str(path), file=path) for path in chosen.states]
    else:
        names = list(chosen.stacks)
        if chosen.all_stacks:
            names = stack_names(chosen.directory)
        elif not names:
            names = [selected_stack(chosen.directory)]
        sources = [Source(name, directory=chosen.directory) for name in names]
    if chosen.shard:
        by_name = {source.name: source for source in sources}
        sources = [by_name[name] for name in shard(list(by_name), *chosen.shard)]
    return sources


def _options(chosen: Arguments) -> Options:
    """Return what is checked. Raises BaselineError and ChoiceError."""
    names = frozenset(control.id for control in CONTROLS)
    options = Options(
        strict=chosen.strict,
        only=chosen.only,
        skip=chosen.skip,
        limits=Limits(key_age=timedelta(days=chosen.key_age), key_idle=timedelta(days=chosen.unused_for)),
        baseline=load_baseline(chosen.baseline, names) if chosen.baseline else Baseline(),
    )
    controls_of(options)
    return options


def _once(fleet: Fleet, sources: Sequence[Source], chosen: Arguments) -> tuple[list[Report], int]:
    reports = _check(fleet, sources, chosen)
    _show(reports, chosen)
    return reports, exit_code(reports) if reports or sources else 0


def _check(fleet: Fleet, sources: Sequence[Source], chosen: Arguments) -> list[Report]:
    """Return the reports in the sources' order."""
    with Progress("drift check") as progress:
        if len(sources) == 1:
            return [
                fleet.one(sources[0], lambda done, all: progress.update(f"{done} of {all} calls answered"))
            ]
        reports: dict[int, Report] = {}
        for place, report in fleet.all(sources, max(2, min(len(sources), chosen.max_concurrency // 4))):
            reports[place] = report
            progress.update(f"{len(reports)} of {len(sources)} stacks checked")
    return [reports[place] for place in sorted(reports)]


def _show(reports: Sequence[Report], chosen: Arguments) -> None:
    """Write the reports where they were asked for. Raises CommandError where that cannot be written."""
    document = renderer(chosen.format)(reports)
    if chosen.format not in ("text", "markdown"):  # the others' documented shapes have no place for it
        for report in reports:
            if report.error and chosen.format == "json":
                say_error(f"stack {report.stack}: {report.error}")
            for each in report.notes:
                note(f"note: stack {report.stack}: {each}")
    if chosen.output is None:
        print_result(document.removesuffix("\n"), chosen.format)
        return
    write_file(chosen.output, document)
    note(f"{', '.join(f'{report.stack}: {report.status}' for report in reports[:8])}; see {chosen.output}")


def _watch(fleet: Fleet, sources: Sequence[Source], chosen: Arguments) -> int:
    """Check until stopped: the first report, then what changes. A format for programs, or a file, gets every
    changed report whole.
    """

    def show(reports: Sequence[Report], when: str, news: str | None) -> None:
        if chosen.format != "text" or chosen.output is not None:
            note(when)
            _show(reports, chosen)
        elif news is None:
            print_result(when)
            _show(reports, chosen)
        else:
            print_result(f"\n{when}\n{news}".removesuffix("\n"))

    return Watch(
        lambda: _check(replace(fleet, today=datetime.now(UTC).date()), sources, chosen),
        show,
        fleet.stop,
        chosen.watch or 0,
    ).run()
