"""Read logs in parallel: one process a core, each with bounded memory, into one tally."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator

from s3_perimeter.access_logs.formats import tally_file
from s3_perimeter.access_logs.lines import tally_lines
from s3_perimeter.access_logs.sources import LogSource, Piece
from s3_perimeter.access_logs.tally import Question, Tally
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.output import count
from s3_perimeter.reporting.progress import Progress

__all__ = ["Work", "scan", "tallies"]


class Work:
    """What every worker does; it is inherited at the fork, and only pieces and tallies travel."""

    def __init__(self, source: LogSource, question: Question, since: int) -> None:
        self.source, self.question, self.since = source, question, since

    def __call__(self, piece: Piece) -> Tally:
        tally = Tally()
        for name, text in zip(piece.names, self.source.read(piece), strict=True):
            if piece.start:
                tally.merge(tally_lines(text, self.question, self.since))
            else:
                tally.merge(tally_file(name, text, self.question, self.since))
        return tally


inherited: list[Work] = []


def _begin(work: Work) -> None:
    """Set a new worker up; Ctrl-C is left to the parent, which ends its workers.

    A handler of SIGTERM that was inherited, and only takes note, would keep the worker from ending.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    inherited[:] = [work]


def _do(piece: Piece) -> Tally:
    """Read one piece in a worker."""
    return inherited[0](piece)


def scan(source: LogSource, question: Question, since: int, jobs: int = 0) -> Tally:
    """Read all logs of the source into one tally; `since` is an hour number, `jobs` 0 means one for each
    core.
    """
    whole = Tally()
    with Progress("reading access logs") as progress:
        for tally in tallies(Work(source, question, since), jobs or os.cpu_count() or 1):
            whole.merge(tally)
            progress.update(f"{whole.size / 1e6:,.0f} MB, {count(whole.lines, 'line')}")
    return whole


def tallies(work: Work, jobs: int) -> Iterator[Tally]:
    """The tally of each piece. A single piece, a single job, and systems without `fork` need no workers."""
    pieces = work.source.pieces()
    first = next(pieces, None)
    if first is None:
        return
    second = next(pieces, None)
    if second is None or jobs == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, [first, second] if second else [first])
        yield from map(work, pieces)
        return
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    # No `Pool` of multiprocessing: that waits without end for what a worker did that has been killed.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin, (work,)) as pool:
        try:
            running = deque(pool.submit(_do, piece) for piece in (first, second))
            for piece in pieces:
                running.append(pool.submit(_do, piece))
                if len(running) > jobs * 2:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        except BrokenProcessPool as error:
            raise CommandError(
                "a process that reads logs was killed",
                "is there too little memory? With `--jobs 1` one process reads, and needs the least",
            ) from error
        except BaseException:  # what is read meanwhile is of no use
            for child in multiprocessing.active_children():
                child.kill()
            raise
