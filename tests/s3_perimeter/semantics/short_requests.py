"""Requests from outside with every short text over a few letters in one place: object, key, name or ARN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from s3_perimeter import Principal, Request, arriving
from tests.s3_perimeter.policies import ACCOUNT, BUCKET

LETTERS = "abA/"
WORDS = tuple("".join(letters) for length in range(4) for letters in product(LETTERS, repeat=length))
NAMES = tuple(word for word in WORDS if word and "/" not in word)
IDS = tuple(word for word in WORDS if word and set(word) <= {"a", "b"})
"""What may follow the beginning of an id or a bucket's ARN: never nothing, nor a capital letter."""
FOREIGN = ("198.51.100.7", "2001:db8:ffff::7")
USER = Principal.of_arn(f"arn:aws:iam::{ACCOUNT}:user/a")
NETWORKS = (
    "0.0.0.0/1",
    "128.0.0.0/1",
    "198.51.100.0/24",
    "198.51.100.6/31",
    "198.51.100.7",
    "::/1",
    "2001:db8::/32",
)
AROUND = (
    "0.0.0.0",  # noqa: S104 - the first address
    "127.255.255.255",
    "128.0.0.0",
    "198.51.99.255",
    "198.51.100.0",
    "198.51.100.5",
    "198.51.100.6",
    "198.51.100.7",
    "198.51.100.8",
    "198.51.100.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "255.255.255.255",
    "::",
    "2001:db7:ffff:ffff::1",
    "2001:db8::",
    "2001:db8:1233:ffff::",
    "2001:db8:1235::",
    "2001:db8:ffff:ffff::",
    "2001:db9::",
    "7fff::",
    "8000::",
    "ffff::",
)
TIMES = ("2026-12-01T00:00:00Z", "2026-12-01T00:00:01Z", "2027-01-01T00:00:00Z", "1798761600")
MOMENTS = (
    "2026-11-30T23:59:59Z",
    "2026-12-01T00:00:00Z",
    "2026-12-01T00:00:01Z",
    "2026-12-01T00:00:02Z",
    "2026-12-31T23:59:59Z",
    "2027-01-01T00:00:00Z",
    "2027-01-01T00:00:01Z",
    "2099-01-01T00:00:00Z",
)


def plainly(action: str, resource: str, **context: str) -> Iterator[Request]:
    """The request of a user from each foreign address."""
    for address in FOREIGN:
        yield arriving("public-signed", USER, action, resource, source_ip=address, context=context)


def keyed(action: str, resource: str, key: str, values: Iterable[str] = WORDS) -> tuple[Request, ...]:
    """Requests without the key, and with each value for it."""
    without = [*plainly(action, resource)]
    return (*without, *(each for word in values for each in plainly(action, resource, **{key: word})))


def somebody() -> Iterator[Request]:
    """Users and roles of two accounts, their roots, and nobody, at an object from each foreign address."""
    for account in (ACCOUNT, "999988887777"):
        people = [Principal.of_arn(f"arn:aws:iam::{account}:root")]
        for name in NAMES:
            people += [
                Principal.of_arn(f"arn:aws:iam::{account}:user/{name}"),
                Principal.of_arn(f"arn:aws:iam::{account}:user/path/{name}"),
                Principal.of_arn(f"arn:aws:iam::{account}:role/{name}", "session"),
            ]
        for who in people:
            for address in FOREIGN:
                yield arriving("public-signed", who, "s3:GetObject", f"{BUCKET}/a", source_ip=address)
    for address in FOREIGN:
        nobody = Principal.anonymous()
        yield arriving("public-anonymous", nobody, "s3:GetObject", f"{BUCKET}/a", source_ip=address)


def through_endpoints(key: str, values: Iterable[str]) -> tuple[Request, ...]:
    """Requests through VPC endpoints, with each value for a key that those carry."""
    return tuple(
        arriving("vpc-endpoint", USER, "s3:GetObject", f"{BUCKET}/a", context={key: value})
        for value in values
    )


def services(key: str, values: Iterable[str]) -> tuple[Request, ...]:
    """Requests of AWS's own services, without the key and with each value for it."""
    who = Principal.of_service("logging.s3.amazonaws.com")
    contexts: list[dict[str, str]] = [{}, *({key: value} for value in values)]
    return tuple(
        arriving("aws-service", who, "s3:PutObject", f"{BUCKET}/a", context={**context})
        for context in contexts
    )
