"""The forms in which access logs arrive, and files that are none."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import tarfile
import zipfile
from typing import Any

import pytest

from s3_perimeter.access_logs.formats import is_plain_log, tally_file
from s3_perimeter.access_logs.tally import Tally
from tests.s3_perimeter.access_logs.log_lines import REMOTE_USER, line

HOUR = 2026110613
REFUSED = (b"198.51.100.7", REMOTE_USER.encode(), b"REST.GET.OBJECT", b"AccessDenied")
LOG = line() * 3 + line("203.0.113.9", status="200 -")
RECORD = {
    "schema_version_id": "V_1_0",
    "bucket_name": "example-bucket",
    "request_time": "2026-11-06T13:05:38.000Z",
    "remote_ip": "198.51.100.7",
    "requester": REMOTE_USER,
    "operation": "REST.GET.OBJECT",
    "key_name": 'a "quoted" key',
    "request_uri": 'GET /a" 200 - HTTP/1.1',
    "http_status": 403,
    "error_code": "AccessDenied",
    "user_agent": 'a "quoted" agent',
}
ANSWERED = {**RECORD, "remote_ip": "203.0.113.9", "http_status": 200, "error_code": None}
RECORDS = [RECORD, RECORD, RECORD, ANSWERED]


def read(content: bytes, block: int = 1 << 20, question: Any = "refused") -> Tally:
    """A file's content, in blocks."""
    return tally_file("file", (content[at : at + block] for at in range(0, len(content), block)), question, 0)


def in_lines(values: Any) -> bytes:
    """JSON, a value a line."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def message(record: object) -> dict[str, object]:
    """A record as an event of CloudWatch Logs."""
    return {"timestamp": 1, "message": json.dumps(record) if isinstance(record, dict) else record, "id": "1"}


ROW = [{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": json.dumps(RECORD)}]
FORMS = {
    "plain text": LOG,
    "text with a byte order mark": codecs.BOM_UTF8 + LOG,
    "gzip": gzip.compress(LOG),
    "gzip of several members": gzip.compress(LOG[:500]) + gzip.compress(LOG[500:]) + b"\0" * 512,
    "gzip twice": gzip.compress(gzip.compress(LOG)),
    "UTF-16": LOG.decode().encode("utf-16"),
    "UTF-16 of Windows": LOG.decode().replace("\n", "\r\n").encode("utf-16"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + LOG.decode().encode("utf-16-be"),
    "UTF-16 without a mark": LOG.decode().encode("utf-16-le"),
    "UTF-32": LOG.decode().encode("utf-32"),
    "UTF-16 in gzip": gzip.compress(LOG.decode().encode("utf-16")),
    "records, one a line": in_lines(RECORDS),
    "records in gzip": gzip.compress(in_lines(RECORDS)),
    "records in UTF-16": in_lines(RECORDS).decode().encode("utf-16"),
    "records without line ends": b"".join(json.dumps(one).encode() for one in RECORDS),
    "records over several lines": b"\n".join(json.dumps(one, indent=2).encode() for one in RECORDS),
    "a list of records": json.dumps(RECORDS, indent=1).encode(),
    "aws logs tail": b"".join(
        b"2026-11-06T13:05:38.000000+00:00 stream " + json.dumps(one).encode() + b"\n" for one in RECORDS
    ),
    "an export task": b"".join(
        b"2026-11-06T13:05:38.000Z " + json.dumps(one).encode() + b"\n" for one in RECORDS
    ),
    "aws logs filter-log-events": json.dumps(
        {"events": [message(one) for one in RECORDS]}, indent=4
    ).encode(),
    "a subscription": gzip.compress(
        json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [message(one) for one in RECORDS]}).encode()
    ),
    "aws logs get-query-results": json.dumps({"results": [ROW] * 3, "status": "Complete"}).encode(),
    "log text in events": json.dumps(
        {"events": [message(text) for text in LOG.decode().splitlines()]}
    ).encode(),
}


@pytest.mark.parametrize("block", [7, 1 << 20])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str, block: int) -> None:
    """Packed, recoded or as records, wherever blocks are cut."""
    found = read(FORMS[form], block)
    assert found.groups == {REFUSED: [3, HOUR, HOUR]}
    assert (found.unread, found.foreign) == (0, {})
    assert found.lines in (3, 4)


def test_a_record_has_the_fields_of_a_line() -> None:
    """What is null in a record is a dash in a line."""
    bare = {**RECORD, "requester": None, "error_code": None, "operation": None, "remote_ip": None}
    assert list(read(in_lines([bare])).groups) == [(b"-", b"-", b"-", b"-")]
    assert list(read(in_lines([ANSWERED, RECORD]), question="seen").groups) == [(b"203.0.113.9",)]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(in_lines([RECORD]) + b'{"request_time": "2026-11-06T13', id="a record cut short"),
        pytest.param(in_lines([RECORD, {"other": 1}]), id="another object"),
        pytest.param(in_lines([RECORD, {**RECORD, "request_time": "yesterday"}]), id="no time"),
        pytest.param(in_lines([RECORD, {**RECORD, "http_status": "refused"}]), id="no status"),
        pytest.param(json.dumps([RECORD, RECORD], indent=1).encode()[:-9], id="a list cut short"),
        pytest.param(in_lines([RECORD]) + b"some text\n", id="text between"),
        pytest.param(in_lines([RECORD]) + b"[" * 100_000 + b"\n", id="nesting without an end"),
        pytest.param(in_lines([RECORD]) + b'"text"\n', id="JSON that is no object"),
    ],
)
def test_what_is_no_record_is_counted(broken: bytes) -> None:
    """The others are read."""
    found = read(broken)
    assert found.unread == 1
    assert sum(counted[0] for counted in found.groups.values()) <= 1


def packed_in(kind: str) -> bytes:
    """The log in an archive."""
    target = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("log", LOG)
    else:
        with tarfile.open(fileobj=target, mode="w") as tar:
            member = tarfile.TarInfo("log")
            member.size = len(LOG)
            tar.addfile(member, io.BytesIO(LOG))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"PAR1\x15\x04\x15", "Parquet", id="Parquet"),
        pytest.param(packed_in("zip"), "ZIP archive; unpack", id="ZIP"),
        pytest.param(packed_in("tar"), "tar archive", id="tar"),
        pytest.param(bz2.compress(LOG), "bzip2; unpack", id="bzip2"),
        pytest.param(b"\x28\xb5\x2f\xfd\x04", "Zstandard", id="Zstandard"),
        pytest.param(gzip.compress(LOG * 50)[:-9], "a truncated gzip file", id="gzip cut short"),
        pytest.param(gzip.compress(LOG)[:40] + b"x" * 40, "gzip", id="gzip damaged"),
        pytest.param(bytes(range(256)) * 4, "a binary file", id="bytes"),
        pytest.param(b"PK and other text\n", "text without a line", id="text"),
        pytest.param(b"# A title\n\nfor {name} in text\n", "text without a line", id="text with a brace"),
        pytest.param(b'{"Version": "2012-10-17", "Statement": []}', "a policy", id="a policy"),
        pytest.param(
            json.dumps({"Version": "2012-10-17", "Statement": []}, indent=2).encode(),
            "a policy",
            id="indented",
        ),
        pytest.param(b'{"Records": [{"eventSource": "s3.amazonaws.com"}]}', "CloudTrail", id="CloudTrail"),
        pytest.param(b'{"version": 3, "deployment": {}}', "Pulumi state", id="a state"),
        pytest.param(b'{"a": 1}', "JSON without a record", id="other JSON"),
        pytest.param(b"[" * 100_000, "JSON|text", id="nesting without an end"),
    ],
)
def test_what_is_no_access_log_is_said_to_be_what_it_is(content: bytes, what: str) -> None:
    """Such a file is never an answer."""
    import re

    found = read(content)
    assert found.lines == found.unread
    assert re.search(what, found.foreign["file"])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="no byte"),
        pytest.param(b"\n\n", id="blank lines"),
        pytest.param(gzip.compress(b""), id="nothing in gzip"),
    ],
)
def test_an_empty_file_is_nothing(content: bytes) -> None:
    """Neither a log nor something else."""
    assert read(content) == Tally()


def test_a_log_that_begins_in_the_middle_of_a_line_is_a_log() -> None:
    """`tail -c` makes such files."""
    found = read(line()[90:] + LOG)
    assert (found.unread, found.groups) == (1, {REFUSED: [3, HOUR, HOUR]})


def test_only_plain_text_is_cut_into_stretches() -> None:
    """A packed file makes sense from its beginning only."""
    assert {form for form, content in FORMS.items() if is_plain_log(content)} == {"plain text"}
