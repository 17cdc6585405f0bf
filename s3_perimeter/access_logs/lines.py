"""S3 server access log lines, read in bulk.

The fields and their order are those of "Amazon S3 server access log format" in the S3 user guide. Three of
them stand in double quotes and hold what a client sent, as it sent it: the request line, the referer and the
user agent, with quotes of their own unescaped and, for all that is known, spaces. So a line with more than
their six quotes can be readable in several ways. A request is then taken for refused if one of its readings
says so: nobody can choose to drop out of the count. Everything before the request line is S3's own writing or
percent-encoded, so it holds neither spaces nor quotes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from s3_perimeter.access_logs.tally import MARK, POLICY_CHANGE, Question, Request, Tally
from s3_perimeter.access_logs.times import hour_number

__all__ = ["LOG_LINE", "Chunks", "read_line", "tally_lines", "whole_lines"]

Chunks: TypeAlias = Iterable[bytes]

# owner bucket [day:hour:minute:second zone] address requester request-id operation key …
HEAD: Final = re.compile(
    rb"[^ ]++ ([^ ]++) \[([^\]]{14})[^\]]*+\] ([^ ]++) ([^ ]++) [^ ]*+ ([^ ]++) [^ ]++ (?=[\"-])"
)
# … status error bytes size total-time turn-around-time, and then the referer.
NUMBER: Final = rb"(?:[0-9]++|-)"
AFTER_URI: Final = re.compile(rb" ([0-9]{3}|-) ([^ \"]++) " + rb" ".join([NUMBER] * 4) + rb" (?=[\"-])")
VERSION: Final = re.compile(rb" HTTP/[0-9.]+$")
LOG_LINE: Final = re.compile(
    rb"^[^ \n]{1,128} [^ \n]{1,255} \[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} ", re.M
)
"""How a log line begins."""

# The last bytes of a line, and its beginning up to the hour. A line with both is whole: where it holds no
# ` 403 ` it was not refused, and need not be read any further.
TAIL: Final = 24
END: Final = re.compile(rb"[^\"\n]* TLS[vV]1\.[0-9](?: [^ \"\n\[]+)*")
BEGINNING: Final = re.compile(rb"[^ \n]++ [^ \n]++ \[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2})")
# The rest of the time stands between the hour and `] ` with the address, which is shorter than this.
TO_ADDRESS: Final = len(":05:38 +0000")
ADDRESS: Final = 50
# A line that holds none of these was not refused, changed no policy, and is no probe of ours.
NEEDLES: Final = (b" 403 ", POLICY_CHANGE + b" ", MARK)
STATUS: Final = re.compile(rb"[0-9]{3}|-")
BLOCK: Final = 1 << 22
MOST_PLAIN: Final = 50_000
LINE_END: Final = re.compile(rb"\r+\n")
PER_LINE: Final = 500
"""About how many bytes a line has."""


def whole_lines(chunks: Chunks) -> Iterator[bytes]:
    """Blocks of whole lines out of blocks cut anywhere; a last line without its end is given one."""
    rest: list[bytes] = []
    held = 0
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            rest.append(chunk)
            held += len(chunk)
            if held > BLOCK:  # no log line is that long: one line of no log is left of it
                rest, held = [b"\0"], 1
            continue
        yield b"".join((*rest, chunk[:cut])) if rest else chunk[:cut]
        held = len(chunk) - cut
        rest = [chunk[cut:]] if held else []
    last = b"".join(rest)
    if last:
        yield last + b"\n"


def tally_lines(chunks: Chunks, question: Question, since: int) -> Tally:
    """Count what log text says; `since` is an hour number, and older requests are counted as such only."""
    tally = Tally()
    plain: Counter[bytes] = Counter()
    for block in whole_lines(chunks):
        if b"\r" in block:
            block = LINE_END.sub(b"\n", block)
        tally.size += len(block)
        # `callers` asks for more of a line than what is seen at a glance.
        few = None if question == "callers" else _lines_with(NEEDLES, block, len(block) // PER_LINE // 8)
        if few is None:
            lines = block.split(b"\n")
        else:
            # Refusals are rare here: of the other lines only both ends are looked at.
            lines = [*few.values(), *_count_at_a_glance(block, few, tally, question, since)]
        lines = list(filter(None, lines))
        marked = few is not None or MARK in block
        tally.lines += len(lines)
        for line in lines if question == "callers" else _not_plain(lines, plain, marked=marked):
            _count_line(line, tally, question, since)
        if len(plain) > MOST_PLAIN:
            _count_plain(plain, tally, question, since)
            plain.clear()
    _count_plain(plain, tally, question, since)
    return tally


def _count_at_a_glance(
    block: bytes, but: Iterable[int], tally: Tally, question: Question, since: int
) -> list[bytes]:
    """Count the lines of a block by their ends, but for those that begin at `but`.

    Returns the lines that are not counted because they have to be read in full.
    """
    begin = LOG_LINE.search(block)
    if begin is None:
        return [line for line in block.split(b"\n") if not _has_needle(line)]
    cut = begin.end() - begin.start() - len(":05:38 ")
    reach = cut if question == "refused" else cut + TO_ADDRESS + ADDRESS
    text = b" TLSv1.3".rjust(TAIL) + b"\n" + block  # so that the first line has one before it
    seen = _seams(text, reach)
    skipped = [text[start : start + TAIL + 1 + reach] for start in but]
    if question == "seen":
        seen, skipped = ([_with_address(seam, cut) for seam in each] for each in (seen, skipped))
    number_of: Counter[bytes] = Counter()
    whole = True
    for seam, number in Counter(seen).items():
        number_of[seam[TAIL + 1 :]] += number
        whole = whole and _is_end(seam[:TAIL])
    del number_of[b""]  # what follows the last line
    requests = {beginning: _request_in(beginning, cut, question) for beginning in number_of}
    strange = []
    if not whole or None in requests.values():
        for line, before, after in zip(block.split(b"\n"), seen, seen[1:], strict=False):
            beginning = before[TAIL + 1 :]
            if requests[beginning] and _is_end(after[:TAIL]):
                continue
            if not _has_needle(line):
                strange.append(line)
                number_of[beginning] -= 1
    number_of.subtract(seam[TAIL + 1 :] for seam in skipped)
    for beginning, request in requests.items():
        if request and (number := number_of[beginning]):
            tally.count(request, question, since, number)
            tally.lines += number
    return strange


def _seams(text: bytes, reach: int) -> list[bytes]:
    """Return the last TAIL bytes of each line, the newline and the first `reach` bytes of the next line."""
    found = []
    find = text.find
    at = find(b"\n")
    while at >= 0:
        found.append(text[at - TAIL : at + 1 + reach])
        at = find(b"\n", at + 1)
    return found


def _with_address(seam: bytes, cut: int) -> bytes:
    """Return the seam up to the hour, which ends `cut` bytes into the line, and then `] ` with the
    address.
    """
    end = TAIL + 1 + cut
    return seam[:end] + b" ".join(seam[end + TO_ADDRESS :].split(b" ", 2)[:2])


def _request_in(beginning: bytes, cut: int, question: Question) -> Request | None:
    """Return what the beginning of a line says; None where it is not the beginning of a log line."""
    hour = _hour_in(beginning[:cut])
    _, bracket, address = beginning[cut:].partition(b"] ")
    if not hour or (question == "seen" and (not bracket or b"\n" in address)):
        return None
    return Request(hour, address)


@lru_cache(maxsize=20_000)
def _hour_in(beginning: bytes) -> int:
    """Return the hour that the beginning of a line ends with; 0 where there is none."""
    found = BEGINNING.fullmatch(beginning)
    return hour_number(found[1]) if found else 0


@lru_cache(maxsize=20_000)
def _is_end(text: bytes) -> bool:
    """Whether a whole log line ends so."""
    return END.fullmatch(text) is not None


def _has_needle(line: bytes) -> bool:
    """Whether a line has to be read in full because of what it holds."""
    return any(needle in line for needle in NEEDLES)


def _lines_with(needles: Iterable[bytes], block: bytes, most: int) -> dict[int, bytes] | None:
    """Return each line of a block that holds one of the texts, by where it begins; None where these are more
    than `most`.
    """
    found: dict[int, bytes] = {}
    for needle in needles:
        at = block.find(needle)
        while at >= 0:
            start, end = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
            found[start] = block[start:end]
            if len(found) > most:
                return None
            at = block.find(needle, end)
    return found


def _not_plain(lines: Iterable[bytes], plain: Counter[bytes], *, marked: bool) -> list[bytes]:
    """Count lines that can be read in one way only into `plain`, and return the others.

    Those are lines with the six quotes of their three texts, and no more; most are so. `marked` says that
    some may be probes of ours.
    """
    found: list[bytes] = []
    rest: list[bytes] = []
    for line in lines:
        try:
            head, _, after, _, between, agent, _ = line.split(b'"')
            _, _, hour, _, address, requester, _, operation, _, _ = head.split(b" ")
            _, status, error, _, _, _, _, _ = after.split(b" ")
        except ValueError:
            rest.append(line)
            continue
        if between != b" " or (marked and MARK in agent):
            rest.append(line)
        else:
            found.append(b" ".join((hour[1:15], address, requester, operation, status, error)))
    plain.update(found)
    return rest


def _count_plain(plain: Counter[bytes], tally: Tally, question: Question, since: int) -> None:
    """Count what plain lines say."""
    for first, last, number, fields in _spans_of(plain, since):
        if first and STATUS.fullmatch(fields[3]):
            tally.count(Request(first, *fields), question, since, number, last)
        else:
            tally.unread += number


def _count_line(line: bytes, tally: Tally, question: Question, since: int) -> None:
    """Count what one line says, whatever its texts hold."""
    read = read_line(line)
    if read is None:
        tally.unread += 1
        return
    tally.count(read.request, question, since)
    tally.unclear += read.unclear and read.request.hour >= since


def _spans_of(plain: Counter[bytes], since: int) -> Iterator[tuple[int, int, int, list[bytes]]]:
    """First hour, last hour, number and fields of requests that differ in the hour only: of those without a
    time, those before `since`, and the others.
    """
    sides: tuple[dict[bytes, list[int]], ...] = ({}, {}, {})
    for text, number in plain.items():
        hour = hour_number(text[:14])
        known = sides[hour and 1 + (hour >= since)].setdefault(text[15:], [hour, hour, 0])
        if hour < known[0]:
            known[0] = hour
        elif hour > known[1]:
            known[1] = hour
        known[2] += number
    for side in sides:
        for fields, (first, last, number) in side.items():
            yield first, last, number, fields.split(b" ")


class Reading(NamedTuple):
    """What a line says; `unclear` where it could be read as a request that was answered, too."""

    request: Request
    unclear: bool = False


def read_line(line: bytes) -> Reading | None:
    """Read one line, whatever its texts hold; None where it is no whole line of a log."""
    head = HEAD.match(line)
    hour = hour_number(head[2]) if head else 0
    if head is None or not hour:
        return None
    texts = line[head.end() :]
    readings = list(_readings_of(texts))
    # S3 writes a request line with its version at the end, so a reading in which it has none is not the one.
    readings = [one for one in readings if VERSION.search(one.uri)] or readings
    refused = [one for one in readings if one.status == b"403"]
    if not readings:
        return None
    chosen = next((one for one in refused if one.error == b"AccessDenied"), (refused or readings)[0])
    bucket, address, requester, operation = head.group(1, 3, 4, 5)
    request = Request(hour, address, requester, operation, chosen.status, chosen.error, chosen.agent, bucket)
    return Reading(request, 0 < len(refused) < len(readings))


class Texts(NamedTuple):
    """One way to distinguish the texts of a line."""

    uri: bytes
    status: bytes
    error: bytes
    agent: bytes


def _readings_of(texts: bytes) -> Iterator[Texts]:
    """Yield every way to read a line from its request line on."""
    for found in AFTER_URI.finditer(texts, 1):
        uri = texts[: found.start()]
        if uri != b"-" and not (len(uri) > 1 and uri.startswith(b'"') and uri.endswith(b'"')):
            continue
        agent = _agent_in(texts[found.end() :])
        if agent is not None:
            yield Texts(uri[1:-1], found[1], found[2], agent)
        if uri == b"-":
            return


def _agent_in(rest: bytes) -> bytes | None:
    """Return the user agent out of what begins with the referer; each is quoted or a bare `-`. None where
    these are not two texts.

    The last quote that can end a field ends the user agent: S3 writes the fields after it without quotes.
    """
    end = len(rest) - 1 if rest.endswith(b'"') else rest.rfind(b'" ')
    if rest.startswith(b"- "):
        if rest.startswith(b'"', 2):
            return rest[3:end] if end > 2 else None
        return b"-" if rest.startswith(b"- ", 2) or rest == b"- -" else None
    cut = rest.rfind(b'" "', 0, end)
    if cut > 0:
        return rest[cut + 3 : end]
    return b"-" if end > 0 and rest.startswith(b" -", end + 1) else None
