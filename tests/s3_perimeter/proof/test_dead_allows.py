"""Dead Allows: what can never take effect behind the Denies, and whom that concerns."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from s3_perimeter import DeadAllow, Decision, Perimeter, Principal, Request, arriving, evaluate, prove
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, LIST, NOW, OFFICE, ROLE, also, deny, policy
from tests.s3_perimeter.proof.tried_out import (
    CONDITIONS,
    DAY,
    ENDPOINT,
    FEDERATED,
    MOMENTS,
    OTHER_ROLE,
    OUTSIDE,
    QUARTERS,
    USER,
    statement,
)

CLOUDFRONT = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2ABCDEFGHIJKL"
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/EDFDVBD6EXAMPLE"
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
ATHENA = {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}
REPLICATION = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]


def allow(principal: object, condition: object = None, **changed: Any) -> dict[str, Any]:
    """An Allow to read every object."""
    found = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
    return {**found, **({"Condition": condition} if condition else {}), **changed}


def found(*statements: dict[str, Any], fence: Perimeter = OFFICE) -> tuple[DeadAllow, ...]:
    """The dead Allows of a policy of these statements."""
    return prove(policy(*statements), fence, now=NOW).dead_allows


DEAD: dict[str, tuple[dict[str, Any], str]] = {
    "cloudfront-s-access-control": (
        allow({"Service": "cloudfront.amazonaws.com"}, {"StringEquals": {"AWS:SourceArn": DISTRIBUTION}}),
        "CloudFront by its origin access control",
    ),
    "cloudfront-s-identity": (allow({"AWS": CLOUDFRONT}), "CloudFront by its origin access identity"),
    "a-service": (allow({"Service": "config.amazonaws.com"}), "the AWS service `config.amazonaws.com`"),
    "log-delivery": (
        allow({"Service": "logging.s3.amazonaws.com"}, Action="s3:PutObject"),
        "S3's log delivery",
    ),
    "a-service-linked-role": (allow({"AWS": LINKED}), f"the AWS service that acts as `{LINKED}`"),
    "replication": (allow({"AWS": ROLE}, Action=REPLICATION), f"S3 replication as `{ROLE}`"),
    "athena": (allow({"AWS": ROLE}, ATHENA), f"`{ROLE}` by way of `athena.amazonaws.com`"),
    "a-person-at-an-address-on-no-list": (
        allow({"AWS": USER}, {"IpAddress": {"aws:SourceIp": "198.51.100.9"}}),
        f"`{USER}` from `198.51.100.9`",
    ),
    "an-endpoint-that-is-not-exempt": (
        allow("*", {"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        "everybody through VPC endpoint `vpce-1`",
    ),
    "several-services": (
        allow({"Service": ["config.amazonaws.com", "cloudtrail.amazonaws.com"]}),
        "the AWS service `config.amazonaws.com` and the AWS service `cloudtrail.amazonaws.com`",
    ),
}


@pytest.mark.parametrize(("statement", "whom"), DEAD.values(), ids=DEAD.keys())
def test_an_allow_behind_the_fence_is_dead(statement: dict[str, Any], whom: str) -> None:
    """It says for whom, why, and what to do; verdict, escapes and lock-outs are as without it."""
    proof = prove(policy(deny(), statement), OFFICE, now=NOW)
    (dead,) = proof.dead_allows
    assert (dead.statement, dead.whom) == (1, whom)
    assert dead.because == "statement 1 denies every request that statement 2 allows"
    assert dead.fix.startswith("take statement 2 out, or, if they have to get in, ")
    assert (proof.verdict, proof.escapes, proof.lockouts) == ("proved", (), ())


LIVE: dict[str, dict[str, Any]] = {
    "everybody": allow("*"),
    "a-person": allow({"AWS": USER}),
    "an-account": allow({"AWS": "444455556666"}),
    "a-person-at-an-allowed-address": allow({"AWS": USER}, {"IpAddress": {"aws:SourceIp": LIST}}),
    "cloudfront-and-a-person": allow({"AWS": USER, "Service": "cloudfront.amazonaws.com"}),
    "a-canonical-user": allow({"CanonicalUser": "79a5" * 16}),
    "somebody-signed-in-elsewhere": allow({"Federated": "cognito-identity.amazonaws.com"}),
    "athena-or-another-service": allow(
        {"AWS": ROLE},
        {"ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com", "glue.amazonaws.com"]}},
    ),
    "replication-and-reading": allow({"AWS": ROLE}, Action=["s3:ReplicateObject", "s3:GetObject"]),
    "nothing-of-this-bucket": allow("*", Resource="arn:aws:s3:::other/*"),
    "nobody": allow({"AWS": []}),
    "what-is-not-modelled": allow({"AWS": USER}, {"StringEquals": {"s3:NeverHeardOf": "x"}}),
}


@pytest.mark.parametrize("statement", LIVE.values(), ids=LIVE.keys())
def test_an_allow_that_somebody_can_use_or_that_allows_nothing_is_not_dead(
    statement: dict[str, Any],
) -> None:
    """From an allowed address, for whatever of it; and what allows nothing is not denied either."""
    assert found(deny(), statement) == ()


EXEMPT_AND_LIVE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a-service": (
        deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"})),
        DEAD["cloudfront-s-access-control"][0],
    ),
    "one-service": (
        deny(also(StringNotEquals={"aws:PrincipalServiceName": "logging.s3.amazonaws.com"})),
        DEAD["log-delivery"][0],
    ),
    "an-endpoint": (
        deny(also(StringNotEquals={"aws:SourceVpce": "vpce-1"})),
        DEAD["an-endpoint-that-is-not-exempt"][0],
    ),
    "replication": (deny(also(ArnNotEquals={"aws:PrincipalArn": ROLE})), DEAD["replication"][0]),
    "cloudfront": (
        deny(also(ArnNotEquals={"aws:PrincipalArn": CLOUDFRONT})),
        DEAD["cloudfront-s-identity"][0],
    ),
    "athena": (
        deny(also(ForAllValues__StringNotEquals={"aws:CalledVia": "athena.amazonaws.com"})),
        DEAD["athena"][0],
    ),
    "another-action": (deny(Action="s3:PutObject"), DEAD["a-service"][0]),
    "no-deny": (allow("*"), DEAD["a-service"][0]),
}


@pytest.mark.parametrize(("fence", "statement"), EXEMPT_AND_LIVE.values(), ids=EXEMPT_AND_LIVE.keys())
def test_an_allow_that_the_fence_spares_is_live(fence: dict[str, Any], statement: dict[str, Any]) -> None:
    """However it spares it."""
    assert found(fence, statement) == ()


def test_a_person_on_no_list_is_named() -> None:
    """Everybody but two roles is denied, and the Allow is for a user."""
    only = deny({"ArnNotEquals": {"aws:PrincipalArn": [ROLE, OTHER_ROLE]}}, Sid="Roles")
    (dead,) = found(deny(), only, allow({"AWS": USER}))
    assert dead.whom == f"`{USER}`"
    assert dead.because == "statement 2 (`Roles`) denies every request that statement 3 allows"


def test_denies_that_kill_an_allow_together_are_named_together() -> None:
    """Neither does alone."""
    far = allow("*", {"IpAddress": {"aws:SourceIp": ["198.51.100.9", "203.0.113.128/25"]}})
    (dead,) = found(deny(), deny({"IpAddress": {"aws:SourceIp": "203.0.113.128/25"}}), far)
    assert dead.because == "statement 1 and statement 2 together deny every request that statement 3 allows"


def test_an_allow_is_dead_from_a_day_on_only_where_it_was_before() -> None:
    """It can be used until then."""
    later = deny({"DateGreaterThan": {"aws:CurrentTime": DAY}})
    assert found(later, allow("*")) == ()
    assert len(found(later, allow("*", {"DateGreaterThan": {"aws:CurrentTime": MOMENTS[2]}}))) == 1


def test_whether_an_allow_is_dead_may_be_too_much_work_to_say() -> None:
    """Then it is said that it was not decided, and the verdict stands."""
    referers = {"StringNotLike": {"aws:Referer": [f"*{letter}{'?' * 18}" for letter in "abcdefgh"]}}
    proof = prove(policy(deny(), allow("*", referers)), OFFICE, now=NOW)
    assert proof.verdict == "proved"
    assert any(reason.startswith("dead Allows: not decided") for reason in proof.undecided)


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25)
TRIED = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:SomethingNew")
THIRD = f"arn:aws:iam::{ACCOUNT}:role/third"


def tried() -> list[Request]:
    """Requests of every channel that the small policies tell apart."""
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
        for place, version, header in product(places, sent, more):
            context = {**keys, **version, **header, "aws:CurrentTime": moment}
            asked = arriving(
                channel, who, action, place, source_ip=address, tls=bool(version), context=context
            )
            found.append(asked)
    return found


REQUESTS = tried()
SIMPLE = ("s3:*", "*", "s3:GetObject", ["s3:GetObject", "s3:PutObject"], "s3:ListBucket")
OF_ANY_REQUEST = [each for each in CONDITIONS if "s3:x-amz-acl" not in str(each)]


@given(st.integers(0, 2**32))
@SLOW
def test_an_allow_is_dead_exactly_where_no_request_that_is_tried_can_use_it(seed: int) -> None:
    """An Allow that covers none of them is not dead: nothing denies what it allows."""
    chance = random.Random(seed)
    denies = [statement(chance, "Deny", SIMPLE, OF_ANY_REQUEST) for _ in range(chance.randint(1, 2))]
    granted = statement(chance, "Allow", SIMPLE, OF_ANY_REQUEST)
    dead = found(*denies, granted)
    event("dead" if dead else "not dead")
    alone, whole = policy(granted), policy(*denies, granted)
    used = [each for each in REQUESTS if evaluate(alone, each).decision is Decision.ALLOW]
    live = any(evaluate(whole, each).decision is Decision.ALLOW for each in used)
    assert bool(dead) is (bool(used) and not live)
