"""The question as SQL: a table definition that reads log lines, and queries over its columns."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from s3_perimeter.commands.denied.athena import COLUMNS, INPUT_REGEX, athena_sql
from s3_perimeter.commands.errors import CommandError
from tests.s3_perimeter.commands.log_lines import REMOTE_USER, line

SINCE = datetime(2026, 11, 1, 13, tzinfo=UTC)


def test_the_table_reads_a_line_into_its_columns() -> None:
    """The regular expression has one group a column, in the columns' order."""
    found = re.match(INPUT_REGEX, line().decode().rstrip("\n"))
    assert found
    row = dict(zip([name for name, _ in COLUMNS], found.groups(), strict=True))
    assert (row["remoteip"], row["requester"], row["httpstatus"], row["errorcode"]) == (
        "198.51.100.7",
        REMOTE_USER,
        "403",
        "AccessDenied",
    )
    assert row["requestdatetime"] == "06/Nov/2026:13:05:38 +0000"


def test_the_sql_names_the_place_and_the_time() -> None:
    """Table and query stand in one text, ready for Athena's console."""
    sql = athena_sql("example-logs", "access/", SINCE)
    assert "LOCATION 's3://example-logs/access/'" in sql
    assert "timestamp '2026-11-01 13:00:00 UTC'" in sql
    assert "GROUP BY remoteip, requester, operation, errorcode" in sql
    assert r"\\[([^\\]]*)\\]" in sql, "a Hive string writes a backslash twice"


def test_unused_entries_are_asked_for_by_name() -> None:
    """The allow-list is part of the question."""
    sql = athena_sql("example-logs", "access/", SINCE, ("203.0.113.0/24", "2001:db8::/48"))
    assert "VALUES ('203.0.113.0/24'), ('2001:db8::/48')" in sql


def test_a_name_that_could_leave_its_quotes_is_refused() -> None:
    """No prefix becomes SQL of its own."""
    with pytest.raises(CommandError, match="cannot be written"):
        athena_sql("example-logs", "x'; DROP TABLE y; --", SINCE)
