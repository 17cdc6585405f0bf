"""Dead Allows against brute force: an Allow is dead exactly where no request that is tried can use it."""

from __future__ import annotations

import random
from functools import cache
from itertools import islice, product

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from s3_perimeter import Decision, Principal, Request, arriving, evaluate, prove
from tests.s3_perimeter.access.tried_out import (
    ENDPOINT,
    FEDERATED,
    MOMENTS,
    OTHER_ROLE,
    OUTSIDE,
    QUARTERS,
    USER,
    statement,
)
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, NOW, OFFICE, ROLE, policy

pytestmark = pytest.mark.slow

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=20)
TRIED = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:SomethingNew")
THIRD = f"arn:aws:iam::{ACCOUNT}:role/third"


@cache
def tried() -> list[Request]:
    """Requests of every channel that the small policies distinguish."""
    people = [
        Principal.of_arn(arn)
        for arn in (USER, ROLE, OTHER_ROLE, THIRD, FEDERATED, f"arn:aws:iam::{ACCOUNT}:root")
    ]
    nobody, delivery = Principal.anonymous(), Principal.of_service("logging.s3.amazonaws.com")
    ways: list[tuple[str, Principal, str | None, dict[str, str]]] = []
    for address in (*QUARTERS.values(), *OUTSIDE):
        ways += [
            (channel, who, address, {}) for channel in ("public-signed", "forward-access") for who in people
        ]
        ways.append(("public-anonymous", nobody, address, {}))
    for endpoint in (ENDPOINT, "vpce-0f"):
        ways += [("vpc-endpoint", who, None, {"aws:SourceVpce": endpoint}) for who in (*people, nobody)]
    ways += [("aws-service", who, None, {}) for who in (delivery, Principal.of_service("x.amazonaws.com"))]
    found = []
    for (channel, who, address, keys), action, moment in product(ways, TRIED, MOMENTS[:3]):
        places = [f"{BUCKET}/one", f"{BUCKET}/two"] if action != "s3:ListBucket" else []
        places += [BUCKET] if not action.endswith("Object") else []
        sent: list[dict[str, str]] = [{"s3:TlsVersion": "1.3"}, {"s3:TlsVersion": "1.2"}, {}]
        session = {"aws:MultiFactorAuthPresent": "true"}
        more: list[dict[str, str]] = [{}, {"aws:Referer": "x"}]
        more += [session, {**session, "aws:Referer": "x"}] if channel != "aws-service" and who.arn else []
        if action in ("s3:PutObject", "s3:SomethingNew"):
            more += [{**each, "s3:x-amz-acl": "private"} for each in more]
        for place, version, header in product(places, sent, more):
            context = {**keys, **version, **header, "aws:CurrentTime": moment}
            asked = arriving(
                channel, who, action, place, source_ip=address, tls=bool(version), context=context
            )
            found.append(asked)
    return found


SIMPLE = ("s3:*", "*", "s3:GetObject", ["s3:GetObject", "s3:PutObject"], "s3:ListBucket")


@given(st.integers(0, 2**32))
@SLOW
def test_an_allow_is_dead_exactly_where_no_request_that_is_tried_can_use_it(seed: int) -> None:
    """An Allow that covers none of them is not dead: nothing denies what it allows."""
    chance = random.Random(seed)
    denies = [statement(chance, "Deny", SIMPLE) for _ in range(chance.randint(1, 2))]
    granted = statement(chance, "Allow", SIMPLE)
    dead = prove(policy(*denies, granted), OFFICE, now=NOW).dead_allows
    event("dead" if dead else "not dead")
    alone, whole = policy(granted), policy(*denies, granted)
    used = (each for each in tried() if evaluate(alone, each).decision is Decision.ALLOW)
    takes_effect = [evaluate(whole, first).decision is Decision.ALLOW for first in islice(used, 1)]
    live = any(takes_effect) or any(evaluate(whole, each).decision is Decision.ALLOW for each in used)
    assert bool(dead) is (bool(takes_effect) and not live)
