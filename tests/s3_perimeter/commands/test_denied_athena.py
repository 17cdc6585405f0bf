"""The question as SQL: a table definition that reads log lines, and queries that are run here on DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter import AddressSet
from s3_perimeter.access_logs.lines import read_line, tally_lines
from s3_perimeter.commands.denied.athena import COLUMNS, INPUT_REGEX, athena_sql
from s3_perimeter.commands.denied.history import AllowLists
from s3_perimeter.commands.denied.judge import denials, used_entries
from s3_perimeter.reporting.errors import CommandError
from tests.s3_perimeter.access_logs.log_lines import REMOTE_USER, line
from tests.s3_perimeter.access_logs.test_lines import AS_ANSWERED, TEXT
from tests.s3_perimeter.commands.test_denied_judge import INSIDE, STRANGER, USERS, agent

SINCE = datetime(2026, 11, 1, 13, tzinfo=UTC)
ENTRIES = ("203.0.113.0/26", "2001:db8:1234::/48")
NAMES = tuple(name for name, _ in COLUMNS)


def columns_of(text: str, pattern: str = INPUT_REGEX) -> tuple[str | None, ...]:
    """A line as Hive's RegexSerDe reads it: the groups of a pattern that has to match all of it, or NULLs."""
    found = re.fullmatch(pattern, text)
    return found.groups() if found else (None,) * len(COLUMNS)


def test_the_table_reads_a_line_into_its_columns() -> None:
    """The regular expression has one group a column, in the columns' order."""
    row = dict(zip(NAMES, columns_of(line().decode().rstrip("\n")), strict=True))
    assert (row["remoteip"], row["requester"], row["httpstatus"], row["errorcode"]) == (
        "198.51.100.7",
        REMOTE_USER,
        "403",
        "AccessDenied",
    )
    assert row["requestdatetime"] == "06/Nov/2026:13:05:38 +0000"
    assert (row["request_uri"], row["useragent"]) == (
        '"GET /example-bucket/report.pdf HTTP/1.1"',
        '"aws-cli/2.31.0"',
    )


@given(
    TEXT, TEXT, TEXT, st.sampled_from(["403 AccessDenied", "200 -", "403 InvalidObjectState"]), st.booleans()
)
def test_the_table_reads_as_the_command_does(
    path: str, referer: str, user_agent: str, status: str, cut: bool
) -> None:
    """Whatever a client sends, and where a line is cut."""
    text = line(uri=f'"GET /{path} HTTP/1.1"', referer=f'"{referer}"', agent=user_agent, status=status)
    text = text[:-170] if cut else text.rstrip(b"\n")
    row = dict(zip(NAMES, columns_of(text.decode()), strict=True))
    read = read_line(text)
    if read is None:
        assert set(row.values()) == {None}
        return
    request = read.request
    assert (
        row["remoteip"],
        row["requester"],
        row["operation"],
        row["httpstatus"],
        row["errorcode"],
    ) == tuple(
        part.decode()
        for part in (request.address, request.requester, request.operation, request.status, request.error)
    )
    assert str(row["useragent"]).strip('"') == request.agent.decode().strip('"')


def statements(sql: str) -> list[str]:
    """The statements of a script, without its comments."""
    bare = re.sub(r"^--.*\n", "", sql, flags=re.MULTILINE)
    return [statement.strip() for statement in bare.split(";\n") if statement.strip()]


def addresses_in(log: bytes) -> set[str]:
    """Every address in a log."""
    return {row[3] for text in log.decode().splitlines() if (row := columns_of(text)) and row[3]}


def within(address: str, cidr: str) -> bool:
    """Whether a text is an address of a network."""
    return address != "-" and ip_address(address) in ip_network(cidr)


def athena(log: bytes) -> duckdb.DuckDBPyConnection:
    """A database that has what the queries use of Athena and DuckDB has not, and the table filled with a log
    by its definition's own pattern.
    """

    database = duckdb.connect()
    # DuckDB's functions in Python need more packages, so what is inside of what is worked out beforehand.
    inside = [
        f"{cidr} {address}" for cidr in ENTRIES for address in addresses_in(log) if within(address, cidr)
    ]
    database.execute(f"SET VARIABLE inside = {inside or ['none']}")
    database.execute(
        "CREATE MACRO contains(network, address) AS"
        " list_position(getvariable('inside'), concat(network, ' ', address)) > 0"
    )
    database.execute(
        "CREATE MACRO parse_datetime(text, form) AS CASE form WHEN 'dd/MMM/yyyy:HH:mm:ss Z'"
        " THEN strptime(text, '%d/%b/%Y:%H:%M:%S +0000') END"
    )
    database.execute("CREATE TYPE ipaddress AS VARCHAR")
    _, _, table, *_ = statements(athena_sql("example-logs", "access/", SINCE, ENTRIES))
    head = re.fullmatch(r"CREATE EXTERNAL TABLE (\S+) \((.*?)\)\nROW FORMAT .*", table, re.DOTALL)
    pattern = re.search(r"'input\.regex' = '([^']*)'", table)
    assert head
    assert pattern
    database.execute("CREATE SCHEMA s3_access_logs")
    database.execute(f"CREATE TABLE {head[1]} ({head[2]})".replace("`", '"').replace(" string", " VARCHAR"))
    written = pattern[1].replace("\\\\", "\\")
    rows = [columns_of(text, written) for text in log.decode().removesuffix("\n").split("\n")]
    database.executemany(f"INSERT INTO {head[1]} VALUES ({', '.join('?' * len(COLUMNS))})", rows)  # noqa: S608
    return database


def answers(log: bytes, *, unused: bool = False) -> Iterator[list[dict[str, Any]]]:
    """What the queries answer over a log."""
    database = athena(log)
    for query in statements(athena_sql("example-logs", "access/", SINCE, ENTRIES, unused=unused))[3:]:
        found = database.execute(query)
        names = [column[0] for column in found.description or ()]
        yield [dict(zip(names, row, strict=True)) for row in found.fetchall()]


LOG = b"".join(
    (
        line() * 3,
        line(requester=STRANGER, uri='"GET /" HTTP/1.1"', when="07/Nov/2026:01:00:00"),
        line("192.0.2.8").replace(b'" - s9lz', b'" a"b" s9lz'),
        line("192.0.2.9", uri="-").replace(b" - -\n", b' "-" "x"\n'),
        line("2001:db8:ffff::9", requester="-", agent=f"x HTTP/1.1{AS_ANSWERED}"),
        line("203.0.113.9", status="403 InvalidObjectState"),
        line("203.0.113.9", status="200 -") * 5,
        line("-", requester="arn:aws:sts::111122223333:assumed-role/r/s"),
        INSIDE,
        line(agent=agent("0" * 31 + "a")) * 2,
        line(requester="-", agent=agent("0" * 31 + "a"), when="06/Nov/2026:14:00:01"),
        line(requester="-", agent=agent("0" * 31 + "b")),
        line(when="01/Nov/2026:12:59:59") * 2,
        line(when="01/Nov/2026:12:59:59", status="200 -"),
        b"no line of a log\n",
        line(when="06/Foo/2026:12:59:59"),
    )
)


def test_the_queries_count_what_the_command_counts() -> None:
    """The same groups, and the same left out."""
    tally = tally_lines([LOG], "refused", 2026110113)
    found = denials(tally, AllowLists(AddressSet.parse(ENTRIES)), USERS)
    refused, left_out = answers(LOG)
    assert {
        (one["address"], one["requester"], one["operation"], one["errorcode"]): one["requests"]
        for one in refused
    } == {(one.address, one.requester, one.operation, one.error): one.requests for one in found.denials}
    assert found.own_probes == 3
    assert left_out == [
        {
            "lines": tally.lines,
            "not_read": tally.unread,
            "older": tally.older,
            "older_refused": tally.older_refused,
        }
    ]
    assert (tally.unread, tally.older, tally.older_refused) == (2, 3, 2)


def test_the_query_for_unused_entries_finds_what_the_command_finds() -> None:
    """An entry that only refused requests came from gave nobody access."""
    for log in (LOG, line("2001:db8:1234::1", status="206 -"), line("203.0.113.9")):
        last = used_entries(tally_lines([log], "seen", 2026110113), ENTRIES)
        unused, _ = answers(log, unused=True)
        assert sorted(row["cidr"] for row in unused) == sorted(
            cidr for cidr, hour in last.items() if not hour
        )


def test_the_sql_names_the_place_and_the_time() -> None:
    """Table and queries stand in one text, ready for Athena's console."""
    sql = athena_sql("example-logs", "access/", SINCE, ENTRIES)
    assert "LOCATION 's3://example-logs/access/'" in sql
    assert "timestamp '2026-11-01 13:00:00 UTC'" in sql
    assert r"\\[([^\\]]+)\\]" in sql, "a Hive string writes a backslash twice"
    assert "VALUES ('203.0.113.0/26'), ('2001:db8:1234::/48')" in sql


def test_a_name_that_could_leave_its_quotes_is_refused() -> None:
    """No prefix becomes SQL of its own."""
    with pytest.raises(CommandError, match="cannot be written"):
        athena_sql("example-logs", "x'; DROP TABLE y; --", SINCE, ())
