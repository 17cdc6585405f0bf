"""Readers: what a list means with an odd value in it, tried out by each reader that there is.

Public readers of policies drop such a value, void the condition, match nothing or everything by it, or unmap
an IPv4-mapped network. Whatever is proved, equal or shown as a request is so for every one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from itertools import product
from random import Random
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, compare, prove
from tests.s3_perimeter.policies import NOW, deny, policy

FENCE = Perimeter("b", AddressSet.parse(["203.0.113.0/24"]), account="111122223333")
SOUND = (
    "203.0.113.0/24",
    "203.0.113.9/24",
    "203.0.113.7",
    "198.51.100.0/24",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
)
ODD = (
    "office",
    "",
    "198.51.100.0/33",
    "::ffff:0:0/96",
    "2001:db8::7",
    "198.51.100.0/24,192.0.2.0/24",
    "<net>",
)
ADDRESSES = (
    None,
    "203.0.113.7",
    "203.0.113.9",
    "198.51.100.7",
    "192.0.2.1",
    "8.8.8.8",
    "2001:db8::7",
    "2001:db9::1",
)

Reader = Callable[[str, str], "bool | None"]
"""Whether a value matches an address; None voids the condition that the value stands in."""


def plainly(value: str, address: str) -> bool:
    """A value that every reader takes alike."""
    network = ip_network(value, strict=False)
    return ip_address(address) in network


def drops(value: str, address: str) -> bool | None:
    """Passes over what it cannot read."""
    return plainly(value, address) if value in SOUND else False


def voids(value: str, address: str) -> bool | None:
    """Passes over a condition with anything that it cannot read."""
    return plainly(value, address) if value in SOUND else None


def takes_all(value: str, address: str) -> bool | None:
    """Takes what it cannot read for every address."""
    return plainly(value, address) if value in SOUND else True


def unmaps(value: str, address: str) -> bool | None:
    """Reads an IPv4-mapped network as the IPv4 one, a bare IPv6 address as a /32, a list as a list."""
    if value == "::ffff:0:0/96":
        return ":" not in address
    if value == "2001:db8::7":
        return plainly("2001:db8::/32", address)
    if "," in value:
        return any(plainly(each, address) for each in value.split(","))
    return drops(value, address)


READERS: tuple[Reader, ...] = (drops, voids, takes_all, unmaps)


def some_statement(chance: Random) -> tuple[str, list[str]]:
    """A Deny: its operator on the source address, and the values."""
    values = chance.sample(SOUND, chance.randint(0, 2)) + chance.sample(ODD, chance.choice((0, 0, 1, 1, 2)))
    return chance.choice(("NotIpAddress", "NotIpAddress", "IpAddress", "Null")), values or ["office"]


def denies(statements: Sequence[tuple[str, list[str]]], address: str | None, reader: Reader) -> bool:
    """Whether a policy of such Denies denies a request, as one reader has it."""
    return any(holds(operator, values, address, reader) for operator, values in statements)


def holds(operator: str, values: list[str], address: str | None, reader: Reader) -> bool:
    """Whether one condition holds."""
    if operator == "Null":
        return address is None
    if address is None:
        return operator == "NotIpAddress"
    found = [reader(value, address) for value in values]
    if None in found:
        return False
    return any(found) is (operator == "IpAddress")


def document(statements: Sequence[tuple[str, list[str]]]) -> Any:
    """The policy."""
    return policy(
        *(
            deny({operator: {"aws:SourceIp": "true" if operator == "Null" else values}})
            for operator, values in statements
        )
    )


@pytest.mark.parametrize("seed", range(10))
def test_what_is_proved_is_denied_whoever_reads_it(seed: int) -> None:
    """And an escape is one for every reader; what is unknown is not looked at."""
    chance = Random(seed)
    verdicts: Counter[str] = Counter()
    for _ in range(60):
        statements = [some_statement(chance) for _ in range(chance.choice((1, 2, 2, 3)))]
        proof = prove(document(statements), FENCE, now=NOW)
        verdicts[str(proof.verdict)] += 1
        outside = [each for each in ADDRESSES if each is None or each not in FENCE.allowed]
        if proof.verdict == "proved":
            for address, reader in product(outside, READERS):
                assert denies(statements, address, reader), (statements, address, reader.__name__)
        for witness, reader in product(proof.escapes, READERS):
            assert not denies(statements, witness.source_ip, reader), (statements, witness.source_ip)
    assert min(verdicts[verdict] for verdict in ("proved", "escape", "unknown")) > 0


@pytest.mark.parametrize("seed", range(10))
def test_what_is_equal_is_so_whoever_reads_it(seed: int) -> None:
    """And what is shown to be opened or closed is so for every reader."""
    chance = Random(seed)
    found_equal = 0
    for _ in range(60):
        old = [some_statement(chance) for _ in range(chance.choice((1, 2)))]
        new = [*old, some_statement(chance)] if chance.random() < 0.6 else [some_statement(chance)]
        chance.shuffle(new)
        found = compare(document(old), document(new), bucket="b")
        found_equal += found.equal
        for address, reader in product(ADDRESSES, READERS):
            if found.equal:
                assert denies(old, address, reader) is denies(new, address, reader), (old, new, address)
        for witnesses, before, after in ((found.opened, old, new), (found.closed, new, old)):
            for witness, reader in product(witnesses, READERS):
                assert denies(before, witness.source_ip, reader), (old, new)
                assert not denies(after, witness.source_ip, reader), (old, new)
    assert found_equal > 0
