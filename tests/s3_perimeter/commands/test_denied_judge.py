"""Whose a refused request probably is, why it was refused, and what to do about it."""

from __future__ import annotations

from datetime import date

import pytest

from s3_perimeter import AddressSet
from s3_perimeter.access_logs.lines import tally_lines
from s3_perimeter.access_logs.tally import Tally
from s3_perimeter.commands.denied.fence import sessions_of
from s3_perimeter.commands.denied.history import AllowLists, Listing, read_updates
from s3_perimeter.commands.denied.judge import Denial, denials, known, used_entries
from tests.s3_perimeter.access_logs.log_lines import REMOTE_USER, line

ALLOWED = AddressSet.parse(["203.0.113.0/26", "2001:db8:1234::/64"])
STRANGER = "arn:aws:iam::444455556666:user/mallory"
USERS = {REMOTE_USER: "remote-user"}
HOUR = 2026110613


def judged(
    address: str, requester: str = STRANGER, error: str = "AccessDenied", lists: AllowLists | None = None
) -> Denial:
    """One refused request, judged."""
    tally = Tally(
        {tuple(part.encode() for part in (address, requester, "REST.GET.OBJECT", error)): [3, HOUR, HOUR]}
    )
    (found,) = denials(tally, lists or AllowLists(ALLOWED), USERS).denials
    return found


@pytest.mark.parametrize(
    ("address", "requester", "yours", "admit"),
    [
        pytest.param(
            "203.0.113.200", STRANGER, "next to an allowed network", "203.0.113.200/32", id="a neighbor"
        ),
        pytest.param(
            "2001:db8:1234:9::5", "-", "next to an allowed network", "2001:db8:1234:9::/64", id="IPv6"
        ),
        pytest.param("198.51.100.7", STRANGER, None, "198.51.100.7/32", id="a stranger"),
        pytest.param("198.51.100.7", "-", None, "198.51.100.7/32", id="somebody anonymous"),
        pytest.param("::ffff:198.51.100.7", "-", None, "198.51.100.7/32", id="IPv4 in IPv6's form"),
    ],
)
def test_neighbors_are_probably_yours(address: str, requester: str, yours: str | None, admit: str) -> None:
    """A stranger stays one, and each gets the network that would allow it."""
    found = judged(address, requester)
    assert (found.yours, found.admit, found.because, found.warning) == (yours, admit, None, None)
    assert found.fenced


@pytest.mark.parametrize("address", ["198.51.100.7", "203.0.113.200", "2001:db8:ffff::1"])
def test_the_key_of_a_person_from_elsewhere_is_a_warning(address: str) -> None:
    """It may be stolen, so nothing that would allow it is offered, wherever it comes from."""
    found = judged(address, REMOTE_USER)
    assert (found.warning, found.yours, found.admit, found.fenced) == ("remote-user", None, None, True)


@pytest.mark.parametrize(
    ("requester", "warning"),
    [
        pytest.param(
            "arn:aws:sts::111122223333:assumed-role/p-dev-analyst/ana", "role analyst", id="a session"
        ),
        pytest.param("arn:aws:sts::111122223333:assumed-role/p-dev-analyst-2/ana", None, id="another role's"),
        pytest.param("arn:aws:iam::111122223333:user/p-dev-analyst/ana", None, id="a user by such a path"),
    ],
)
def test_a_session_of_a_role_from_elsewhere_is_a_warning(requester: str, warning: str | None) -> None:
    """Nobody gets one there, so somebody carried it out."""
    users = {sessions_of("arn:aws:iam::111122223333:role/people/p-dev-analyst"): "role analyst"}
    assert known(requester, users) == warning


@pytest.mark.parametrize(
    ("address", "error", "because", "fenced"),
    [
        pytest.param(
            "203.0.113.9", "AccessDenied", "no permission for this", False, id="inside the allow-list"
        ),
        pytest.param("203.0.113.9", "-", "no permission for this", False, id="inside, without a code"),
        pytest.param(
            "198.51.100.7", "SignatureDoesNotMatch", "secret access key", False, id="a wrong secret"
        ),
        pytest.param("198.51.100.7", "InvalidAccessKeyId", "deleted", False, id="a deleted key"),
        pytest.param("203.0.113.9", "InvalidObjectState", "archived", False, id="an archived object"),
        pytest.param(
            "198.51.100.7", "InvalidObjectState", "restored first", False, id="archived, from outside"
        ),
        pytest.param("198.51.100.7", "AccessForbidden", "CORS", False, id="another origin"),
        pytest.param("198.51.100.7", "SomethingNew", "a reason other", False, id="a code nobody knows"),
    ],
)
def test_what_the_fence_did_not_refuse_gets_no_config_line(
    address: str, error: str, because: str, fenced: bool | None
) -> None:
    """No entry of the allow-list would help, so none is offered."""
    found = judged(address, REMOTE_USER, error)
    assert because in str(found.because)
    assert (found.yours, found.admit, found.warning, found.fenced) == (None, None, None, fenced)


@pytest.mark.parametrize("address", ["-", "10.0.1.5", "fd00::5", "198.18.7.7"])
def test_what_came_by_a_way_without_a_public_address_gets_no_config_line(address: str) -> None:
    """A private range in the allow-list would allow services; the key of a person is a warning here too."""
    found = judged(address)
    assert "a VPC endpoint or an AWS service" in str(found.because)
    assert (found.yours, found.admit, found.warning, found.fenced) == (None, None, None, None)
    assert judged(address, REMOTE_USER).warning == "remote-user"


def test_stolen_keys_come_first_then_yours_then_the_most_requests() -> None:
    """A reader sees first what is to be looked at first."""
    tally = Tally(
        {
            (b"198.51.100.1", b"-", b"REST.GET.OBJECT", b"AccessDenied"): [5, 1, 1],
            (b"198.51.100.2", b"-", b"REST.GET.OBJECT", b"AccessDenied"): [9, 1, 1],
            (b"203.0.113.5", b"-", b"REST.GET.OBJECT", b"AccessDenied"): [99, 1, 1],
            (b"203.0.113.200", b"-", b"REST.GET.OBJECT", b"AccessDenied"): [1, 1, 1],
            (b"198.51.100.3", REMOTE_USER.encode(), b"REST.GET.OBJECT", b"AccessDenied"): [1, 1, 1],
        }
    )
    order = [found.address for found in denials(tally, AllowLists(ALLOWED), USERS).denials]
    assert order == ["198.51.100.3", "203.0.113.200", "198.51.100.2", "198.51.100.1", "203.0.113.5"]


def test_an_entry_is_used_by_any_address_in_it() -> None:
    """Each entry has its last hour, and 0 where nobody came."""
    tally = Tally({(b"203.0.113.7",): [1, 5, 6], (b"203.0.113.8",): [1, 9, 9], (b"AWS",): [1, 9, 9]})
    last = used_entries(tally, ["203.0.113.0/26", "2001:db8:1234::/64", "203.0.113.7/32"])
    assert last == {"203.0.113.0/26": 9, "2001:db8:1234::/64": 0, "203.0.113.7/32": 6}


HOME, OFFICE, GUESTS = (
    AddressSet.parse([text]) for text in ("203.0.113.0/28", "198.51.100.0/28", "192.0.2.0/28")
)
LISTINGS = (
    Listing(2026110110, ((HOME, None), (GUESTS, date(2026, 11, 5)))),
    Listing(2026110310, ((HOME, None), (OFFICE, None), (GUESTS, date(2026, 11, 5)))),
)


@pytest.mark.parametrize(
    ("address", "hour", "because", "fenced"),
    [
        pytest.param("203.0.113.5", 2026110613, "no permission", False, id="allowed all the time"),
        pytest.param("198.51.100.5", 2026110410, "no permission", False, id="allowed by then"),
        pytest.param("198.51.100.5", 2026110210, "not allowed then, and is now", True, id="allowed later"),
        pytest.param("198.51.100.5", 2026110310, "changed in the same hour", None, id="allowed in the hour"),
        pytest.param("203.0.113.5", 2026110310, "no permission", False, id="allowed by both of the hour"),
        pytest.param("203.0.113.5", 2026103010, "changed on 2026-11-01 10h", None, id="before all of it"),
        pytest.param("203.0.113.5", 2026110110, "or it was sent without TLS", None, id="in the first hour"),
        pytest.param("192.0.2.5", 2026110410, "no permission", False, id="allowed until it expired"),
        pytest.param("192.0.2.5", 2026110600, "None", True, id="expired"),
    ],
)  # fmt: skip
def test_a_refusal_is_judged_by_the_list_of_its_day(
    address: str, hour: int, because: str, fenced: bool | None
) -> None:
    """What is allowed today may not have been, and the other way round."""
    lists = AllowLists(LISTINGS[-1].on(date(2026, 11, 20)), LISTINGS)
    tally = Tally({(address.encode(), b"-", b"REST.GET.OBJECT", b"AccessDenied"): [1, hour, hour]})
    (found,) = denials(tally, lists, USERS).denials
    assert because in str(found.because)
    assert found.fenced is fenced


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        pytest.param(0, "no permission", id="no change in the log"),
        pytest.param(2026110612, "no permission", id="changed before"),
        pytest.param(2026110613, "the allow-list changed in the same hour", id="in that hour"),
        pytest.param(
            2026110700, "older than the allow-list, which changed on 2026-11-07 00h", id="changed since"
        ),
    ],
)
def test_without_a_stack_the_log_shows_how_old_the_list_is(changed: int, because: str) -> None:
    """By the last change of the bucket policy in it."""
    assert because in str(judged("203.0.113.9", lists=AllowLists(ALLOWED, changed=changed)).because)


def test_an_entry_is_as_old_as_the_update_that_brought_it() -> None:
    """Without a break since then; an entry that nobody deployed has no age."""
    lists = AllowLists(HOME | OFFICE, LISTINGS)
    assert [lists.since(one) for one in (HOME, OFFICE, AddressSet.parse(["8.8.8.8/32"]))] == [
        2026110110, 2026110310, 0,
    ]  # fmt: skip
    gone = (*LISTINGS, Listing(2026110410, ((OFFICE, None),)), Listing(2026110510, ((HOME, None),)))
    assert AllowLists(HOME, gone).since(HOME) == 2026110510


def test_updates_are_read_from_the_history_of_pulumi() -> None:
    """Oldest first; previews changed nothing, and an update without an allow-list says nothing."""

    def update(hour: str, kind: str, networks: object) -> dict[str, object]:
        config = {"s3-perimeter:allowedNetworks": {"value": "[]", "objectValue": networks, "secret": False}}
        return {"kind": kind, "endTime": f"2026-11-{hour}:05:06.000Z", "config": config if networks else {}}

    office = {"cidr": "198.51.100.0/28", "expires": "2026-11-05"}
    found = read_updates(
        [
            update("06T10", "update", None),
            update("05T10", "update", ["203.0.113.0/28", office]),
            update("04T10", "preview", ["192.0.2.0/28"]),
            update("03T10", "update", ["203.0.113.0/28"]),
        ]
    )
    assert found == (
        Listing(2026110310, ((HOME, None),)),
        Listing(2026110510, ((HOME, None), (OFFICE, date(2026, 11, 5)))),
    )


RUN, OTHER = "0" * 31 + "a", "0" * 31 + "b"


def agent(run: str) -> str:
    """The user agent of a run of `perimeter verify`."""
    return f"Boto3/1.43 Botocore/1.43 s3-perimeter-verify/{run}"


INSIDE = line("203.0.113.9", status="200 -", agent=agent(RUN))


@pytest.mark.parametrize(
    ("log", "own"),
    [
        pytest.param(INSIDE + line(agent=agent(RUN)) * 3, 3, id="the person's key from outside"),
        pytest.param(INSIDE + line(requester="-", agent=agent(RUN)), 1, id="nobody from outside"),
        pytest.param(
            line("203.0.113.9", status="200 -", agent=agent(RUN), when="06/Nov/2026:12:59:59")
            + line(agent=agent(RUN)),
            1,
            id="over the full hour",
        ),
        pytest.param(line(agent=agent(RUN)), 0, id="no run at all"),
        pytest.param(INSIDE + line(agent=agent(OTHER)), 0, id="another run"),
        pytest.param(INSIDE + line(agent="s3-perimeter-verify/"), 0, id="the mark alone"),
        pytest.param(INSIDE + line(agent=agent(RUN + "c")), 0, id="a longer mark"),
        pytest.param(INSIDE + line(requester=STRANGER, agent=agent(RUN)), 0, id="another key"),
        pytest.param(INSIDE + line(agent=agent(RUN), when="06/Nov/2026:16:00:00"), 0, id="hours later"),
        pytest.param(
            line("198.51.100.9", status="200 -", agent=agent(RUN)) + line(agent=agent(RUN)),
            0,
            id="run from outside",
        ),
        pytest.param(
            line("203.0.113.9", status="404 NoSuchKey", agent=agent(RUN)) + line(agent=agent(RUN)),
            0,
            id="not answered inside",
        ),
        pytest.param(
            line("203.0.113.9", requester="-", status="200 -", agent=agent(RUN)) + line(agent=agent(RUN)),
            0,
            id="answered without the key",
        ),
        pytest.param(
            line(uri=f'"GET /x HTTP/1.1" 200 - 1 1 1 1 "-" "{agent(RUN)} HTTP/1.1"', agent=agent(RUN)),
            0,
            id="a URL that poses as the run",
        ),
    ],
)
@pytest.mark.parametrize("crowd", [0, 60])
def test_probes_of_verify_are_left_out_and_nobody_can_pose_as_one(log: bytes, own: int, crowd: int) -> None:
    """Only a run that was answered inside is one: whoever is outside has no such answer to show."""
    tally = tally_lines([log + line("192.0.2.9", status="200 -") * crowd], "refused", 0)
    found = denials(tally, AllowLists(ALLOWED), USERS)
    refused = log.count(b" 403 AccessDenied ")
    assert found.own_probes == own
    assert sum(one.requests for one in found.denials) == refused - own
