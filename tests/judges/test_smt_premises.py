"""cvc5 agrees about what AWS does not document: what is unknown to the prover is unknown to it as well."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from s3_perimeter import prove
from tests.judges.smt_cases import DOUBTFUL, NOT_SELF, Statement, also, holds_for_some, of_list
from tests.judges.smt_model import SERVICE
from tests.judges.smt_requests import (
    Question,
    outside,
)
from tests.s3_perimeter.access.tried_out import statement
from tests.s3_perimeter.policies import BUCKET, LIST, NOW, OFFICE, deny, policy


def solved(statements: Sequence[Statement], *, services: bool = True) -> str:
    """The solver's verdict: an escape is one whatever AWS does where it does not say."""
    asked = [outside(LIST), *([] if services else [f"(distinct ch {SERVICE})"])]
    if not holds_for_some(Question("free").none_denied(statements).ask(*asked)):
        return "proved"
    return "escape" if holds_for_some(Question("holds").none_denied(statements).ask(*asked)) else "unknown"


def with_prefix(value: str, *actions: str) -> Statement:
    """The fence for whoever does not name a prefix."""
    return deny(also(StringNotEquals={"s3:prefix": value}), **({"Action": list(actions)} if actions else {}))


HOME = f"{BUCKET}/home/${{aws:username}}/*"
PREMISES: dict[str, tuple[list[Statement], str]] = {
    "a word in the list": ([of_list("office")], "unknown"),
    "an empty text in the list": ([of_list("")], "unknown"),
    "a prefix that is too long": ([of_list("198.51.100.0/33")], "unknown"),
    "an IPv4-mapped network": ([of_list("::ffff:0:0/96")], "unknown"),
    "a bare IPv6 address": ([of_list("2001:db8:9::1")], "unknown"),
    "a variable in the list": ([of_list("${aws:PrincipalTag/net}")], "unknown"),
    "a bare IPv4 address": ([of_list("198.51.100.7")], "escape"),
    "a doubtful list next to the fence": ([of_list("office"), deny()], "proved"),
    "a doubtful list that leaves the bucket out": (
        [deny(of_list("office")["Condition"], Resource=f"{BUCKET}/*")],
        "escape",
    ),
    "both sides of a doubtful list": (
        [of_list("office"), of_list("office", operator="IpAddress")],
        "unknown",
    ),
    "a doubtful list decides for requests without an address": (
        [of_list("office"), deny(also(Null={"aws:SourceIp": "false"}))],
        "proved",
    ),
    "a positive doubtful list does not": (
        [of_list("office", operator="IpAddress"), deny(also(Null={"aws:SourceIp": "false"}))],
        "escape",
    ),
    "a home by a variable": ([deny(Resource=[BUCKET, HOME])], "escape"),
    "all but a home": (
        [deny(Resource=[BUCKET, f"{BUCKET}/home/*"]), deny(Resource=None, NotResource=f"{BUCKET}/home/*")],
        "proved",
    ),
    "a home and all but that home": (
        [deny(Resource=[BUCKET, HOME]), deny(Resource=None, NotResource=[BUCKET, HOME])],
        "proved",
    ),
    "all but a home by a variable": ([deny(Resource=None, NotResource=HOME)], "unknown"),
    "whoever is not the user themselves": (
        [deny(also(StringNotLike={"aws:PrincipalArn": NOT_SELF}))],
        "unknown",
    ),
    "the user themselves and whoever is not": (
        [
            deny(also(StringNotLike={"aws:PrincipalArn": NOT_SELF})),
            deny(also(StringLike={"aws:PrincipalArn": NOT_SELF})),
        ],
        "proved",
    ),
    "the anonymous have a user id": ([deny(also(StringNotEquals={"aws:userid": "anonymous"}))], "escape"),
    "a role's user id may be any text": (
        [deny(also(StringNotEquals={"aws:userid": "no such form"}))],
        "unknown",
    ),
    "a role's user id of the usual form": (
        [deny(also(StringNotLike={"aws:userid": "AROA*:session"}))],
        "escape",
    ),
    "a user's id is not any text": (
        [
            deny(also(StringNotEquals={"aws:userid": "no such form"})),
            deny(also(StringNotEquals={"aws:PrincipalType": "User"})),
        ],
        "proved",
    ),
    "an instance's identity role": (
        [deny(also(StringNotLike={"aws:PrincipalArn": "*:assumed-role/aws:ec2-instance/*"}))],
        "unknown",
    ),
    "all but CreateBucket": ([deny(Action=None, NotAction="s3:CreateBucket")], "proved"),
    "CreateBucket alone": ([deny(Action="s3:CreateBucket")], "escape"),
    "a key of CreateBucket alone, negated": (
        [deny(also(StringNotEquals={"s3:LocationConstraint": "eu-west-1"}))],
        "proved",
    ),
    "a key of CreateBucket alone": (
        [deny(also(StringEquals={"s3:LocationConstraint": "eu-west-1"}))],
        "escape",
    ),
    "a key of a new bucket's name": (
        [deny(also(StringNotEquals={"s3:x-amz-bucket-namespace": "x"}))],
        "proved",
    ),
    "a parameter of listing": ([with_prefix("x")], "escape"),
    "a parameter of listing, of reading": (
        [with_prefix("x", "s3:GetObject"), deny(Action=None, NotAction="s3:GetObject")],
        "proved",
    ),
    "a parameter of listing, of every action but reading": (
        [with_prefix("x"), deny(Action=None, NotAction="s3:GetObject")],
        "proved",
    ),
    "a parameter of listing, of every action but listing": (
        [with_prefix("x"), deny(Action=None, NotAction="s3:ListBucket")],
        "escape",
    ),
    "a parameter of listing, which actions to come may take": (
        [with_prefix("x"), deny(Action="s3:List*")],
        "unknown",
    ),
    "parameters of listing and of writing": (
        [
            with_prefix("x"),
            deny(also(StringNotEquals={"s3:x-amz-acl": "private"})),
            deny(Action=None, NotAction=["s3:ListBucket", "s3:PutObject"]),
        ],
        "proved",
    ),
    "a header of writing": ([deny(also(StringNotEquals={"s3:x-amz-acl": "private"}))], "escape"),
    "a header of writing, of deleting": (
        [
            deny(also(StringNotEquals={"s3:x-amz-acl": "private"}), Action="s3:DeleteObject"),
            deny(Action=None, NotAction="s3:DeleteObject"),
        ],
        "proved",
    ),
}
OF_PEOPLE = ("whoever", "themselves", "user id", "user's id", "identity")
"""What a service's own request says of its principal is not documented."""


@pytest.mark.parametrize(("statements", "expected"), PREMISES.values(), ids=PREMISES.keys())
def test_solver_and_prover_reach_the_verdict_worked_out_by_hand(
    request: pytest.FixtureRequest, statements: list[Statement], expected: str
) -> None:
    """What is not documented is a fact of its own for the one as for the other."""
    services = not any(word in request.node.callspec.id for word in OF_PEOPLE)
    fence = replace(OFFICE, trust_aws_services=not services)
    assert solved(statements, services=services) == expected
    assert str(prove(policy(*statements), fence, now=NOW).verdict) == expected


OF_LIST: dict[str, dict[str, object]] = {"NotIpAddress": {"aws:SourceIp": LIST}}
FENCES: Sequence[dict[str, dict[str, object]]] = [
    *[OF_LIST] * 9,
    *DOUBTFUL,
    {"Null": {"aws:SourceIp": "true"}},
    {"Null": {"aws:SourceIp": "false"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"Bool": {"aws:SecureTransport": "true"}},
]


@pytest.mark.parametrize("batch", range(3))
def test_solver_and_prover_agree_where_a_policy_is_not_documented(batch: int) -> None:
    """Escape, proved and unknown alike."""
    seen: Counter[str] = Counter()
    for seed in range(batch * 1_000, batch * 1_000 + 40):
        chance = random.Random(seed)
        few = ("s3:*", "*", "s3:GetObject", "s3:List*", "s3:CreateBucket")
        statements = [
            deny(chance.choice(DOUBTFUL)),
            *(statement(chance, "Deny", few, FENCES) for _ in range(chance.randint(0, 3))),
        ]
        verdict = str(prove(policy(*statements), OFFICE, now=NOW).verdict)
        assert verdict == solved(statements), statements
        seen[verdict] += 1
    assert min(seen["escape"], seen["proved"], seen["unknown"]) >= 3, seen
