"""Along one dimension at a time: what is proved is denied, whatever short value is tried."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from s3_perimeter import Decision, PolicyDocument, Verdict, compare, evaluate, prove
from s3_perimeter.documents.document import PolicyError
from tests.s3_perimeter.policies import ACCOUNT, NOW, OFFICE, policy
from tests.s3_perimeter.proof.exhaustive import DIMENSIONS, Dimension, fence

pytestmark = pytest.mark.slow

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def drawn(chance: random.Random, dimension: Dimension) -> PolicyDocument:
    """A fence that S3 would take."""
    while True:
        try:
            return policy(*fence(chance, dimension))
        except PolicyError:
            continue


@pytest.mark.parametrize("name", DIMENSIONS)
@given(st.integers(0, 2**32))
@settings(SLOW, max_examples=40)
def test_no_value_gets_past_what_is_proved_along_one_dimension(name: str, seed: int) -> None:
    """A proof holds for each; a witness is not denied; a verdict is never wanting for an error of ours."""
    dimension = DIMENSIONS[name]
    document = drawn(random.Random(seed), dimension)
    proof = prove(document, OFFICE, now=NOW)
    event(proof.verdict.value)
    if proof.verdict is Verdict.PROVED:
        for request in dimension.requests:
            assert evaluate(document, request).decision is Decision.EXPLICIT_DENY, request
    for witness in proof.escapes:
        assert evaluate(document, witness.request).surely_not_denied
    assert not any(
        "the evaluator denies the witness that was found: this is a bug, please report it" in reason
        for reason in proof.undecided
    )


@pytest.mark.parametrize("name", DIMENSIONS)
@given(st.integers(0, 2**32))
@settings(SLOW, max_examples=20)
def test_no_value_moves_between_policies_that_are_called_equal(name: str, seed: int) -> None:
    """Two fences split along the same dimension are equal only where they treat each value alike."""
    dimension, chance = DIMENSIONS[name], random.Random(seed)
    old, new = drawn(chance, dimension), drawn(chance, dimension)
    found = compare(old, new, bucket="b", account=ACCOUNT)
    event("equal" if found.equal else "undecided" if found.undecided else "different")
    if found.equal:
        for request in dimension.requests:
            assert evaluate(old, request).decision is evaluate(new, request).decision, request
