"""Dead Allows: what can never take effect behind the Denies, and whom that concerns."""

from __future__ import annotations

from typing import Any

import pytest

from s3_perimeter import DeadAllow, Perimeter, prove
from tests.s3_perimeter.access.tried_out import DAY, MOMENTS, OTHER_ROLE, USER
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, LIST, NOW, OFFICE, ROLE, also, deny, policy

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
    assert dead.fix.startswith("remove statement 2, or, if they need access, ")
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
def test_an_allow_that_the_fence_exempts_is_live(fence: dict[str, Any], statement: dict[str, Any]) -> None:
    """However it exempts it."""
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


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, id="since a day"),
        pytest.param({"NumericGreaterThan": {"aws:EpochTime": "1577836800"}}, id="since a second"),
        pytest.param({"DateGreaterThan": {"aws:EpochTime": "1577836800"}}, id="in the other notation"),
        pytest.param({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, id="in the owner's account"),
        pytest.param({"StringEquals": {"s3:ResourceAccount": ACCOUNT}}, id="by its older name"),
        pytest.param({"Null": {"aws:CurrentTime": "false"}}, id="at any time"),
    ],
)
@pytest.mark.parametrize("who", ["*", {"AWS": ROLE}, {"Service": "config.amazonaws.com"}], ids=str)
def test_a_deny_by_what_every_request_carries_kills_an_allow(condition: dict[str, Any], who: object) -> None:
    """No request is without it, so none is exempt."""
    assert len(found(deny(condition), allow(who))) == 1


@pytest.mark.parametrize(
    ("action", "condition", "dead"),
    [
        pytest.param("s3:GetObject", {"StringNotEquals": {"s3:prefix": "x"}}, True, id="reading"),
        pytest.param("s3:ListBucket", {"StringNotEquals": {"s3:prefix": "x"}}, False, id="listing"),
        pytest.param("s3:Get*", {"StringNotEquals": {"s3:prefix": "x"}}, False, id="actions to come"),
        pytest.param("s3:DeleteObject", {"Null": {"s3:x-amz-acl": "true"}}, True, id="deleting"),
        pytest.param("s3:PutObject", {"Null": {"s3:x-amz-acl": "true"}}, False, id="writing"),
        pytest.param(["s3:GetObject", "s3:PutObject"], {"Null": {"s3:x-amz-acl": "true"}}, False, id="both"),
    ],
)
def test_a_deny_by_what_an_action_never_carries_kills_its_allow(
    action: object, condition: dict[str, Any], dead: bool
) -> None:
    """A condition on a key that only other actions take is decided by its absence."""
    assert bool(found(deny(condition), {**allow("*"), "Action": action})) is dead


def test_a_deny_of_all_who_have_an_id_kills_an_allow_for_a_person() -> None:
    """Every signed request has one."""
    everybody = deny({"StringLike": {"aws:userid": "*"}})
    assert len(found(everybody, allow({"AWS": USER}))) == 1


def test_whether_an_allow_is_dead_may_be_too_much_work_to_say() -> None:
    """Then it is said that it was not decided, and the verdict stands."""
    referers = {"StringNotLike": {"aws:Referer": [f"*{letter}{'?' * 18}" for letter in "abcdefgh"]}}
    proof = prove(policy(deny(), allow({"Service": "x.amazonaws.com"}, referers)), OFFICE, now=NOW)
    assert proof.verdict == "proved"
    assert any(reason.startswith("dead Allows: not decided") for reason in proof.undecided)
