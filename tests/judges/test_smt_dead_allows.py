"""cvc5 agrees about dead Allows: there is no request for which one takes effect."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from s3_perimeter import prove
from tests.judges.smt_cases import DOUBTFUL, NOT_SELF, Statement, also, holds_for_some, of_list
from tests.judges.smt_requests import (
    Question,
    seconds,
)
from tests.s3_perimeter.access.tried_out import CONDITIONS, DAY, MOMENTS, statement
from tests.s3_perimeter.access.tried_out import ENDPOINT as VPCE
from tests.s3_perimeter.policies import BOTH, BUCKET, LIST, NOW, OFFICE, ROLE, deny, policy

CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}
SINCE_NOW = f"(>= now {seconds(MOMENTS[0])})"


def is_dead(statements: Sequence[Statement]) -> bool:
    """Whether the solver finds requests for the last statement, an Allow, and none that it takes effect
    for.
    """
    granted = Question("free").ask(SINCE_NOW)
    used = holds_for_some(granted.ask(granted.matches(statements[-1])))
    question = Question("free").ask(SINCE_NOW)
    return used and not holds_for_some(question.none_denied(statements).ask(question.matches(statements[-1])))


def allow(condition: dict[str, Any] | None = None, **changed: object) -> Statement:
    """An Allow for everybody to read, but for what is changed."""
    return deny(
        condition or None, **{"Effect": "Allow", "Action": "s3:GetObject", "Resource": BOTH, **changed}
    ) | ({} if condition else {"Condition": {}})


DEAD: dict[str, tuple[list[Statement], bool]] = {
    "everybody behind the fence": ([deny(), allow()], False),
    "CloudFront behind the fence": ([deny(), allow(Principal=CLOUDFRONT)], True),
    "CloudFront behind a fence for people": (
        [deny(also(Bool={"aws:PrincipalIsAWSService": "false"})), allow(Principal=CLOUDFRONT)],
        False,
    ),
    "a service behind a fence for addresses": (
        [deny(also(Null={"aws:SourceIp": "false"})), allow(Principal={"Service": "config.amazonaws.com"})],
        False,
    ),
    "a service behind a doubtful list": ([of_list("office"), allow(Principal=CLOUDFRONT)], True),
    "from an address outside": ([deny(), allow({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})], True),
    "from an address inside": ([deny(), allow({"IpAddress": {"aws:SourceIp": LIST[0]}})], False),
    "from a doubtful list": ([deny(), allow({"IpAddress": {"aws:SourceIp": "office"}})], False),
    "from outside behind a doubtful list": (
        [of_list("office"), allow({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})],
        False,
    ),
    "through an endpoint": ([deny(), allow({"StringEquals": {"aws:SourceVpce": VPCE}})], True),
    "through an endpoint that is exempt": (
        [
            deny(also(StringNotEquals={"aws:SourceVpce": VPCE})),
            allow({"StringEquals": {"aws:SourceVpce": VPCE}}),
        ],
        False,
    ),
    "without TLS": (
        [deny({"Bool": {"aws:SecureTransport": "false"}}), allow({"Bool": {"aws:SecureTransport": "false"}})],
        True,
    ),
    "of one object that is denied": (
        [deny({}, Resource=f"{BUCKET}/one"), allow(Resource=f"{BUCKET}/one")],
        True,
    ),
    "of all objects, one denied": (
        [deny({}, Resource=f"{BUCKET}/one"), allow(Resource=f"{BUCKET}/*")],
        False,
    ),
    "of an action that is denied": ([deny({}, Action="s3:Get*"), allow()], True),
    "with a key of CreateBucket alone": (
        [deny({"StringNotEquals": {"s3:LocationConstraint": "x"}}), allow()],
        True,
    ),
    "of reading, behind a Deny by a parameter of listing": (
        [deny({"StringNotEquals": {"s3:prefix": "x"}}), allow()],
        True,
    ),
    "of listing, behind a Deny by its parameter": (
        [deny({"StringNotEquals": {"s3:prefix": "x"}}), allow(Action="s3:ListBucket", Resource=BUCKET)],
        False,
    ),
    "of reading and writing, behind a Deny by a header of writing": (
        [
            deny({"StringNotEquals": {"s3:x-amz-acl": "private"}}),
            allow(Action=["s3:GetObject", "s3:PutObject"]),
        ],
        False,
    ),
    "after a day on which all is denied": (
        [deny({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}), allow()],
        True,
    ),
    "before a day": ([deny({"DateGreaterThan": {"aws:CurrentTime": DAY}}), allow()], False),
    "for one role, and only others are exempt": (
        [deny({"ArnNotEquals": {"aws:PrincipalArn": f"{ROLE}-2"}}), allow(Principal={"AWS": ROLE})],
        True,
    ),
    "for the role that is exempt": (
        [deny({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}), allow(Principal={"AWS": ROLE})],
        False,
    ),
    "whatever a variable says": (
        [deny({"StringLike": {"aws:PrincipalArn": NOT_SELF}}), allow(Principal={"AWS": ROLE})],
        False,
    ),
}


@pytest.mark.parametrize(("statements", "dead"), DEAD.values(), ids=DEAD.keys())
def test_an_allow_is_dead_where_the_solver_finds_no_request_for_it(
    statements: list[Statement], dead: bool
) -> None:
    """As worked out by hand, too."""
    assert is_dead(statements) is dead
    assert bool(prove(policy(*statements), OFFICE, now=NOW).dead_allows) is dead


CASES = (*CONDITIONS, *DOUBTFUL)
SIMPLE = ("s3:*", "*", "s3:GetObject", ["s3:GetObject", "s3:PutObject"], "s3:ListBucket", "s3:Get*")


@pytest.mark.parametrize("batch", range(3))
def test_solver_and_prover_agree_on_the_dead_allows_of_random_policies(batch: int) -> None:
    """Dead for the one is dead for the other."""
    seen: Counter[bool] = Counter()
    for seed in range(batch * 1_000, batch * 1_000 + 40):
        chance = random.Random(seed)
        denies = [statement(chance, "Deny", SIMPLE, CASES) for _ in range(chance.randint(1, 2))]
        statements = [*denies, statement(chance, "Allow", SIMPLE, CASES)]
        dead = bool(prove(policy(*statements), OFFICE, now=NOW).dead_allows)
        assert dead is is_dead(statements), statements
        seen[dead] += 1
    assert min(seen[True], seen[False]) >= 2, seen
