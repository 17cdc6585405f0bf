"""Access log records as CloudWatch Logs holds them: JSON, alone or inside what its tools put around them.

The fields are those of "Log format in CloudWatch Logs" in the S3 user guide. Records come one a line (as
delivered to S3 or by Firehose), behind a time (`aws logs tail`, an export task), as `message` of events
(`aws logs filter-log-events`, a subscription), as rows of fields (`aws logs get-query-results`), or in lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from s3_perimeter.access_logs.lines import tally_lines, whole_lines
from s3_perimeter.access_logs.tally import Question, Request, Tally
from s3_perimeter.access_logs.times import iso_hour
from s3_perimeter.access_logs.trail import events_in, tally_events

__all__ = ["TEXT", "tally_records"]

TEXT: Final = "text without a line of an access log"
JSON: Final = "JSON without a record of an access log"

LARGEST: Final = 1 << 28
"""The most bytes of one JSON document; of records one a line there is no limit."""
LISTS: Final = ("events", "logEvents", "results")
MESSAGES: Final = ("message", "@message")
KINDS: Final = (
    (("Records",), "a CloudTrail log; this command reads S3 server access logs"),
    (("Statement",), "a policy"),
    (("deployment",), "an exported Pulumi state"),
    (("Resources", "AWSTemplateFormatVersion"), "a CloudFormation template"),
)


def tally_records(chunks: Iterable[bytes], question: Question, since: int) -> tuple[Tally, str]:
    """Count what JSON says, and say what it is where it holds no record of an access log."""
    tally = Tally()
    kind = TEXT
    found = False
    for value in _values_of(chunks, tally):
        kind = JSON if kind == TEXT else kind
        if isinstance(value, dict):
            kind = next((what for names, what in KINDS if any(name in value for name in names)), kind)
        if question == "callers" and (events := events_in(value)) is not None:
            found = tally_events(events, tally, since) or found
            continue
        for record in _records_in(value):
            found = _tally_record(record, tally, question, since) or found
    if not found:
        return Tally(), kind
    return tally, ""


def _tally_record(record: object, tally: Tally, question: Question, since: int) -> bool:
    """Count one record; whether it is one."""
    if isinstance(record, str):
        text = tally_lines([record.encode()], question, since)
        tally.merge(text)
        return text.lines > text.unread
    tally.lines += 1
    request = _request_of(record) if isinstance(record, Mapping) else None
    if request is None:
        tally.unread += 1
        return False
    tally.count(request, question, since)
    return True


def _values_of(chunks: Iterable[bytes], tally: Tally) -> Iterator[object]:
    """Yield every JSON value of a text: one a line, or one after another however they are laid out.

    A line that is neither JSON nor JSON behind a time is counted as not read.
    """
    blocks = whole_lines(chunks)
    for block in blocks:
        tally.size += len(block)
        lines = iter(block.split(b"\n"))
        for line in lines:
            if not line.strip():
                continue
            value = _json_of(line)
            if value is None and line.lstrip()[:1] in b"{[" and not tally.lines:
                # The first value is laid out over several lines, or is not the only one.
                yield from _document(b"\n".join((line, *lines)), blocks, tally)
                return
            if value is None:
                tally.lines += 1
                tally.unread += 1
            else:
                yield value


def _json_of(line: bytes) -> Any:
    """Return the object or list in a line, alone or behind a time; None where there is none."""
    begin = line.find(b"{") if line.lstrip()[:1] not in (b"[", b"{") else 0
    if begin < 0:
        return None
    try:
        value = json.loads(line[begin:])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def _document(first: bytes, blocks: Iterable[bytes], tally: Tally) -> Iterator[object]:
    """Yield the values of a text that is not laid out in lines."""
    held = [first]
    for block in blocks:
        tally.size += len(block)
        held.append(block)
        if tally.size > LARGEST:
            break
    text = b"".join(held).decode("utf-8", "replace")
    decoder = json.JSONDecoder()
    # A list is read an element at a time, so that one which breaks off loses its last element only.
    at = len(text) - len(text.lstrip())
    at += text.startswith("[", at)
    while at < len(text):
        if text[at].isspace() or text[at] in ",]":
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            tally.lines += 1
            tally.unread += 1
            return
        yield value


def _records_in(value: object) -> Iterator[object]:
    """Yield the records in a JSON value, as objects or as lines of log text; what is none of either is
    None.
    """
    if isinstance(value, list):
        if value and all(isinstance(one, Mapping) and "field" in one for one in value):
            value = {one["field"]: one.get("value") for one in value}  # a row of a query's results
        else:
            for one in value:
                yield from _records_in(one)
            return
    if not isinstance(value, Mapping):
        yield None
    elif "request_time" in value and "http_status" in value:
        yield value
    elif any(isinstance(value.get(name), list) for name in LISTS):
        for name in LISTS:
            yield from _records_in(value.get(name) or [])
    else:
        message = next((value[name] for name in MESSAGES if isinstance(value.get(name), str)), None)
        if message is None:
            yield None
            return
        inner = _json_of(message.encode())
        if inner is None:
            yield message
        else:
            yield from _records_in(inner)


def _request_of(record: Mapping[str, Any]) -> Request | None:
    """Return a record as a request; None where it has no time or no status."""
    hour = iso_hour(str(record["request_time"]))
    status = str(record["http_status"])
    if not hour or not (re.fullmatch("[0-9]{3}", status) or record["http_status"] in (None, "-")):
        return None
    fields = ("remote_ip", "requester", "operation", "http_status", "error_code", "user_agent", "bucket")
    return Request(hour, *(_field_of(record.get(name)) for name in fields))


def _field_of(value: object) -> bytes:
    """Return a field as the text log has it: `-` where there is none."""
    return str(value).encode("utf-8", "backslashreplace") if value not in (None, "") else b"-"
