"""z3 and cvc5 reach the verdicts that a person and the prover reach, on an encoding of their own."""

from __future__ import annotations

import json
import random
from collections import Counter
from functools import cache
from typing import Any

import pytest

from s3_perimeter import (
    AddressSet,
    Perimeter,
    PolicyDocument,
    ResourceControlPolicy,
    deny_statements,
    prove,
)
from tests.corpus.meant import readable
from tests.judges.smt import UnsupportedPolicyError, decide_with_cvc5, decide_with_z3, encode
from tests.s3_perimeter.proof.subtle_policies import BUCKET, LEAKING, OBJECTS, OFFICE, SEALED

Statements = list[dict[str, Any]]


def encoded() -> dict[str, tuple[str, str]]:
    """Every hand-judged policy that the encoding covers: id -> (script, expected verdict)."""
    rows: dict[str, tuple[str, str]] = {}
    for table, expected in ((SEALED, "proved"), (LEAKING, "escape")):
        for name, statements in table.items():
            try:
                rows[name] = (encode(statements, "b", [OFFICE]), expected)
            except UnsupportedPolicyError:
                continue
    return rows


ROWS = encoded()


def test_the_encoding_covers_a_good_part_of_the_table() -> None:
    """A judge that refuses every case would agree with anything."""
    assert len(ROWS) >= 50


@pytest.mark.parametrize(("script", "expected"), ROWS.values(), ids=ROWS.keys())
def test_cvc5_reaches_the_verdict_worked_out_by_hand(script: str, expected: str) -> None:
    """The table's verdicts hold for a judge that knows nothing of our prover."""
    assert decide_with_cvc5(script) == expected


@pytest.mark.parametrize("name", ["only over TLS", "the next address"])
def test_z3_reaches_the_verdict_worked_out_by_hand(name: str) -> None:
    """A second solver, on a few rows: its theory of strings takes seconds where cvc5's takes milliseconds."""
    script, expected = ROWS[name]
    assert decide_with_z3(script) == expected


@pytest.mark.parametrize("networks", [[], [OFFICE]], ids=["no-network", "office"])
def test_cvc5_proves_what_is_built_for_vpc_endpoints_and_finds_each_that_is_not_declared(
    networks: list[str],
) -> None:
    """An endpoint by its id and an organization's, with an allow-list and without one."""
    names = {"aws:SourceVpce": "vpce-1", "aws:VpceOrgID": "o-a1b2c3d4e5"}
    fence = Perimeter(bucket="b", allowed=AddressSet.parse(networks), vpc_endpoints=tuple(names.values()))
    statements = deny_statements(fence)
    assert decide_with_cvc5(encode(statements, "b", networks, names)) == "proved"
    for key in names:
        others = {name: value for name, value in names.items() if name != key}
        assert decide_with_cvc5(encode(statements, "b", networks, others)) == "escape"


def random_policy(seed: int) -> Statements:
    """One to three Denies of random reach, drawn so that sealed and leaking policies both turn up."""
    draw = random.Random(seed)
    networks = [
        OFFICE,
        "203.0.113.0/25",
        "203.0.112.0/23",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "2001:db8::/32",
        "::/0",
    ]
    actions = ["s3:*", "*", "s3:Get*", "s3:*Object", "s3:?*", "S3:L*"]
    resources = [
        BUCKET,
        OBJECTS,
        "*",
        "arn:aws:s3:::b*",
        "arn:aws:s3:::b/?*",
        "arn:aws:s3:::b/a*",
        "arn:aws:s3:::*b",
    ]
    extras: list[dict[str, Any]] = [
        {},
        {},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Bool": {"aws:ViaAWSService": "false"}},
        {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringNotEquals": {"aws:VpceOrgID": "o-1"}},
        {"StringLike": {"aws:UserAgent": "a*"}},
        {"StringNotLike": {"aws:UserAgent": "a*"}},
        {"Null": {"aws:SourceIp": "true"}},
    ]

    def statement() -> dict[str, Any]:
        action, resource = (draw.choice(["", "", "", "Not"]) for _ in range(2))
        operator = draw.choice(["NotIpAddress", "NotIpAddress", "NotIpAddressIfExists", "IpAddress"])
        condition = {
            operator: {"aws:SourceIp": draw.sample(networks, draw.randint(1, 2))},
            **draw.choice(extras),
        }
        return {
            "Effect": "Deny",
            "Principal": "*",
            f"{action}Action": "s3:Get*" if action else draw.sample(actions, draw.randint(1, 2)),
            f"{resource}Resource": draw.sample(resources, 1 if resource else draw.randint(1, 3)),
            "Condition": draw.choice([condition, condition, condition, draw.choice(extras)]),
        }

    return [statement() for _ in range(draw.randint(1, 4))]


@pytest.mark.parametrize("batch", range(4))
def test_prover_and_cvc5_agree_on_random_policies(batch: int) -> None:
    """Escape for the one is escape for the other; what the solver proves, the prover proves or leaves open.

    Left open is what the encoding does not model: whether requests that a service forwards carry the keys of
    a VPC endpoint. That stays rare.
    """
    fence = Perimeter(bucket="b", allowed=AddressSet.parse([OFFICE]))
    seen: dict[tuple[str, str], int] = {}
    for seed in range(batch * 1_000, batch * 1_000 + 30):
        statements = random_policy(seed)
        document = PolicyDocument.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))
        pair = (decide_with_cvc5(encode(statements, "b", [OFFICE])), str(prove(document, fence).verdict))
        assert pair in {("escape", "escape"), ("proved", "proved"), ("proved", "unknown")}, json.dumps(
            statements
        )
        seen[pair] = seen.get(pair, 0) + 1
    assert seen[("escape", "escape")] >= 8
    assert seen.get(("proved", "unknown"), 0) <= 2


def layered(statements: Statements) -> tuple[Statements, Statements]:
    """The statements as a bucket policy and as a resource control policy, which has no NotAction."""
    own, organizations = [], []
    for number, statement in enumerate(statements):
        of_organization = number % 2 == 0 and "NotAction" not in statement
        actions = [action for action in statement.get("Action", []) if action != "*"]
        if of_organization and actions:
            organizations.append(statement | {"Action": [action.replace("S3:", "s3:") for action in actions]})
        else:
            own.append(statement)
    return own, organizations


@pytest.mark.parametrize("batch", range(4))
def test_prover_and_cvc5_agree_on_two_layers(batch: int) -> None:
    """The solver is given the Denies of both documents; the prover, a bucket policy and an RCP."""
    fence = Perimeter("b", AddressSet.parse([OFFICE]), trust_aws_services=True)
    seen: Counter[tuple[str, str]] = Counter()
    for seed in range(10_000 + batch * 1_000, 10_000 + batch * 1_000 + 30):
        own, organizations = layered(random_policy(seed))
        policy, rcps = None, []
        if own:
            policy = PolicyDocument.parse({"Version": "2012-10-17", "Statement": own})
        if organizations:
            rcps = [ResourceControlPolicy.parse({"Version": "2012-10-17", "Statement": organizations})]
        solved = decide_with_cvc5(encode([*own, *organizations], "b", [OFFICE], services=False))
        pair = (solved, str(prove(policy, fence, rcps=rcps).verdict))
        assert pair in {("escape", "escape"), ("proved", "proved"), ("proved", "unknown")}, seed
        seen[pair] += bool(rcps and policy)
    assert seen["escape", "escape"] >= 5
    assert seen["proved", "unknown"] <= 2


def test_cvc5_agrees_on_every_policy_of_the_corpus_that_it_can_read() -> None:
    """On policies that people and tools wrote, each held to the perimeter it seems to mean."""
    seen: Counter[str] = Counter()
    decide = cache(decide_with_cvc5)  # people copy policies
    for file, document, perimeter in readable():
        written = json.loads(document.text)["Statement"]
        statements = written if isinstance(written, list) else [written]
        try:
            script = encode(statements, perimeter.bucket, list(perimeter.allowed.cidrs()))
        except UnsupportedPolicyError:
            continue
        verdict = str(prove(document, perimeter).verdict)
        assert decide(script) == verdict, file
        seen[verdict] += 1
    assert seen["escape"] > 250
    assert seen["proved"] >= 2
