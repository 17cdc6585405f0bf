"""`perimeter denied` as a person runs it on files: what it prints, and its exit code."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter import AddressSet
from s3_perimeter.access_logs.lines import tally_lines
from s3_perimeter.access_logs.times import since_when
from s3_perimeter.commands.denied.fence import Fence
from s3_perimeter.commands.denied.history import Listing
from s3_perimeter.commands.denied.judge import used_entries
from s3_perimeter.commands.denied.render import unused_report
from s3_perimeter.commands.main import main
from tests.s3_perimeter.access_logs.log_lines import REMOTE_USER, line

ALLOWED = line("203.0.113.5", status="200 -")
OLD = line(when="06/Feb/2019:10:15:02")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def denied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on the content of a log; returns exit code, standard output and standard error."""

    def run(content: bytes, *options: str, allow: str = "203.0.113.0/24") -> tuple[int, str, str]:
        log = tmp_path / "access.log"
        log.write_bytes(content)
        asked = [
            "denied",
            "--logs",
            str(log),
            "--since",
            "2026-11-01",
            *(["--allow", allow] if allow else []),
        ]
        try:
            code = main([*asked, *options])
        except SystemExit as ended:  # of argparse
            code = int(str(ended.code))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_json_holds_what_a_script_needs(denied: Run) -> None:
    """What was read, and each group with its reason."""
    code, said, _ = denied(line(requester="-") + ALLOWED + OLD + b"no line", "--format", "json")
    result = json.loads(said)
    assert code == 1
    assert {name: result[name] for name in ("lines", "unread_lines", "older_lines", "older_refused")} == {
        "lines": 4,
        "unread_lines": 1,
        "older_lines": 1,
        "older_refused": 1,
    }
    (found,) = result["denied"]
    assert found["address"] == "198.51.100.7"
    assert (found["requester"], found["by_the_fence"], found["probably_yours"]) == (None, True, False)
    assert found["admit"].startswith('- {cidr: "198.51.100.7/32", label:')
    assert found["first"] == found["last"] == result["from"] == result["to"] == "2026-11-06T13:00:00Z"


def test_nobody_is_said_only_of_what_was_read(denied: Run) -> None:
    """And with how much that was."""
    code, said, _ = denied(ALLOWED * 3)
    assert (code, said) == (
        0,
        "No request was denied: 3 lines of log from 2026-11-06 13h to 2026-11-06 13h UTC.\n",
    )


@pytest.mark.parametrize(
    ("content", "says", "verdict"),
    [
        pytest.param(b"", (), "It is not known whether a request was denied: nothing was read", id="empty"),
        pytest.param(
            gzip.compress(b""), (), "It is not known whether a request was denied:", id="empty in gzip"
        ),
        pytest.param(
            OLD * 5,
            ("All 5 lines are older than 2026-11-01 00:00 UTC (--since), with 5 refused requests among",),
            "It is not known whether a request was denied: no line that was read is from 2026-11-01",
            id="older",
        ),
        pytest.param(
            ALLOWED + b"half a line",
            ("1 line truncated or not a line of an access log: not read.",),
            "No request was denied: 1 line of log",
            id="cut short",
        ),
        pytest.param(
            OLD + line()[:200],
            ("1 line truncated", "All 1 line is older than"),
            "It is not known",
            id="older and cut short",
        ),
    ],
)
def test_what_was_not_read_is_said_before_any_answer(
    denied: Run, content: bytes, says: tuple[str, ...], verdict: str
) -> None:
    """And it is no clean answer."""
    code, said, _ = denied(content)
    assert code == 2
    places = [said.index(text) for text in (*says, verdict)]
    assert places == sorted(places)
    code, said, notes = denied(content, "--format", "json")
    assert (code, json.loads(said)["denied"]) == (2, [])
    assert all(text in notes for text in says)


def test_lines_older_than_the_time_asked_for_are_counted_and_no_more(denied: Run) -> None:
    """Where others were read, the answer about these is clean."""
    code, said, _ = denied(OLD * 2 + ALLOWED)
    assert code == 0
    assert said.startswith("2 lines are older than 2026-11-01 00:00 UTC (--since), with 2 refused requests")
    assert "No request was denied: 1 line of log" in said


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b'{"Version": "2012-10-17", "Statement": []}', "a policy", id="a policy"),
        pytest.param(b"\x7fELF\0\0\0\0", "a binary file", id="a program"),
        pytest.param(gzip.compress(ALLOWED * 9)[:-4], "a truncated gzip file", id="gzip cut short"),
        pytest.param(b"some text\nand more\n", "text without a line of an access log", id="text"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--unused",), ("--format", "json")])
def test_a_file_that_is_no_log_is_an_error_that_says_what_it_is(
    denied: Run, content: bytes, what: str, options: tuple[str, ...]
) -> None:
    """Nothing on standard output that a script could take for an answer."""
    code, said, error = denied(content, *options)
    assert (code, said) == (2, "")
    assert re.match(rf"error: `.*access\.log` is not an access log: it is {what}\.\n\nhint: ", error)


def test_a_file_among_logs_that_is_no_log_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The logs are read all the same; nobody is not a clean answer then."""
    (tmp_path / "log").write_bytes(ALLOWED)
    (tmp_path / "policy.json").write_text('{"Statement": []}')
    asked = ["denied", "--logs", str(tmp_path), "--allow", "203.0.113.0/24", "--since", "2026-11-01"]
    assert main(asked) == 2
    said = capsys.readouterr().out
    assert said.index("policy.json` is not an access log: it is a policy.") < said.index(
        "No request was denied"
    )
    (tmp_path / "log").write_bytes(ALLOWED + line())
    assert main(asked) == 1


def test_the_key_of_a_person_from_elsewhere_is_a_warning_without_the_line_that_allows_it(denied: Run) -> None:
    """The reader is to ask, and sees what to do after either answer."""
    code, said, _ = denied(line() + line("203.0.113.200"), "--user", REMOTE_USER, allow="203.0.113.0/28")
    assert code == 1
    assert "probably yours" not in said
    assert "cidr:" not in said
    assert "WARNING: the key of" in said
    assert "was used from 198.51.100.7, 203.0.113.200: not allowed." in said
    assert "the key is stolen: rotate it (perimeter rotate)" in said
    code, said, _ = denied(line(), "--user", REMOTE_USER, "--format", "json")
    (found,) = json.loads(said)["denied"]
    assert (found["key_of"], found["probably_yours"], found["admit"]) == (REMOTE_USER, False, None)


def test_a_neighbor_gets_the_line_that_allows_it(denied: Run) -> None:
    """It is offered to a person who knows who that is."""
    code, said, _ = denied(line("203.0.113.200", requester="-"), allow="203.0.113.0/28")
    assert code == 1
    assert "probably yours: next to an allowed network" in said
    assert '- {cidr: "203.0.113.200/32", label: "SAY WHO"}' in said


def test_a_refusal_before_the_last_change_of_the_policy_is_older_than_the_list(denied: Run) -> None:
    """Whether its address was allowed then, the log does not say."""
    changed = line(
        "192.0.2.1", when="06/Nov/2026:15:00:00", operation="REST.PUT.BUCKETPOLICY", status="204 -"
    )
    _, said, _ = denied(line("203.0.113.9", requester="-") + changed)
    assert "older than the allow-list, which changed on 2026-11-06 15h" in said
    assert "no permission" not in said


def test_an_archived_object_is_explained(denied: Run) -> None:
    """No permission is missing."""
    _, said, _ = denied(line("203.0.113.9", status="403 InvalidObjectState"))
    assert said.startswith("1 request denied (1 of them not by the fence), in 1 line of log")
    assert "the object is archived and has to be restored first" in said
    assert "no permission for this" not in said


def test_text_out_of_a_log_cannot_steer_the_terminal(denied: Run) -> None:
    """Escape sequences in a requester are shown as question marks."""
    code, said, _ = denied(line(requester="\x1b[2Jroot"))
    assert code == 1
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param(("--top", "0"), "--top: `0` is not a number of rows", id="no rows"),
        pytest.param(("--jobs", "-1"), "--jobs", id="negative processes"),
        pytest.param(("--since", "yesterday"), "is not a valid start time", id="no time"),
        pytest.param(("--since", "99999-01-01"), "is not a valid start time", id="no year"),
        pytest.param(("--stack", "dev"), "--stack takes the allow-list", id="a stack and a list"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    denied: Run, options: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to write instead."""
    monkeypatch.setattr("s3_perimeter.commands.denied.read_stack", lambda *_, **__: "never read")
    code, said, error = denied(line(), *options)
    assert (code, said) == (2, "")
    assert says in error


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("12h", datetime(2026, 11, 20, 3, tzinfo=UTC), id="hours"),
        pytest.param("2w", datetime(2026, 11, 6, 15, tzinfo=UTC), id="weeks"),
        pytest.param("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC), id="a day"),
        pytest.param("2026-11-01T10:30+09:00", datetime(2026, 11, 1, 1, tzinfo=UTC), id="a time of Japan"),
    ],
)
def test_the_beginning_is_an_hour_of_utc(text: str, moment: datetime) -> None:
    """As the times in the log are."""
    assert since_when(text, datetime(2026, 11, 20, 15, 42, tzinfo=UTC)) == moment


def unused(denied: Run, content: bytes, *options: str, **rest: Any) -> tuple[int, str, str]:
    """Ask for unused entries."""
    return denied(content, "--unused", *options, **rest)


def test_entries_that_nobody_used_are_listed(denied: Run) -> None:
    """With what was read, so that a reader can judge how much that says."""
    code, said, _ = unused(denied, ALLOWED, "--allow", "198.51.100.0/24")
    assert code == 1
    assert re.search(r"198\.51\.100\.0/24 +never", said)
    assert "1 entry unused: 1 line of log from 2026-11-06 13h to 2026-11-06 13h UTC." in said
    code, said, _ = unused(denied, ALLOWED)
    assert (code, "Every entry was used: 1 line of log" in said) == (0, True)


@pytest.mark.parametrize("content", [pytest.param(b"", id="empty"), pytest.param(OLD, id="older")])
def test_an_empty_log_says_nothing_of_entries(denied: Run, content: bytes) -> None:
    """Neither that they were used nor that they were not."""
    code, said, _ = unused(denied, content)
    assert code == 2
    assert "It is not known which entries were used" in said
    code, said, _ = unused(denied, content, "--format", "json")
    assert (code, json.loads(said)["unused"]) == (2, [])


def test_without_an_allow_list_no_entry_can_be_unused(denied: Run) -> None:
    """The list is asked for."""
    code, _, error = unused(denied, ALLOWED, allow="")
    assert code == 2
    assert "there is no allow-list" in error


def test_young_entries_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """An entry that nobody had the time to use is not unused."""
    home, office, guests = "203.0.113.0/28", "198.51.100.0/28", "192.0.2.0/28"
    listings = (
        Listing(2026010110, ((AddressSet.parse([home, office]), None),)),
        Listing(2026111010, ((AddressSet.parse([home, office, guests]), None),)),
    )
    fence = Fence((home, office, guests), {}, {}, listings)
    tally = tally_lines([ALLOWED], "seen", 0)
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert unused_report(used_entries(tally, fence.entries), fence, tally, since, "json") == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["unused"], result["too_young"]) == ([office], [guests])
    assert [entry["added"] for entry in result["entries"]] == [
        "2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z", "2026-11-10T10:00:00Z",
    ]  # fmt: skip
    young = Fence((home, guests), {}, {}, listings)
    assert unused_report(used_entries(tally, young.entries), young, tally, since, "text") == 0
    said = capsys.readouterr().out
    assert re.search(r"192\.0\.2\.0/28 +2026-11-10 10h +not yet", said)
    assert "1 entry not used yet, but added after the start of the requested time: not reported." in said
