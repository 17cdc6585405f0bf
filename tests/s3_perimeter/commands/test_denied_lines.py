"""Log lines, read in bulk."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.commands.denied.lines import MOST_GROUPS, Tally, hour_number, tally_chunks
from tests.s3_perimeter.commands.log_lines import REMOTE_USER, line

REFUSED = (b"198.51.100.7", REMOTE_USER.encode(), b"REST.GET.OBJECT", b"AccessDenied")
HOUR = 2026110613


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(line(status="200 -"), id="a request that was answered"),
        pytest.param(line(status="404 NoSuchKey"), id="an object that is not there"),
        pytest.param(line(status="200 - 403 403"), id="403 bytes sent"),
        pytest.param(
            line(status="200 -", agent="x 403 AccessDenied 1"), id="a user agent that poses as a status"
        ),
        pytest.param(line(status="200 -", uri="-"), id="no request line"),
    ],
)
def test_only_status_403_is_a_refusal(other: bytes) -> None:
    """What else stands in a line, a client's own text included, does not make it one."""
    tally = tally_chunks([other, line(), other], "refused", 0)
    assert tally.groups == {REFUSED: [1, HOUR, HOUR]}
    assert (tally.lines, tally.unread) == (3, 0)


def test_requests_are_grouped_with_their_first_and_last_hour() -> None:
    """The same caller and operation is one group, however often and whenever."""
    text = b"".join(line(when=f"0{day}/Nov/2026:0{day}:00:00") for day in (3, 1, 2, 1))
    assert tally_chunks([text], "refused", 0).groups == {REFUSED: [4, 2026110101, 2026110303]}


def test_requests_before_the_beginning_are_left_out() -> None:
    """The hour asked for is in, the one before is not."""
    text = line(when="06/Nov/2026:12:59:59") + line(when="06/Nov/2026:13:00:00")
    assert tally_chunks([text], "refused", HOUR).groups == {REFUSED: [1, HOUR, HOUR]}


def test_seen_are_the_addresses_whose_requests_were_not_refused() -> None:
    """An address that was only turned away was not let in."""
    text = (
        line("203.0.113.9", status="200 -")
        + line("198.51.100.7")
        + line("203.0.113.9")
        + line("2001:db8::1", status="404 NoSuchKey")
    )
    tally = tally_chunks([text], "seen", 0)
    assert tally.groups == {(b"203.0.113.9",): [1, HOUR, HOUR], (b"2001:db8::1",): [1, HOUR, HOUR]}


@pytest.mark.parametrize("question", ["refused", "seen"])
def test_a_half_written_line_is_counted_and_left_out(question: str) -> None:
    """A log cut short costs its last line, and that is told."""
    whole = line(status="403 AccessDenied" if question == "refused" else "200 -")
    cut = whole[: whole.index(b" 403 ") + 5] if question == "refused" else whole[:90]
    tally = tally_chunks([whole + cut], question, 0)  # type: ignore[arg-type]
    assert sum(requests for requests, _, _ in tally.groups.values()) == 1
    assert tally.unread == 1


def test_a_last_line_without_its_end_is_read() -> None:
    """A file that an editor saved without a final newline loses nothing."""
    assert tally_chunks([line().rstrip(b"\n")], "refused", 0).groups == {REFUSED: [1, HOUR, HOUR]}


def test_dense_and_sparse_refusals_are_read_alike() -> None:
    """The two ways of reading, for many refusals and for few, agree."""
    few = line() + line(status="200 -") * 9
    many = line() * 9 + line(status="200 -")
    assert tally_chunks([few], "refused", 0).groups == {REFUSED: [1, HOUR, HOUR]}
    assert tally_chunks([many], "refused", 0).groups == {REFUSED: [9, HOUR, HOUR]}


@given(st.lists(st.integers(1, 900), max_size=6), st.integers(0, 3))
def test_where_blocks_are_cut_makes_no_difference(cuts: list[int], question: int) -> None:
    """A line may come in any number of pieces."""
    text = line() + line("203.0.113.9", status="200 -") + line("2001:db8::1")
    asked = "refused" if question % 2 else "seen"
    places = sorted({0, *(cut for cut in cuts if cut < len(text)), len(text)})
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    assert tally_chunks(pieces, asked, 0) == tally_chunks([text], asked, 0)  # type: ignore[arg-type]


@given(st.binary(max_size=400))
def test_anything_at_all_can_be_read(junk: bytes) -> None:
    """Bytes that are no log neither raise nor hide the line after them."""
    tally = tally_chunks([junk, b"\n", line()], "refused", 0)
    assert tally.groups[REFUSED] == [1, HOUR, HOUR]


def test_groups_past_the_limit_are_counted_together() -> None:
    """A scan from countless addresses takes bounded memory, and its requests are still counted."""
    tally = Tally()
    for number in range(MOST_GROUPS + 5):
        tally.add((str(number).encode(),), 2, HOUR, HOUR)
    assert (len(tally.groups), tally.folded) == (MOST_GROUPS, 10)


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


def test_a_line_without_a_request_id_is_read() -> None:
    """Two spaces stand where the id would be."""
    bare = line().replace(b" 3E57427F3EXAMPLE ", b"  ")
    assert tally_chunks([bare], "refused", 0).groups == {REFUSED: [1, HOUR, HOUR]}
