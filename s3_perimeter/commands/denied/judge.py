"""What a refused request means: whose it probably is, why it was refused, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from s3_perimeter.access_logs.tally import Group, Tally
from s3_perimeter.access_logs.times import hours_apart, shown_hour
from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.denied.history import Address, AllowLists
from s3_perimeter.semantics.special_networks import NOT_PUBLIC

__all__ = ["Address", "Denial", "Judged", "denials", "used_entries"]

# How far around an allowed address one is next to it: a provider hands out what lies together.
NEIGHBORS: Final = {4: 24, 6: 48}
# What to admit for one caller: an IPv6 host changes the lower half of its address at will (RFC 8981).
ADMITTED: Final = {4: 32, 6: 64}
# A run of `perimeter verify` is over within minutes.
LONGEST_RUN: Final = timedelta(hours=1)

# What S3 answers with status 403 for reasons other than a policy ("List of error codes" of the S3 API).
OTHER_REASONS: Final = {
    "AccessForbidden": "the bucket's CORS rules do not allow this origin or method; no policy refused it",
    "AccountProblem": "AWS has closed the account; no policy refused it",
    "AllAccessDisabled": "AWS has closed the bucket; no policy refused it",
    "CrossLocationLoggingProhibited": "logs cannot go to a bucket in another region",
    "ExpiredToken": "the session has expired",
    "InvalidAccessKeyId": "the access key was deleted or is inactive",
    "InvalidObjectState": "the object is archived and has to be restored first; no permission is missing",
    "InvalidPayer": "AWS has closed the account; no policy refused it",
    "InvalidSecurity": "the credentials are not valid",
    "InvalidToken": "the session token is wrong",
    "NotSignedUp": "the account is not signed up for S3",
    "RequestTimeTooSkewed": "the caller's clock is wrong",
    "SignatureDoesNotMatch": "the secret access key is wrong",
}
# Answers to HEAD may carry no code.
BY_A_POLICY: Final = frozenset({"AccessDenied", "-"})


@dataclass(frozen=True, slots=True)
class Denial:
    """All refused requests of one address, requester and operation.

    `fenced` is False where something else than the fence refused them, and None where that is not known;
    `because` says what. `warning` is the person whose key was used from an address that is not allowed,
    `yours` says why the caller is probably one of your own, and `admit` is the network that would allow it.
    Hours are UTC, as yyyymmddhh.
    """

    address: str
    requester: str
    operation: str
    error: str
    requests: int
    first: int
    last: int
    fenced: bool | None = True
    because: str | None = None
    warning: str | None = None
    yours: str | None = None
    admit: str | None = None

    @property
    def user(self) -> str:
        """The requester as people call it: the user's or role's name, `anonymous`, or a shortened id."""
        if self.requester == "-":
            return "anonymous"
        name = self.requester.partition(":::")[0].rpartition("/")[2] or self.requester
        return name if len(name) <= 32 else name[:12] + "…"


@dataclass(frozen=True, slots=True)
class Judged:
    """Every group of refused requests, and how many were `perimeter verify`'s own and are left out."""

    denials: tuple[Denial, ...]
    own_probes: int = 0


def denials(tally: Tally, lists: AllowLists, users: Mapping[str, str]) -> Judged:
    """Judge every group of refused requests; `users` maps the ARNs of known users to their names,
    and those of roles' sessions, without the session's own name.

    Keys that may be stolen come first, then callers that are probably yours, then the most requests.
    """
    groups, own = _without_probes(tally, lists, users)
    near = _neighborhood(lists.now)
    found = [_judged(_text_of(group), counted, lists, near, users) for group, counted in groups.items()]
    return Judged(tuple(sorted(found, key=_order)), own)


def _order(one: Denial) -> tuple[object, ...]:
    """Return what to read first."""
    return (
        one.warning is None,
        one.yours is None,
        one.fenced is False,
        -one.requests,
        (one.address, one.requester, one.operation, one.error),
    )


def _without_probes(
    tally: Tally, lists: AllowLists, users: Mapping[str, str]
) -> tuple[dict[Group, list[int]], int]:
    """Return the groups without the refused requests of `perimeter verify`, and how many those are.

    Anybody can send its user agent. A run is its own only where the same run, within the hour, was answered
    at an allowed address, with the key of the person: from outside of the fence nobody can have that.
    """

    def allowed(at: bytes, hour: int) -> bool:
        address = _read_address(at.decode("utf-8", "replace"))
        return address is not None and (address in lists.now or bool(lists.held(address, hour)))

    rest = Tally(groups={group: list(counted) for group, counted in tally.groups.items()})
    own = 0
    for (run, *group), counted in tally.refused_runs.items():
        address, requester, *_ = group
        if any(
            answered_run == run
            and requester in (who, b"-")
            and (known(who.decode("utf-8", "replace"), users) or not users)
            and allowed(at, last)
            and hours_apart(last, counted[1]) <= LONGEST_RUN
            and hours_apart(last, counted[2]) <= LONGEST_RUN
            for (answered_run, at, who), (_, _, last) in tally.answered_runs.items()
        ):
            own += counted[0]
        else:
            rest.add((address, requester, *group[2:]), *counted)
    return rest.groups, own


def known(requester: str, users: Mapping[str, str]) -> str | None:
    """Return the name of a user, or of the role whose session this is; None where it is nobody's that is
    known.
    """
    role = requester.rpartition("/")[0] if ":assumed-role/" in requester else requester
    return users.get(requester) or users.get(role)


def _text_of(group: Sequence[bytes]) -> tuple[str, ...]:
    """Return a group out of a log as text."""
    return tuple(part.decode("utf-8", "backslashreplace") for part in group)


def _judged(
    group: Sequence[str],
    counted: Sequence[int],
    lists: AllowLists,
    near: AddressSet,
    users: Mapping[str, str],
) -> Denial:
    """Return one group, judged by its latest request."""
    text, requester, operation, error = group
    requests, first, last = counted
    address = _read_address(text)

    def denial(
        fenced: bool | None, because: str | None = None, warning: str | None = None,
        yours: str | None = None, admit: str | None = None,
    ) -> Denial:  # fmt: skip
        return Denial(
            text, requester, operation, error, requests, first, last, fenced, because, warning, yours, admit
        )

    if error not in BY_A_POLICY:
        return denial(False, OTHER_REASONS.get(error, "S3 refused it for a reason other than a policy"))
    if address is None or address in NOT_PUBLIC:
        where = "the log shows no address" if address is None else "a private address"
        return denial(None, f"{where}: a VPC endpoint or an AWS service", warning=known(requester, users))
    held = lists.held(address, last)
    if held:
        return denial(
            False, "its address is allowed: it has no permission for this, or it was sent without TLS"
        )
    if address in lists.now:
        if held is None:
            changed = lists.next_change(last)
            if changed == last:
                return denial(
                    None,
                    "the allow-list changed in the same hour: the request was sent before that, "
                    "or it was sent without TLS, or the user has no permission for it",
                )
            return denial(
                None,
                f"older than the allow-list, which changed on {shown_hour(changed)}; it may allow this now",
            )
        return denial(True, "its address was not allowed then, and is now")
    if name := known(requester, users):
        return denial(True, warning=name)
    admit = str(ip_network((address, ADMITTED[address.version]), strict=False))
    return denial(True, yours="next to an allowed network" if address in near else None, admit=admit)


def _neighborhood(allowed: AddressSet) -> AddressSet:
    """Return the allowed addresses with those around them."""
    wide = []
    for text in allowed.cidrs():
        network = ip_network(text)
        prefix = min(network.prefixlen, NEIGHBORS[network.version])
        # One step further out, so that a network's neighbor on the other side of a boundary counts too.
        wide.append(str(network.supernet(new_prefix=max(prefix - 1, 0))))
    return AddressSet.parse(wide)


def _read_address(text: str) -> Address | None:
    """Return the address of a log line, where it is one; an IPv4 address in IPv6's form is that IPv4
    address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def used_entries(tally: Tally, entries: Sequence[str]) -> dict[str, int]:
    """Return the last hour in which each entry gave somebody access, 0 where it never did."""
    networks = {entry: ip_network(entry, strict=False) for entry in entries}
    last = dict.fromkeys(entries, 0)
    for (text, *_), (_, _, hour) in tally.groups.items():
        address = _read_address(text.decode("ascii", "replace"))
        for entry, network in networks.items():
            if address is not None and address in network:
                last[entry] = max(last[entry], hour)
    return last
