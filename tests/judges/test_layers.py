"""The plain evaluator as the judge of layers: what one of them denies is denied, and what is proved over all
of them lets no request from outside through.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from s3_perimeter import Decision, PolicyDocument, Request, ResourceControlPolicy, Verdict, evaluate, prove
from s3_perimeter.documents.document import PolicyError
from s3_perimeter.documents.layers import Layers
from tests.s3_perimeter.policies import NOW, OFFICE, policy
from tests.s3_perimeter.strategies import covers, some_request

pytestmark = pytest.mark.slow

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
TRUSTING = replace(OFFICE, trust_aws_services=True)
Statements = list[dict[str, Any]]


def of_organization(statement: dict[str, Any]) -> ResourceControlPolicy | None:
    """The statement as a resource control policy; None where AWS would not take it as one."""
    try:
        return ResourceControlPolicy.parse({"Version": "2012-10-17", "Statement": statement})
    except PolicyError:
        return None


def spread(statements: Statements, chance: random.Random) -> Layers:
    """The statements over a bucket policy and resource control policies, as chance has it."""
    own, rcps = [], []
    for statement in statements:
        found = of_organization(statement) if chance.random() < 0.6 else None
        if found is None:
            own.append(statement)
        else:
            rcps.append(found)
    return Layers(policy(*own) if own else None, tuple(rcps))


def outsiders(chance: random.Random) -> list[Request]:
    """Requests that neither the allow-list nor trust in services allows."""
    probes = (some_request(chance) for _ in range(200))
    return [
        each
        for each in probes
        if (each.source_ip is None or each.source_ip not in OFFICE.allowed)
        and each.principal.service is None
        and not each.principal.is_service_linked
    ]


def denies(document: PolicyDocument | ResourceControlPolicy | Layers, request: Request) -> bool:
    """Whether a document surely denies the request."""
    return evaluate(document, request).decision is Decision.EXPLICIT_DENY


@given(covers(), st.integers(0, 2**32))
@settings(SLOW, max_examples=100)
def test_layers_deny_exactly_what_one_of_them_denies(statements: Statements, seed: int) -> None:
    """Each layer by itself, by the evaluator; and what remains of a policy without layers is the same."""
    chance = random.Random(seed)
    layers = spread(statements, chance)
    event(f"{len(layers.rcps)} resource control policies")
    for request in outsiders(chance):
        alone = [each for each in (layers.policy, *layers.rcps) if each is not None]
        assert denies(layers, request) == any(denies(each, request) for each in alone), request


@given(covers(), st.integers(0, 2**32))
@settings(SLOW, max_examples=100)
def test_what_is_proved_over_layers_is_denied_by_the_evaluator(statements: Statements, seed: int) -> None:
    """No request from outside gets past all of them, and every witness gets past each."""
    chance = random.Random(seed)
    layers = spread(statements, chance)
    proof = prove(layers.policy, TRUSTING, rcps=layers.rcps, now=NOW)
    event(proof.verdict.value)
    for witness in proof.escapes:
        assert evaluate(layers, witness.request).surely_not_denied
        for each in (layers.policy, *layers.rcps):
            assert each is None or not denies(each, witness.request)
    if proof.verdict is Verdict.PROVED:
        for request in outsiders(chance):
            found = evaluate(layers, request)
            doubts = [each for each in found.undecided if each.effect == "Deny"]
            assert found.decision is Decision.EXPLICIT_DENY or len(doubts) >= 2, request


@pytest.mark.parametrize("batch", range(3))
def test_a_spread_policy_is_proved_where_the_whole_one_is(batch: int) -> None:
    """But for service-linked roles, whom no resource control policy reaches; both verdicts turn up."""
    chance, seen = random.Random(batch), Counter[str]()
    for _ in range(40):
        statements = drawn(chance)
        whole = prove(policy(*statements), TRUSTING, now=NOW).verdict
        layers = spread(statements, chance)
        split = prove(layers.policy, TRUSTING, rcps=layers.rcps, now=NOW).verdict
        assert split == whole, statements
        seen[whole.value] += 1
    assert seen["proved"] >= 5
    assert seen["escape"] >= 5


def drawn(chance: random.Random) -> Statements:
    """Denies that seal together, or would but for one network or action."""
    resources = chance.choice([["arn:aws:s3:::b", "arn:aws:s3:::b/*"], ["*"]])
    actions = chance.choice([["s3:*"], ["s3:Get*", "s3:List*", "s3:Put*", "s3:Delete*"]])
    networks = chance.choice([["203.0.113.0/24"], ["203.0.113.0/25", "203.0.113.128/25"], ["203.0.112.0/23"]])
    condition = {"NotIpAddress": {"aws:SourceIp": networks}}
    deny = {"Effect": "Deny", "Principal": "*", "Resource": resources, "Condition": condition}
    if chance.random() < 0.5:
        return [{**deny, "Action": actions}]
    return [{**deny, "Action": actions, "Resource": each} for each in resources]
