"""What a file that was given as a log is: access log text, plain or packed, CloudWatch's JSON, or no log."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from s3_perimeter.access_logs.lines import LOG_LINE, tally_lines
from s3_perimeter.access_logs.records import TEXT, tally_records
from s3_perimeter.access_logs.tally import Question, Tally

__all__ = ["is_plain_log", "tally_file"]

HEAD: Final = 1 << 16
"""How much of a file is looked at to recognize what it is."""
MOST_LAYERS: Final = 3
GZIP: Final = b"\x1f\x8b"
MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
"""What a text file begins with, where it says its encoding. PowerShell's `>` writes UTF-16."""
WIDE: Final = (
    (re.compile(rb"(?:[\x09\x0a\x0d\x20-\x7e]\0){16}"), "utf-16-le"),
    (re.compile(rb"(?:\0[\x09\x0a\x0d\x20-\x7e]){16}"), "utf-16-be"),
)
FOREIGN: Final = (
    (b"PAR1", "a Parquet file; deliver the logs as JSON, or query them with Athena"),
    (b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ\0", "packed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard; unpack it first"),
    (b"\x04\x22\x4d\x18", "packed with LZ4; unpack it first"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
)
TAR: Final = 257
"""Where a tar archive says that it is one."""


class UnpackError(ValueError):
    """A packed file is broken off or damaged."""


def is_plain_log(head: bytes) -> bool:
    """Whether a file that begins so is log text as it stands, which may be cut at any line."""
    return _encoding_of(head) is None and not _foreign_in(head) and LOG_LINE.search(head) is not None


def tally_file(name: str, blocks: Iterable[bytes], question: Question, since: int) -> Tally:
    """Count what a file says, whatever its form; one that holds no access log is noted as such."""
    tally = Tally()
    stream = iter(blocks)
    try:
        for _ in range(MOST_LAYERS):
            head, stream = _peeked(stream)
            if not head.strip():
                return tally
            encoding = _encoding_of(head)
            if encoding is None:
                break
            stream = _unpacked(stream) if encoding == "gzip" else _recoded(stream, encoding)
        if what := _foreign_in(head):
            tally.no_log(name, what)
        elif LOG_LINE.search(head):
            tally.merge(tally_lines(stream, question, since))
        elif b"\0" in head or b"{" not in head:
            tally.no_log(name, _other_text(head, TEXT))
        else:
            found, what = tally_records(stream, question, since)
            tally.merge(found)
            if what:
                tally.no_log(name, _other_text(head, what))
    except UnpackError as error:
        tally.no_log(name, str(error))
    return tally


def _foreign_in(head: bytes) -> str | None:
    """Return what a file is that begins so, where that is no text; None where it may be."""
    if head[TAR : TAR + 5] == b"ustar":
        return "a tar archive; unpack it first"
    return next((what for begin, what in FOREIGN if head.startswith(begin)), None)


def _other_text(head: bytes, what: str) -> str:
    """Return what a file without a line or a record of a log is."""
    if b"\0" in head:
        return "a binary file"
    return "truncated or damaged JSON" if what == TEXT and head.lstrip()[:1] in b"[{" else what


def _encoding_of(head: bytes) -> str | None:
    """Return how a file that begins so is packed or encoded; None where it can be read as it is."""
    if head.startswith(GZIP):
        return "gzip"
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    return next((encoding for begin, encoding in WIDE if begin.match(head)), None)


def _peeked(stream: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the beginning of a stream, and the stream with it."""
    held: list[bytes] = []
    size = 0
    for block in stream:
        held.append(block)
        size += len(block)
        if size >= HEAD:
            break
    head = b"".join(held)
    return head[:HEAD], chain([head], stream) if head else stream


def _unpacked(stream: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the content of a gzip file, of any number of members. UnpackError where it is damaged."""
    member = zlib.decompressobj(wbits=31)
    for block in stream:
        rest = block
        while rest:
            if member.eof:
                if not rest.startswith(GZIP[:1]):
                    rest = rest.lstrip(b"\0")  # padding behind the last member
                    if not rest:
                        break
                member = zlib.decompressobj(wbits=31)
            try:
                content = member.decompress(rest, 1 << 22)
                yield content
                while member.unconsumed_tail:
                    yield member.decompress(member.unconsumed_tail, 1 << 22)
            except zlib.error as error:
                raise UnpackError("a damaged gzip file") from error
            rest = member.unused_data
    if not member.eof:
        raise UnpackError("a truncated gzip file")


def _recoded(stream: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield text of another encoding as UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in stream:
        yield decoder.decode(block).encode("utf-8", "backslashreplace")
    yield decoder.decode(b"", final=True).encode("utf-8", "backslashreplace")
