"""What the built bucket policies say, and when none can be built."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from operator import or_
from typing import Any

import pytest

from s3_perimeter import Decision, PolicyDocument, Principal, arriving, evaluate, prove
from s3_perimeter.addresses import AddressSet
from s3_perimeter.build import BuildError, bucket_policy, deny_statements, log_bucket_policy
from s3_perimeter.documents.document import MAX_POLICY_BYTES
from s3_perimeter.fence import ExpiringNetworks, Perimeter
from tests.hang import ends

ACCOUNT = "111122223333"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
OFFICE = Perimeter(bucket="b", allowed=AddressSet.parse(["203.0.113.0/24", "2001:db8:1234::/48"]))


def test_the_plain_deny_names_everyone_every_action_bucket_and_objects() -> None:
    """Without exemptions there is one Deny for outside and one for requests without TLS."""
    outside, tls = deny_statements(OFFICE)
    assert outside == {
        "Sid": "DenyOutsideAllowedNetworks",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]}},
    }
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_minimum_tls_version_is_one_more_deny() -> None:
    """Older TLS versions are refused where that is asked for."""
    assert deny_statements(OFFICE, minimum_tls="1.3")[-1]["Condition"] == {
        "NumericLessThan": {"s3:TlsVersion": "1.3"}
    }


def test_exemptions_are_negated_conditions_of_the_main_deny() -> None:
    """Each exemption is ANDed onto the Deny in the form that stays true when its key is absent."""
    role = "arn:aws:iam::111122223333:role/break-glass"
    fence = replace(OFFICE, vpc_endpoints=("vpce-1",), break_glass=(role,), trust_aws_services=True)
    assert deny_statements(fence)[0]["Condition"] == {
        "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]},
        "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
        "ArnNotEquals": {"aws:PrincipalArn": role},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


def test_entries_that_expire_together_share_one_deny() -> None:
    """Temporary addresses are denied from the moment they expire, one Deny per moment."""
    until = datetime(2027, 1, 1, tzinfo=UTC)
    one, two = AddressSet.parse(["203.0.113.0/32"]), AddressSet.parse(["203.0.113.1/32"])
    fence = replace(OFFICE, expiring=(ExpiringNetworks(one, until), ExpiringNetworks(two, until)))
    assert deny_statements(fence)[1]["Condition"] == {
        "IpAddress": {"aws:SourceIp": "203.0.113.0/31"},
        "DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
    }


def test_an_empty_allow_list_is_refused() -> None:
    """A policy that locks out everybody is never built."""
    with pytest.raises(BuildError, match="allow-list is empty"):
        bucket_policy(replace(OFFICE, allowed=AddressSet.nothing()))


@pytest.mark.parametrize(
    ("arn", "problem"),
    [
        pytest.param("break-glass", "is not an ARN", id="a-name"),
        pytest.param("arn:aws:sts::111122223333:assumed-role/ops/me", "is a role session", id="a-session"),
    ],
)
def test_a_break_glass_principal_that_can_never_match_is_refused(arn: str, problem: str) -> None:
    """An exemption that would exempt nobody is a mistake, reported at once."""
    with pytest.raises(BuildError, match=problem):
        deny_statements(replace(OFFICE, break_glass=(arn,)))


def test_the_largest_allow_list_that_fits_is_built() -> None:
    """A thousand single addresses fit into a policy."""
    fits = replace(
        OFFICE, allowed=AddressSet.parse(f"198.51.{100 + n // 128}.{n % 128 * 2}/32" for n in range(1020))
    )
    assert MAX_POLICY_BYTES - 150 < len(bucket_policy(fits).encode()) <= MAX_POLICY_BYTES


NO_SOURCES = ["10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/10", "fd00::/8", "127.0.0.1", "169.254.0.0/16"]


@pytest.mark.parametrize("private", NO_SOURCES)
@pytest.mark.parametrize("exemptions", [{}, {"vpc_endpoints": ("vpce-1",)}], ids=["plain", "endpoint"])
def test_what_is_not_public_is_never_written_as_a_source(private: str, exemptions: dict[str, Any]) -> None:
    """AWS services may send anybody's requests from there. What is left is sealed and locks nobody out."""
    public = AddressSet.parse(["203.0.113.0/24"])
    fence = replace(OFFICE, allowed=public | AddressSet.parse([private]), **exemptions)
    expiring = replace(fence, expiring=(ExpiringNetworks(AddressSet.parse([private]), UNTIL),))
    for perimeter in (fence, expiring):
        assert deny_statements(perimeter) == deny_statements(replace(fence, allowed=public))
        assert bucket_policy(perimeter) == bucket_policy(replace(fence, allowed=public))
        assert log_bucket_policy(perimeter, "s", ACCOUNT) == log_bucket_policy(
            replace(fence, allowed=public), "s", ACCOUNT
        )
        proof = prove(PolicyDocument.parse(bucket_policy(perimeter)), perimeter, now=NOW)
        assert (proof.verdict, proof.lockouts) == ("proved", ())
        assert any("not public" in each for each in proof.residual)


@pytest.mark.parametrize(
    ("networks", "exemptions", "problem"),
    [
        pytest.param(["10.0.0.0/8"], {}, "no address of the allow-list is public", id="private"),
        pytest.param(
            ["10.0.0.0/8"],
            {"vpc_endpoints": ("vpce-1",)},
            "no address of the allow-list is public",
            id="private-next-to-an-endpoint",
        ),
        pytest.param([], {}, "the allow-list is empty", id="empty"),
        pytest.param([], {"break_glass": (ROLE,)}, "the allow-list is empty", id="break-glass-alone"),
        pytest.param([], {"trust_aws_services": True}, "the allow-list is empty", id="services-alone"),
    ],
)
def test_a_list_without_a_public_address_builds_nothing(
    networks: list[str], exemptions: dict[str, Any], problem: str
) -> None:
    """It would lock out everybody who works with the bucket."""
    with pytest.raises(BuildError, match=problem):
        bucket_policy(replace(OFFICE, allowed=AddressSet.parse(networks), **exemptions))


def test_with_vpc_endpoints_the_allow_list_may_be_empty() -> None:
    """Everything is denied but what comes through them: a request elsewhere carries none of their keys."""
    fence = replace(OFFICE, allowed=AddressSet.nothing(), vpc_endpoints=("vpce-1", "o-a1b2c3d4e5"))
    deny = deny_statements(fence)[0]
    assert deny["Condition"] == {
        "StringNotEquals": {"aws:SourceVpce": "vpce-1", "aws:VpceOrgID": "o-a1b2c3d4e5"}
    }
    for text in (bucket_policy(fence), log_bucket_policy(fence, "s", ACCOUNT)):
        trusted = ("logging.s3.amazonaws.com",) if "AllowLogDelivery" in text else ()
        proof = prove(PolicyDocument.parse(text), fence, now=NOW, trusted_services=trusted)
        assert (proof.verdict, proof.lockouts) == ("proved", ())


def test_each_name_of_vpc_endpoints_is_compared_with_its_own_key() -> None:
    """An id, an organization, an account, and a VPC by its ARN, which takes an operator for ARNs."""
    vpc = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-0a1b2c3d"
    fence = replace(OFFICE, vpc_endpoints=(vpc, ACCOUNT, "vpce-2", "o-a1b2c3d4e5", "vpce-1"))
    deny = deny_statements(fence)[0]
    assert deny["Condition"] == {
        "NotIpAddress": {"aws:SourceIp": list(OFFICE.allowed.cidrs())},
        "StringNotEquals": {
            "aws:SourceVpce": ["vpce-1", "vpce-2"],
            "aws:VpceOrgID": "o-a1b2c3d4e5",
            "aws:VpceAccount": ACCOUNT,
        },
        "ArnNotEquals": {"aws:SourceVpcArn": vpc},
    }


def test_presigned_urls_are_refused_from_an_age_on() -> None:
    """Whoever uses one, from wherever; a request that is signed by its header has no such age."""
    policy = PolicyDocument.parse(bucket_policy(OFFICE, max_url_age=timedelta(minutes=15)))
    somebody = Principal.of_arn(f"arn:aws:iam::{ACCOUNT}:user/ann")
    asked = ("s3:GetObject", "arn:aws:s3:::b/key")
    answers = []
    for age in (None, "900000", "900001"):
        context = {"s3:signatureAge": age} if age else {}
        request = arriving("public-signed", somebody, *asked, source_ip="203.0.113.7", context=context)
        answers.append(evaluate(policy, request).decision)
    assert answers == [Decision.NEITHER, Decision.NEITHER, Decision.EXPLICIT_DENY]
    assert deny_statements(OFFICE, max_url_age=timedelta(minutes=15))[:-1] == deny_statements(OFFICE)
    assert prove(policy, OFFICE, now=NOW).lockouts == ()


@pytest.mark.parametrize("age", [timedelta(), timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_an_age_that_no_presigned_url_can_have_is_refused(age: timedelta) -> None:
    """Zero would refuse all of them, and a longer time than S3 takes would refuse none."""
    with pytest.raises(BuildError, match="presigned URL cannot be limited"):
        bucket_policy(OFFICE, max_url_age=age)


def test_a_policy_that_does_not_fit_says_how_far_over_and_what_costs_most() -> None:
    """The dearest run of addresses comes first: the one that is written as many networks."""
    allowed = AddressSet.parse(f"198.51.{100 + n // 128}.{n % 128 * 2}/32" for n in range(1200))
    dear = AddressSet.parse(["8.0.0.0/8"]) - AddressSet.parse(["8.0.0.0/32", "8.255.255.255/32"])
    with pytest.raises(
        BuildError, match=r"bytes over S3's limit of 20,480.*: 8\.0\.0\.1/32 to .*46 networks"
    ):
        bucket_policy(replace(OFFICE, allowed=allowed | dear))


@pytest.mark.parametrize(
    ("fence", "prefix", "dearest"),
    [
        pytest.param(
            replace(OFFICE, vpc_endpoints=tuple(f"vpce-{number:017x}" for number in range(1_000))),
            "",
            "what `aws:SourceVpce` is compared with",
            id="endpoints",
        ),
        pytest.param(
            replace(
                OFFICE, allowed=AddressSet.parse(f"198.51.{n // 128}.{n % 128 * 2}" for n in range(1_800))
            ),
            "",
            "the allow-list of 1,800 networks",
            id="many-networks-none-of-which-is-dear",
        ),
        pytest.param(OFFICE, "x" * 30_000, "`arn:aws:s3:::b/x", id="prefix-of-the-logs"),
    ],
)
def test_what_costs_most_need_not_be_one_network(fence: Perimeter, prefix: str, dearest: str) -> None:
    """The remedy differs."""
    with pytest.raises(BuildError, match=rf"what costs most: {re.escape(dearest)}"):
        log_bucket_policy(fence, "source", "111122223333", prefix)


def test_as_many_moments_as_fit_are_built() -> None:
    """Each with a Deny of its own."""
    start = datetime(2027, 1, 1, tzinfo=UTC)
    each = [AddressSet.parse([f"198.51.100.{number}"]) for number in range(70)]
    expiring = tuple(ExpiringNetworks(one, start + timedelta(days=at)) for at, one in enumerate(each))
    fence = replace(OFFICE, allowed=reduce(or_, each, OFFICE.allowed), expiring=expiring)
    with ends(10):
        assert len(json.loads(bucket_policy(fence))["Statement"]) == 72


@pytest.mark.parametrize(
    "until",
    [
        pytest.param(datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), id="past-the-calendar"),
        pytest.param(datetime.min.replace(tzinfo=UTC), id="the-first-moment"),
        pytest.param(datetime(999, 1, 1, tzinfo=UTC), id="a-year-of-three-digits"),
    ],
)
def test_a_moment_that_no_policy_can_name_is_refused(until: datetime) -> None:
    """With the moment in the message."""
    with pytest.raises(ValueError, match=r"`until` \("):
        ExpiringNetworks(OFFICE.allowed, until)


def test_log_delivery_may_put_below_the_prefix_for_one_bucket_of_one_account() -> None:
    """The Allow names the service, the action, the prefix, the source bucket and its account."""
    document = json.loads(log_bucket_policy(replace(OFFICE, bucket="logs"), "b", "111122223333", "access/"))
    assert document["Statement"][0] == {
        "Sid": "AllowLogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/access/*",
        "Condition": {
            "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::b"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        },
    }
