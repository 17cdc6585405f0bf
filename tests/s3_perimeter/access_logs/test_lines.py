"""Log lines, read in bulk."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.access_logs.lines import read_line, tally_lines
from s3_perimeter.access_logs.tally import MOST_GROUPS, Question, Request, Tally
from s3_perimeter.access_logs.times import hour_number, iso_hour
from tests.s3_perimeter.access_logs.log_lines import REMOTE_USER, line

REFUSED = (b"198.51.100.7", REMOTE_USER.encode(), b"REST.GET.OBJECT", b"AccessDenied")
HOUR = 2026110613
# What a client may write to end a field early and to begin fields of its own.
AS_ANSWERED = '" 200 - 5 5 4 3 "-" "curl'
AS_REFUSED = '" 403 AccessDenied 243 - 17 16 "-" "curl'
QUOTES: tuple[Question, ...] = ("refused", "seen")


def tally(text: bytes, question: Question = "refused", since: int = 0) -> Tally:
    """One text, read at once, with ordinary lines after it, so that refusals are rare, and then alone."""
    alone = tally_lines([text], question, since)
    crowd = line("203.0.113.9", status="200 -") * 60
    among = tally_lines([text + crowd], question, since)
    assert among.unread == alone.unread
    if question == "refused":
        assert among.groups == alone.groups, "many refusals and few are read alike"
    return alone


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(line(status="200 -"), id="a request that was answered"),
        pytest.param(line(status="404 NoSuchKey"), id="an object that is not there"),
        pytest.param(line(status="200 -").replace(b" 243 - ", b" 403 403 "), id="403 bytes sent"),
        pytest.param(
            line(status="200 -", agent="x 403 AccessDenied 1"), id="a user agent that poses as a status"
        ),
        pytest.param(line(status="200 -", agent=f"x{AS_REFUSED}"), id="a user agent that poses with quotes"),
        pytest.param(line(status="200 -", referer=f'"x{AS_REFUSED}"'), id="a referer that poses with quotes"),
        pytest.param(line(status="200 -", uri="-"), id="no request line"),
        pytest.param(
            line("-", operation="S3.EXPIRE.OBJECT", status="- -", uri="-", referer="-")
            .replace(b" 243 - 17 16 - ", b" - 243 - - - ")
            .replace(b'"aws-cli/2.31.0"', b"-"),
            id="an object that expired",
        ),
        pytest.param(
            line("-", operation="S3.EXPIRE.OBJECT", status="- -", uri='"-"').replace(
                b" 243 - 17 16 ", b" - 243 - - "
            ),
            id="an object that expired, with quotes",
        ),
        pytest.param(line(status="200 -", uri='"GET /a 403 b HTTP/1.1"'), id="a URL with 403 in it"),
    ],
)
def test_only_status_403_is_a_refusal(other: bytes) -> None:
    """What else stands in a line, a client's own text included, does not make it one."""
    found = tally(other + line() + other)
    assert found.groups == {REFUSED: [1, HOUR, HOUR]}
    assert (found.unread, found.unclear) == (0, 0)


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(line(uri='"GET /" HTTP/1.1"'), id="a quote in the URL"),
        pytest.param(line(uri='"GET /"a"b"?x="" HTTP/1.1"'), id="many quotes in the URL"),
        pytest.param(line(uri='"GET /x" 200 - HTTP/1.1"'), id="a URL that poses as a status"),
        pytest.param(line(uri=f'"GET /x{AS_ANSWERED}" HTTP/1.1"'), id="a URL that poses as all fields"),
        pytest.param(line(uri=f'"GET /x HTTP/1.1{AS_ANSWERED} HTTP/1.1"'), id="a URL with a version, too"),
        pytest.param(
            line(uri=f'"GET /x HTTP/1.1{AS_ANSWERED}" - h= SigV4 - - b TLSv1.3 - - HTTP/1.1"'),
            id="a URL that poses as the whole rest of a line",
        ),
        pytest.param(line(agent='"x"'), id="a quoted user agent"),
        pytest.param(line(agent='x" y'), id="one quote in the user agent"),
        pytest.param(line(agent='() { :;}; echo; echo "x"'), id="an attack in the user agent"),
        pytest.param(line(agent=f"x{AS_ANSWERED}"), id="a user agent that poses as fields"),
        pytest.param(line(agent=f"x HTTP/1.1{AS_ANSWERED}"), id="a user agent that poses from the URL on"),
        pytest.param(line(agent='x" - h= SigV4 - - b TLSv1.3 - -'), id="a user agent that ends the line"),
        pytest.param(line(agent="x 200 - "), id="a user agent with a status"),
        pytest.param(line(agent='"'), id="a user agent that is a quote"),
        pytest.param(line(agent=""), id="an empty user agent"),
        pytest.param(line(referer='"a" b"'), id="a quote in the referer"),
        pytest.param(line(referer='"""'), id="a referer that is a quote"),
        pytest.param(line(referer=f'"x HTTP/1.1{AS_ANSWERED}"'), id="a referer that poses as fields"),
        pytest.param(line(referer="-"), id="a bare dash for the referer"),
        pytest.param(line(uri='"GET /x -"'), id="no version"),
        pytest.param(line(uri="-"), id="no request line"),
        pytest.param(line(uri='"-"'), id="a quoted dash for the request line"),
        pytest.param(line(uri='"GET /\\" HTTP/1.1"'), id="a backslash before a quote"),
        pytest.param(line(uri='"GET /x\r HTTP/1.1"'), id="a carriage return in the URL"),
        pytest.param(line(agent="\u65e5\u672c"), id="another script"),
        pytest.param(line(agent="a\0b\x0b\x0c\x1c\x85\u2028"), id="what other readers end lines at"),
        pytest.param(line().replace(b'"aws-cli/2.31.0"', b"-"), id="a bare dash for the user agent"),
        pytest.param(
            line(uri="-", referer="-").replace(b'"aws-cli/2.31.0"', b"-"), id="bare dashes for all three"
        ),
        pytest.param(line().replace(b"3E57427F3EXAMPLE ", b" "), id="no request id"),
        pytest.param(line().replace(b" - -\n", b" - - us-east-1\n"), id="the region of the source"),
        pytest.param(line().replace(b" - -\n", b" - - a b c d e\n"), id="fields that are still to come"),
        pytest.param(line().replace(b" TLSv1.3 - -\n", b" TLSv1.2\n"), id="fields of 2020"),
        pytest.param(line()[: line().index(b" s9lz")] + b"\n", id="fields of 2018"),
        pytest.param(line().replace(b'" - s9lz', b'" a"b" s9lz'), id="quotes in the version id"),
        pytest.param(line().replace(b" example-bucket.s3", b' x"y.s3'), id="a quote in the host"),
        pytest.param(line(uri="-").replace(b" - -\n", b' "-" "x"\n'), id="quotes in fields to come"),
        pytest.param(line().replace(b"\n", b"\r\n"), id="an end of Windows"),
        pytest.param(line().rstrip(b"\n"), id="no end at all"),
    ],
)
def test_nobody_can_choose_to_drop_out_of_the_count(refused: bytes) -> None:
    """Whatever a client sends, its refused request is counted, once and as that of its address."""
    assert tally_lines([refused], "refused", 0).groups == {REFUSED: [1, HOUR, HOUR]}
    found = tally(line() + refused)
    assert (found.groups, found.unread) == ({REFUSED: [2, HOUR, HOUR]}, 0)


PARTS = ('"', " ", "-", "x", "9", "403", "200", " HTTP/1.1", AS_ANSWERED, AS_REFUSED)
TEXT = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


@given(TEXT, TEXT, TEXT)
def test_no_text_of_a_client_hides_a_refusal(path: str, referer: str, agent: str) -> None:
    """Nor does it change whose it is, or hide the line after it."""
    text = line(uri=f'"GET /{path} HTTP/1.1"', referer=f'"{referer}"', agent=agent)
    found = tally_lines([text + line("203.0.113.9", status="200 -") * 20], "refused", 0)
    assert (found.lines, found.unread) == (21, 0)
    assert [(group[:3], counted) for group, counted in found.groups.items()] == [
        (REFUSED[:3], [1, HOUR, HOUR])
    ]


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        pytest.param(
            line(uri=f'"GET /x HTTP/1.1{AS_ANSWERED} HTTP/1.1"'), 1, id="as refused and as answered"
        ),
        pytest.param(line(uri='"GET /" HTTP/1.1"'), 0, id="one way only"),
        pytest.param(line(agent=f"x HTTP/1.1{AS_REFUSED}"), 0, id="as refused either way"),
    ],
)
def test_lines_that_can_be_read_in_two_ways_are_counted_as_such(text: bytes, unclear: int) -> None:
    """The reader is to know that the log does not settle it."""
    assert tally_lines([text], "refused", 0).unclear == unclear


def test_a_pose_does_not_choose_the_reason() -> None:
    """Of two refusals in a line, the one by a policy is reported: nobody passes for something harmless."""
    posing = line(uri='"GET /x HTTP/1.1" 403 InvalidObjectState 5 5 4 3 "-" "curl HTTP/1.1"')
    assert tally_lines([posing], "refused", 0).groups == {REFUSED: [1, HOUR, HOUR]}


def test_a_line_with_countless_readings_is_read() -> None:
    """S3 takes 8 KB of headers; the work does not grow faster than is bearable for much more."""
    text = line(uri='"GET /' + '" 200 - 1 1 1 1 "' * 2_000 + ' HTTP/1.1"', agent='" "' * 10_000)
    read = read_line(text.rstrip())
    assert read is not None
    assert read.request.status == b"403"


def test_requests_are_grouped_with_their_first_and_last_hour() -> None:
    """The same caller and operation is one group, however often and whenever."""
    text = b"".join(line(when=f"0{day}/Nov/2026:0{day}:00:00") for day in (3, 1, 2, 1))
    assert tally(text).groups == {REFUSED: [4, 2026110101, 2026110303]}


@pytest.mark.parametrize("question", QUOTES)
def test_requests_before_the_beginning_are_counted_as_older(question: Question) -> None:
    """The hour asked for is in, the one before is not, and how many were refused then is known."""
    before = line(when="06/Nov/2026:12:59:59") + line(when="01/Nov/2026:12:59:59", status="200 -")
    found = tally(before + line(when="06/Nov/2026:13:00:00"), question, HOUR)
    assert (found.lines, found.older, found.older_refused, found.asked) == (3, 2, 1, 1)
    assert (found.first, found.last) == (HOUR, HOUR)
    if question == "refused":
        assert found.groups == {REFUSED: [1, HOUR, HOUR]}


def test_seen_are_the_addresses_whose_requests_were_not_refused() -> None:
    """An address that was only denied was not allowed."""
    text = (
        line("203.0.113.9", status="200 -")
        + line("198.51.100.7")
        + line("203.0.113.9")
        + line("2001:db8::1", status="404 NoSuchKey")
    )
    found = tally_lines([text], "seen", 0)
    assert found.groups == {(b"203.0.113.9",): [1, HOUR, HOUR], (b"2001:db8::1",): [1, HOUR, HOUR]}
    among = tally_lines([text + line("192.0.2.1", status="200 -") * 60], "seen", 0)
    assert among.groups == {**found.groups, (b"192.0.2.1",): [60, HOUR, HOUR]}


@pytest.mark.parametrize("question", QUOTES)
@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(line()[:90], id="before the address"),
        pytest.param(line()[: line().index(b" 403 ")], id="before the status"),
        pytest.param(line()[: line().index(b" 403 ") + 10], id="within the error code"),
        pytest.param(line()[: line().index(b"aws-cli")], id="within the user agent"),
        pytest.param(line(status="200 -")[:150], id="of a request that was answered"),
        pytest.param(line(when="06/Foo/2026:13:05:38").rstrip(), id="no month"),
        pytest.param(b"no log at all", id="no log line"),
        pytest.param(b"\x00\xff" * 50, id="bytes"),
    ],
)
def test_what_is_no_whole_line_is_counted_and_left_out(question: Question, cut: bytes) -> None:
    """Wherever it stands, and between whatever lines."""
    whole = line(status="403 AccessDenied" if question == "refused" else "200 -")
    for text in (
        whole + cut,
        cut + b"\n" + whole,
        whole + cut + b"\n" + line("203.0.113.9", status="200 -") * 9,
    ):
        found = tally_lines([text], question, 0)
        assert found.unread == 1
        assert found.groups[REFUSED if question == "refused" else (b"198.51.100.7",)] == [1, HOUR, HOUR]


def test_blank_lines_are_nothing() -> None:
    """They are neither read nor missing."""
    found = tally_lines([b"\n\r\n" + line() + b"\n\n" + line() + b"\r\n"], "refused", 0)
    assert (found.lines, found.unread, found.groups) == (2, 0, {REFUSED: [2, HOUR, HOUR]})


def test_lines_of_several_buckets_and_ages_are_read_alike() -> None:
    """A file may hold the logs of several buckets, of several years, in any order."""
    old = line("192.0.2.5", status="200 -")[: line().index(b" s9lz")] + b"\n"
    text = (
        line("203.0.113.9", status="200 -") * 3
        + line("192.0.2.1", status="200 -").replace(b" example-bucket ", b" another ")
        + old * 2
        + line("192.0.2.3", status="200 -").replace(b" example-bucket ", b" a-third-one-with-a-longer-name ")
    )
    found = tally_lines([text * 10 + line()], "seen", 0)
    assert {group[0].decode(): counted[0] for group, counted in found.groups.items()} == {
        "203.0.113.9": 30,
        "192.0.2.1": 10,
        "192.0.2.5": 20,
        "192.0.2.3": 10,
    }
    assert found.unread == 0


def test_the_last_change_of_the_policy_is_found() -> None:
    """Whoever changed it, and only where S3 did as asked."""
    text = (
        line(when="03/Nov/2026:10:00:00", operation="REST.PUT.BUCKETPOLICY", status="204 -")
        + line(when="04/Nov/2026:10:00:00", operation="REST.GET.BUCKETPOLICY", status="200 -")
        + line(when="05/Nov/2026:10:00:00", operation="REST.PUT.BUCKETPOLICY")
        + line(when="02/Nov/2026:10:00:00", operation="REST.PUT.BUCKETPOLICY", status="200 -")
    )
    assert tally_lines([text], "refused", 2026110400).changed == 2026110310
    assert tally_lines([text + line(status="200 -") * 99], "refused", 0).changed == 2026110310


@given(st.lists(st.integers(1, 900), max_size=6), st.sampled_from(QUOTES))
def test_where_blocks_are_cut_makes_no_difference(cuts: list[int], question: Question) -> None:
    """A line may come in any number of pieces."""
    text = line() + line("203.0.113.9", status="200 -") + line("2001:db8::1")
    places = sorted({0, *(cut for cut in cuts if cut < len(text)), len(text)})
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    assert tally_lines(pieces, question, 0) == tally_lines([text], question, 0)


ANSWERED = line("203.0.113.9", status="200 -")
KINDS = (
    *(line(), ANSWERED, ANSWERED, ANSWERED, line("2001:db8::1", status="404 NoSuchKey")),
    line("192.0.2.5", when="05/Nov/2026:23:59:59", status="200 -"),
    line("192.0.2.6", status="200 -").replace(b" example-bucket ", b" a-longer-bucket "),
    *(ANSWERED[:-30] + b"\n", ANSWERED[:90] + b"\n", ANSWERED[150:], b"\n", b"x\n", b"\r\r\n"),
    *(b"o TLSv1.3 [06/Nov/2026:13\n", b" TLSv1.3 - -\n", ANSWERED[:20] + b"\n", ANSWERED[:-1] + b"\r\n"),
)


@given(st.lists(st.sampled_from(KINDS), max_size=40), st.sampled_from(QUOTES))
def test_lines_seen_at_a_glance_are_counted_as_those_read_in_full(
    lines: list[bytes], question: Question
) -> None:
    """Whatever stands before and after a line, it is read as it is alone."""
    expected = Tally()
    for text in (one.rstrip(b"\r\n") for one in lines):
        read = read_line(text) if text else None
        expected.lines += bool(text)
        expected.unread += bool(text) and read is None
        if read is not None:
            expected.count(read.request, question, HOUR)
    found = tally_lines(lines + [ANSWERED] * 200, question, HOUR)
    for _ in range(200):
        expected.lines += 1
        expected.count(Request(HOUR, b"203.0.113.9", status=b"200"), question, HOUR)
    expected.size = found.size
    assert found == expected


@given(st.binary(max_size=400))
def test_anything_at_all_can_be_read(junk: bytes) -> None:
    """Bytes that are no log neither raise nor hide the line after them."""
    found = tally_lines([junk, b"\n", line()], "refused", 0)
    assert found.groups[REFUSED] == [1, HOUR, HOUR]
    assert found.unread == sum(bool(part.rstrip(b"\r")) for part in junk.split(b"\n"))


def test_a_line_longer_than_any_of_a_log_takes_no_memory() -> None:
    """It counts as one line that was not read."""
    found = tally_lines([line(), *[b"x" * (1 << 20)] * 20, b"\n", line()], "refused", 0)
    assert (found.lines, found.unread, found.groups) == (3, 1, {REFUSED: [2, HOUR, HOUR]})


def test_groups_past_the_limit_are_counted_together() -> None:
    """A scan from countless addresses takes bounded memory, and its requests are still counted."""
    found = Tally()
    for number in range(MOST_GROUPS + 5):
        found.add((str(number).encode(),), 2, HOUR, HOUR)
    assert (len(found.groups), found.folded) == (MOST_GROUPS, 10)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param(b"06/Feb/2019:13", 2019020613, id="a time"),
        pytest.param(b"31/Dec/2026:00", 2026123100, id="the last day of a year"),
        pytest.param(b"06/Foo/2019:13", 0, id="no month"),
        pytest.param(b"..............", 0, id="no time"),
    ],
)
def test_hours_are_numbers_in_the_order_of_time(text: bytes, number: int) -> None:
    """Later hours are greater numbers; what is no time is 0."""
    assert hour_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("2026-11-20T10:15:02.000Z", 2026112010, id="as CloudWatch has it"),
        pytest.param("2026-11-20 10:15:02.000 UTC", 2026112010, id="as SQL has it"),
        pytest.param("1795169702", 0, id="seconds"),
    ],
)
def test_times_of_records_are_the_same_numbers(text: str, number: int) -> None:
    """Text logs and records are distinguished by nothing but their form."""
    assert iso_hour(text) == number
