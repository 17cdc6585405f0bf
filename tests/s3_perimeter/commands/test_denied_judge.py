"""Whose a refused request probably is, and what would admit it."""

from __future__ import annotations

import pytest

from s3_perimeter import AddressSet
from s3_perimeter.commands.denied.judge import Denial, denials, used_entries
from s3_perimeter.commands.denied.lines import Tally
from tests.s3_perimeter.commands.log_lines import REMOTE_USER

ALLOWED = AddressSet.parse(["203.0.113.0/26", "2001:db8:1234::/64"])
STRANGER = "arn:aws:iam::444455556666:user/mallory"


def judged(address: str, requester: str = STRANGER, error: str = "AccessDenied") -> Denial:
    """One refused request, judged."""
    tally = Tally(
        {tuple(part.encode() for part in (address, requester, "REST.GET.OBJECT", error)): [3, 1, 2]}
    )
    (found,) = denials(tally, ALLOWED, {REMOTE_USER: "remote-user"})
    return found


@pytest.mark.parametrize(
    ("address", "requester", "yours", "admit"),
    [
        pytest.param(
            "198.51.100.7", REMOTE_USER, "the key of remote-user", "198.51.100.7/32", id="a known user"
        ),
        pytest.param(
            "203.0.113.200", STRANGER, "next to an allowed network", "203.0.113.200/32", id="a neighbour"
        ),
        pytest.param(
            "2001:db8:1234:9::5", "-", "next to an allowed network", "2001:db8:1234:9::/64", id="IPv6"
        ),
        pytest.param("198.51.100.7", STRANGER, None, "198.51.100.7/32", id="a stranger"),
        pytest.param("198.51.100.7", "-", None, "198.51.100.7/32", id="somebody anonymous"),
    ],
)
def test_known_users_and_neighbours_are_probably_yours(
    address: str, requester: str, yours: str | None, admit: str
) -> None:
    """A stranger stays one, and each gets the network that would admit it."""
    found = judged(address, requester)
    assert (found.yours, found.admit, found.because) == (yours, admit, None)


@pytest.mark.parametrize(
    ("address", "error", "because"),
    [
        pytest.param(
            "203.0.113.9",
            "AccessDenied",
            "no permission for this, or sent without TLS",
            id="inside the allow-list",
        ),
        pytest.param("-", "AccessDenied", "no public address", id="no address"),
        pytest.param("198.51.100.7", "SignatureDoesNotMatch", "secret access key", id="a wrong secret"),
        pytest.param("198.51.100.7", "InvalidAccessKeyId", "deleted", id="a deleted key"),
    ],
)
def test_what_the_fence_did_not_refuse_gets_no_config_line(address: str, error: str, because: str) -> None:
    """No entry of the allow-list would help, so none is offered."""
    found = judged(address, REMOTE_USER, error)
    assert because in str(found.because)
    assert (found.yours, found.admit) == (None, None)


def test_yours_come_first_then_the_most_requests() -> None:
    """A reader sees first what is probably to be mended."""
    tally = Tally(
        {
            (b"198.51.100.1", b"-", b"REST.GET.OBJECT", b"AccessDenied"): [5, 1, 1],
            (b"198.51.100.2", b"-", b"REST.GET.OBJECT", b"AccessDenied"): [9, 1, 1],
            (b"198.51.100.3", REMOTE_USER.encode(), b"REST.GET.OBJECT", b"AccessDenied"): [1, 1, 1],
        }
    )
    order = [found.address for found in denials(tally, ALLOWED, {REMOTE_USER: "remote-user"})]
    assert order == ["198.51.100.3", "198.51.100.2", "198.51.100.1"]


def test_an_entry_is_used_by_any_address_in_it() -> None:
    """Each entry has its last hour, and 0 where nobody came."""
    tally = Tally({(b"203.0.113.7",): [1, 5, 6], (b"203.0.113.8",): [1, 9, 9], (b"AWS",): [1, 9, 9]})
    last = used_entries(tally, ["203.0.113.0/26", "2001:db8:1234::/64", "203.0.113.7/32"])
    assert last == {"203.0.113.0/26": 9, "2001:db8:1234::/64": 0, "203.0.113.7/32": 6}
