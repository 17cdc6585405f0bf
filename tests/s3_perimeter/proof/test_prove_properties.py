"""Properties: the evaluator, given any request at all, never contradicts a proof or a comparison."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from s3_perimeter import Decision, PolicyDocument, Request, Verdict, compare, evaluate, prove
from tests.s3_perimeter.policies import ACCOUNT, NOW, OFFICE, policy
from tests.s3_perimeter.strategies import covers, some_request

pytestmark = pytest.mark.slow

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def from_outside(request: Request) -> bool:
    """Whether the allow-list does not let the request in."""
    return request.source_ip is None or request.source_ip not in OFFICE.allowed


def probing(seed: int) -> list[Request]:
    """Requests by the hundred; a seed of hypothesis' keeps them the same when an example is run again."""
    chance = random.Random(seed)
    return [some_request(chance) for _ in range(200)]


def outcome(document: PolicyDocument, request: Request) -> Decision | None:
    """What the plain evaluator says; None where that hangs on what is not documented."""
    found = evaluate(document, request)
    decided = found.decision is Decision.EXPLICIT_DENY or not found.undecided
    return found.decision if decided else None


def gets_past(document: PolicyDocument, request: Request) -> bool:
    """Whether a request may get past every Deny: of two undecided ones, one may hold where the other does
    not.
    """
    found = evaluate(document, request)
    doubts = [each for each in found.undecided if each.effect == "Deny"]
    return found.decision is not Decision.EXPLICIT_DENY and len(doubts) < 2


@given(covers(), st.integers(0, 2**32))
@settings(SLOW, max_examples=200)
def test_what_is_proved_is_denied_by_the_evaluator(statements: list[dict[str, Any]], seed: int) -> None:
    """No request from outside, of any channel, gets past a policy that is called proved."""
    document = policy(*statements)
    proof = prove(document, OFFICE, now=NOW)
    event(proof.verdict.value)
    if proof.verdict is Verdict.PROVED:
        for request in filter(from_outside, probing(seed)):
            assert not gets_past(document, request), request
    for witness in proof.escapes:
        assert evaluate(document, witness.request).surely_not_denied
        assert from_outside(witness.request)
    assert not any(
        "the evaluator denies the witness that was found: this is a bug, please report it" in reason
        for reason in proof.undecided
    )


@given(covers(), covers(), st.integers(0, 2**32))
@settings(SLOW, max_examples=100)
def test_a_comparison_agrees_with_the_evaluator(
    old: list[dict[str, Any]], new: list[dict[str, Any]], seed: int
) -> None:
    """Equal policies treat every request alike; every address of a moved request is among the networks,
    where nothing more may have moved by what is said.
    """
    before, after = policy(*old), policy(*new)
    found = compare(before, after, bucket="b", account=ACCOUNT)
    event("equal" if found.equal else "undecided" if found.undecided else "different")
    if found.undecided:
        return
    rank = {Decision.EXPLICIT_DENY: 0, Decision.NEITHER: 1, Decision.ALLOW: 2}
    for request in probing(seed):
        if not found.equal and request.source_ip is None:
            continue  # nothing is said of it by itself
        lower, upper = outcome(before, request), outcome(after, request)
        if lower is None or upper is None:
            continue
        was, is_now = rank[lower], rank[upper]
        if was != is_now:
            assert not found.equal, request
            way = "opened" if was < is_now else "closed"
            networks = found.opened_networks if was < is_now else found.closed_networks
            may_be_more = f"whether more is {way} rests on what is not modelled" in found.unmodelled
            if request.source_ip is not None and not may_be_more:
                assert any(request.source_ip in one(network) for network in networks), request
    for one_side, other, witnesses in ((before, after, found.opened), (after, before, found.closed)):
        for witness in witnesses:
            least, most = evaluate(one_side, witness.request), evaluate(other, witness.request)
            assert rank[least.decision] < rank[most.decision] or least.undecided or most.undecided


def one(network: str) -> Any:
    """The network as a set."""
    from s3_perimeter import AddressSet

    return AddressSet.parse([network])


@given(covers(), st.randoms(use_true_random=False))
@settings(SLOW, max_examples=60)
def test_shuffling_a_policy_changes_nothing(statements: list[dict[str, Any]], chance: random.Random) -> None:
    """Neither the order of statements nor of lists has a meaning."""
    shuffled = [
        {key: _shuffled(value, chance) for key, value in statement.items()} for statement in statements
    ]
    chance.shuffle(shuffled)
    found = compare(policy(*statements), policy(*shuffled), bucket="b")
    assert found.equal or found.undecided


def _shuffled(value: Any, chance: random.Random) -> Any:
    """A value with every list in it in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: _shuffled(held, chance) for key, held in items}
    if isinstance(value, list):
        return chance.sample(value, len(value))
    return value
