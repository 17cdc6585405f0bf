"""What was read of the logs and what was not, in sentences and as JSON: said before any answer."""

from __future__ import annotations

from datetime import datetime

from s3_perimeter.access_logs.tally import Tally
from s3_perimeter.access_logs.times import shown_hour
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.output import count

__all__ = ["complete", "counted", "left_out", "printable", "refuse_no_log", "stamp", "what_was_read"]


def refuse_no_log(tally: Tally) -> None:
    """Raise CommandError where no file held an access log and some held something else."""
    if tally.foreign and tally.lines == tally.unread:
        raise CommandError(
            "\n       ".join(_foreign(tally)), "name S3 server access logs, as text or as CloudWatch's JSON"
        )


def complete(tally: Tally) -> bool:
    """Whether all that was given was read, and some of it was asked for."""
    return bool(tally.asked) and not tally.unread and not tally.foreign


def left_out(tally: Tally, since: datetime) -> list[str]:
    """Return what was not read or not counted, in sentences: it is said before any answer."""
    notes = _foreign(tally)
    if tally.unread:
        notes.append(f"{count(tally.unread, 'line')} truncated or not a line of an access log: not read.")
    if tally.older:
        which = "All " if tally.older == tally.lines - tally.unread else ""
        are = "is" if tally.older == 1 else "are"
        notes.append(
            f"{which}{count(tally.older, 'line')} {are} older than {since:%Y-%m-%d %H:00} UTC (--since), with"
            f" {count(tally.older_refused, 'refused request')} among them."
        )
    if tally.unclear:
        notes.append(
            f"{count(tally.unclear, 'refused request')} can also be read as successful, because of quotes "
            f"that the client sent: counted as denied."
        )
    return notes


def _foreign(tally: Tally) -> list[str]:
    """Return the files that hold no access log, in sentences."""
    notes = [
        f"`{printable(name, 200)}` is not an access log: it is {what}."
        for name, what in tally.foreign.items()
    ]
    if tally.more_foreign:
        notes.append(f"{count(tally.more_foreign, 'more file')} without an access log.")
    return notes


def what_was_read(tally: Tally, since: datetime) -> str:
    """Return how many lines were asked for and read, and of which time."""
    if not tally.lines:
        return "nothing was read, because the logs are empty"
    if not tally.asked:
        return f"no line that was read is from {since:%Y-%m-%d %H:00} UTC or later"
    span = f"from {shown_hour(tally.first)} to {shown_hour(tally.last)} UTC"
    return f"{count(tally.asked, 'line')} of log {span}"


def counted(tally: Tally) -> dict[str, object]:
    """Return how much was read."""
    return {
        "lines": tally.lines,
        "bytes": tally.size,
        "unread_lines": tally.unread,
        "older_lines": tally.older,
        "older_refused": tally.older_refused,
        "unclear_requests": tally.unclear,
        "requests_not_told_apart": tally.folded,
        "not_logs": dict(tally.foreign),
        "from": stamp(tally.first) if tally.first else None,
        "to": stamp(tally.last) if tally.last else None,
    }


def printable(text: str, most: int = 48) -> str:
    """Return a text out of a log with what could steer a terminal taken out, and not too long."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def stamp(hour: int) -> str:
    """Return an hour number for scripts."""
    text = f"{hour:010}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:]}:00:00Z"
