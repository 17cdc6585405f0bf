"""The prover on the table of subtle policies: proved or escape, as worked out by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from tests.s3_perimeter.proof.subtle_policies import (
    BASE,
    BUCKET,
    EXEMPTED,
    LEAKING,
    NOT_PROVED,
    OBJECTS,
    OFFICE,
    SEALED,
    but,
    ips,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def perimeter(**changes: Any) -> Perimeter:
    """The perimeter that the rows are judged against, with declared exemptions changed."""
    settings: dict[str, Any] = {
        "bucket": "b",
        "allowed": AddressSet.parse([OFFICE]),
        "account": "111122223333",
        **changes,
    }
    return Perimeter(**settings)


def verdict(*statements: dict[str, Any], version: str = "2012-10-17", **exemptions: Any) -> str:
    """The verdict of ``prove`` on those statements, as a plain string."""
    document = PolicyDocument.parse(json.dumps({"Version": version, "Statement": list(statements)}))
    return str(prove(document, perimeter(**exemptions), now=NOW).verdict)


@pytest.mark.parametrize("statements", SEALED.values(), ids=SEALED.keys())
def test_an_odd_but_sealed_policy_is_proved(statements: list[dict[str, Any]]) -> None:
    """No request from outside gets past these, whatever they look like."""
    assert verdict(*statements) == "proved"


@pytest.mark.parametrize("statements", LEAKING.values(), ids=LEAKING.keys())
def test_a_leak_is_shown_with_a_witness(statements: list[dict[str, Any]]) -> None:
    """Each of these allows a request from outside, and the prover shows one."""
    assert verdict(*statements) == "escape"


@pytest.mark.parametrize("statements", NOT_PROVED.values(), ids=NOT_PROVED.keys())
def test_what_hangs_on_the_unmodelled_is_never_proved(statements: list[dict[str, Any]]) -> None:
    """Escape or unknown are both right here; proved would be wrong."""
    assert verdict(*statements) in {"escape", "unknown"}


@pytest.mark.parametrize(("statements", "exemptions", "expected"), EXEMPTED.values(), ids=EXEMPTED.keys())
def test_an_exemption_covers_what_it_names_and_no_more(
    statements: list[dict[str, Any]], exemptions: dict[str, Any], expected: str
) -> None:
    """What config declares is taken out of the claim; anything a policy exempts beyond that is an escape."""
    assert verdict(*statements, **exemptions) == expected


def test_a_variable_is_plain_text_in_the_old_version() -> None:
    """Only Version 2012-10-17 has policy variables; in 2008-10-17 the text stands for itself."""
    odd = but(Resource=[BUCKET, OBJECTS, "arn:aws:s3:::b/${aws:username}"])
    assert verdict(odd, version="2008-10-17") == "proved"


LOCKED_OUT = {
    "narrower than the list": ([ips("203.0.113.0/25")], ("203.0.113.128/25",)),
    "two lists that meet in one address": ([ips("203.0.113.0/24"), ips("203.0.113.9")], None),
    "no condition": ([but(Condition=None)], ("203.0.113.0/24",)),
    "nothing locked out": ([BASE], ()),
}


@pytest.mark.parametrize(("statements", "networks"), LOCKED_OUT.values(), ids=LOCKED_OUT.keys())
def test_allowed_addresses_that_the_policy_locks_out_are_named(
    statements: list[dict[str, Any]], networks: tuple[str, ...] | None
) -> None:
    """A sealed policy may lock out part of its own allow-list; that part is reported as networks."""
    document = PolicyDocument.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    proof = prove(document, perimeter(), now=NOW)
    locked_out = AddressSet.parse(network for lockout in proof.lockouts for network in lockout.networks)
    expected = (
        AddressSet.parse(networks)
        if networks is not None
        else AddressSet.parse([OFFICE]) - AddressSet.parse(["203.0.113.9"])
    )
    assert locked_out == expected
