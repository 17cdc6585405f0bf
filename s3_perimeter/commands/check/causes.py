"""Text about many files: one paragraph a cause, the files that it concerns listed, and a last line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from s3_perimeter.commands.check.judged import Judged
from s3_perimeter.commands.check.text import layer_lines
from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof import Verdict
from s3_perimeter.reporting.output import Style, count, paint
from s3_perimeter.reporting.saying import is_verbose
from s3_perimeter.reporting.verdicts import sentence

__all__ = ["many_text"]

_SHOWN = 5
"""How many files a paragraph names without ``--verbose``."""

Kind = Literal["escape", "not judged", "not decided", "lock-out", "dead Allow", "layers", "not modelled"]
_STYLES: dict[Kind, Style] = {
    "escape": "bad",
    "not judged": "warn",
    "not decided": "warn",
    "lock-out": "warn",
    "dead Allow": "warn",
    "layers": "dim",
    "not modelled": "dim",
}
_IN_LISTS: dict[Kind, str] = {
    "not judged": ", which S3 would reject or which cannot be read",
    "layers": ", each by itself",
    "not modelled": ", so that no Deny can depend on it",
}
"""Causes that are a line each, below a heading of all."""
_VALUE = r"`(?:arn:[^`]*|[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(?:/\d+)?)`"
_VALUES = re.compile(rf"{_VALUE}(?:, {_VALUE})*(?:, …)?")
"""ARNs or addresses in a message: what differs from file to file where the cause is the same."""


@dataclass(slots=True)
class Cause:
    """What the same thing does in several files.

    ``title`` is what is said of the first file, ``shared`` the same without what only that file has, and
    ``lines`` the rest. ``places`` are the files by what names them, with the line of the statement to blame
    where it is known.
    """

    kind: Kind
    title: str
    shared: str
    lines: list[str]
    channels: dict[str, None] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """What is said of all the files."""
        return self.title if len(self.places) == 1 else self.shared


def many_text(judged: Sequence[Judged]) -> str:
    """Return what was found in many files, grouped by cause: the worst first, then the most frequent."""
    causes: dict[tuple[Kind, str], Cause] = {}
    for each in judged:
        for kind, key, found in _causes(each):
            cause = causes.setdefault((kind, key), found)
            cause.channels |= found.channels
            cause.places |= found.places
    kinds = list(_STYLES)
    ordered = sorted(causes.values(), key=lambda cause: (kinds.index(cause.kind), -len(cause.places)))
    blocks = [_paragraph(cause) for cause in ordered if cause.kind not in _IN_LISTS]
    for kind, head in _IN_LISTS.items():
        listed = [cause for cause in ordered if cause.kind == kind]
        if listed:
            files = {file for cause in listed for file in cause.places.values()}
            lines = [f"  - {cause.heading}: {_files(list(cause.places))}" for cause in listed]
            blocks.append(
                "\n".join([f"{paint(kind, _STYLES[kind])} in {count(len(files), 'file')}{head}:", *lines])
            )
    proved = [each.file for each in judged if each.verdict is Verdict.PROVED]
    if proved:
        blocks.append(f"{paint('proved', 'good')}: {_files(list(map(visible, proved)))}")
    remaining = dict.fromkeys(risk for each in judged if each.proof for risk in each.proof.residual)
    if remaining:
        blocks.append(
            "\n".join(["remaining risks and assumptions:", *(f"  - {visible(risk)}" for risk in remaining)])
        )
    return "\n\n".join([*blocks, _last_line(judged)])


def _causes(each: Judged) -> Iterator[tuple[Kind, str, Cause]]:
    """Yield what is wrong with one file, each cause with the key by which files share it."""
    file = visible(each.file)

    def cause(
        kind: Kind,
        text: str,
        title: str,
        lines: list[str],
        line: int | None = None,
        *,
        rcp: str | None = None,
    ) -> tuple[Kind, str, Cause]:
        place = f"{visible(rcp) if rcp else file}:{line}" if line else file
        place = f"{file} (by {place})" if rcp else place
        found = Cause(kind, title, _shared(title, each), lines, places={place: file})
        return kind, _shared(text, each), found

    if each.proof is None:
        error = (each.error or "").replace(f"`{file}`", "the file").replace("\n\nhint: ", "; ")
        problems = {mistake.problem: mistake.line for mistake in reversed(each.mistakes)}
        for problem, line in (problems or {error: None}).items():
            yield cause("not judged", problem, visible(problem), [], line)
        return
    for layer in layer_lines(each.proof.layers):
        yield cause("layers", layer, layer.strip(), [])
    for witnesses in each.proof.faults:
        first = witnesses[0]
        lines = [
            f"for example, {first.channel.value}: {sentence(first)}",
            f"why: {visible(first.because)}",
            f"fix: {visible(first.fix)}",
        ]
        kind, key, found = cause("escape", first.fix, "", lines, first.line, rcp=first.rcp)
        found.channels = {witness.channel.value: None for witness in witnesses}
        yield kind, key, found
    for reason in each.proof.undecided:
        channel, _, why = reason.partition(": ")
        kind, key, found = cause("not decided", why or reason, visible(why or reason), [])
        found.channels = {channel: None} if why else {}
        yield kind, key, found
    for lockout in each.proof.lockouts:
        lines = [f"why: {visible(lockout.because)}", f"fix: {visible(lockout.fix)}"]
        yield cause("lock-out", f"{lockout.summary} {lockout.fix}", visible(lockout.summary), lines)
    for dead in each.proof.dead_allows:
        lines = [f"why: {visible(dead.because)}", f"fix: {visible(dead.fix)}"]
        title = visible(f"{dead.whom} cannot use what it allows")
        yield cause("dead Allow", f"{title} {dead.fix}", title, lines, dead.line)
    for reason in each.proof.unmodelled:
        yield cause("not modelled", reason, visible(reason), [])


def _shared(text: str, each: Judged) -> str:
    """Return a message without what only this file has: its statements' numbers, ARNs and addresses."""
    for name in sorted(each.statements, key=len, reverse=True):
        text = text.replace(name, "the statement")
    return _VALUES.sub("`…`", text)


def _paragraph(cause: Cause) -> str:
    """Return one cause as text."""
    many = len(cause.places) > 1
    what = f": {cause.heading}" if cause.heading else ""
    through = f" ({', '.join(cause.channels)})" if cause.channels else ""
    lines = [f"{paint(cause.kind, _STYLES[cause.kind])} in {count(len(cause.places), 'file')}{through}{what}"]
    if many and cause.lines:
        lines.append(f"  in {next(iter(cause.places))}:")
    indent = "    " if many else "  "
    lines += [f"{indent}{line}" for line in cause.lines]
    lines.append(f"  files: {_files(list(cause.places))}")
    return "\n".join(lines)


def _files(places: Sequence[str]) -> str:
    """Return the names of files in one line, the first few or, with ``--verbose``, all."""
    more = len(places) - _SHOWN
    if more <= 1 or is_verbose():
        return ", ".join(places)
    return f"{', '.join(places[:_SHOWN])} and {more:,} more (-v lists them)"


def _last_line(judged: Iterable[Judged]) -> str:
    """Return how many there were of each verdict."""
    found = list(judged)
    verdicts = [each.verdict for each in found]
    unjudged = sum(each.proof is None for each in found)
    more = {Verdict.UNKNOWN: f" ({unjudged:,} not judged)" if unjudged else ""}
    styles: dict[Verdict, Style] = {
        Verdict.PROVED: "good", Verdict.ESCAPE: "bad", Verdict.UNKNOWN: "warn",
    }  # fmt: skip
    counts = [
        paint(f"{verdicts.count(verdict):,} {verdict.value}{more.get(verdict, '')}", style)
        for verdict, style in styles.items()
        if verdict in verdicts or verdict is Verdict.PROVED
    ]
    return f"Checked {count(len(found), 'policy', 'policies')}: {', '.join(counts)}"
