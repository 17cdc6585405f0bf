"""The proof and what is declared exempt: exactly that, and everything else must still be denied."""

from dataclasses import replace

import pytest

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from s3_perimeter.build import bucket_policy, log_bucket_policy
from s3_perimeter.semantics.special_networks import NOT_PUBLIC
from tests.s3_perimeter.policies import ACCOUNT, EXPIRING, NOW, OFFICE, ROLE, also, deny, policy
from tests.s3_perimeter.proof.verdict_policies import PUBLIC

ORGANIZATION, STRANGER = "o-a1b2c3d4e5", "999988887777"
VPC = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-0a1b2c3d"
OWNERS = {
    "aws:VpceOrgID": (ORGANIZATION, "o-a1b2c3d4e6", "StringNotEquals"),
    "aws:VpceAccount": (ACCOUNT, STRANGER, "StringNotEquals"),
    "aws:SourceVpcArn": (VPC, f"{VPC}0", "ArnNotEquals"),
}
"""Condition keys of whose a VPC endpoint is: what is declared, what is not, and the operator that exempts."""
EXEMPT = replace(OFFICE, vpc_endpoints=("vpce-1",), break_glass=(ROLE,), trust_aws_services=True)


@pytest.mark.parametrize(
    ("document", "fence", "channels"),
    [
        pytest.param(
            policy(deny(also(StringNotEquals={"aws:SourceVpce": "vpce-1"}))),
            replace(OFFICE, vpc_endpoints=("vpce-1",)),
            (),
            id="declared-endpoint",
        ),
        pytest.param(
            policy(deny(also(StringNotEquals={"aws:SourceVpce": ["vpce-1", "vpce-2"]}))),
            replace(OFFICE, vpc_endpoints=("vpce-1",)),
            ("vpc-endpoint",),
            id="one-endpoint-too-many",
        ),
        pytest.param(
            policy(deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"}))),
            replace(OFFICE, trust_aws_services=True),
            (),
            id="declared-services",
        ),
        pytest.param(
            policy(deny(also(Bool={"aws:PrincipalIsAWSService": "false"}))),
            replace(OFFICE, trust_aws_services=True),
            ("public-anonymous", "vpc-endpoint"),
            id="declared-services-but-the-anonymous-come-along",
        ),
        pytest.param(
            policy(deny(also(ArnNotEquals={"aws:PrincipalArn": ROLE}))),
            replace(OFFICE, break_glass=(ROLE,)),
            ("forward-access", "vpc-endpoint"),
            id="break-glass-reaches-past-the-public-endpoint",
        ),
        pytest.param(
            policy(deny(also(ArnNotLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/break-*"}))),
            replace(OFFICE, break_glass=(ROLE,)),
            ("public-signed", "forward-access", "vpc-endpoint"),
            id="break-glass-wider-than-declared",
        ),
        pytest.param(
            policy(
                deny(also(ArnNotLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/${{*}}/ann"})),
                deny(also(Bool={"aws:ViaAWSService": "true"})),
                deny({"Null": {"aws:SourceIp": "true"}}),
            ),
            replace(OFFICE, break_glass=(f"arn:aws:iam::{ACCOUNT}:user/${{*}}/ann",)),
            ("public-signed",),
            id="break-glass-has-no-variables",
        ),
        pytest.param(
            policy(
                deny(also(ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:root"})),
                deny(also(Bool={"aws:ViaAWSService": "true"})),
                deny({"Null": {"aws:SourceIp": "true"}}),
            ),
            replace(OFFICE, break_glass=("arn:aws:iam::*:root",)),
            (),
            id="break-glass-for-all-of-a-kind",
        ),
        pytest.param(
            policy({**deny(), "Effect": "Allow"}),
            replace(OFFICE, allowed=AddressSet.everything()),
            ("vpc-endpoint", "aws-service"),
            id="no-address-is-outside-of-everything",
        ),
        pytest.param(policy(deny()), EXPIRING, PUBLIC, id="expired-entries-not-denied"),
        pytest.param(policy(deny()), EXEMPT, (), id="denying-more-than-asked"),
    ],
)
def test_exemptions_are_exactly_as_declared(
    document: PolicyDocument, fence: Perimeter, channels: tuple[str, ...]
) -> None:
    """What an exemption does not name must still be denied."""
    proof = prove(document, fence, now=NOW)
    assert tuple(witness.channel.value for witness in proof.escapes) == channels
    assert proof.verdict == ("escape" if channels else "proved")


@pytest.mark.parametrize(
    "fence",
    [
        pytest.param(OFFICE, id="plain"),
        pytest.param(replace(OFFICE, account=None), id="account-unknown"),
        pytest.param(replace(OFFICE, partition="aws-cn"), id="china"),
        pytest.param(replace(OFFICE, vpc_endpoints=("vpce-1", "vpce-2")), id="endpoints"),
        pytest.param(replace(OFFICE, vpc_endpoints=("vpce-1", ORGANIZATION, STRANGER, VPC)), id="owners"),
        pytest.param(
            replace(OFFICE, break_glass=(ROLE,), vpc_endpoints=(ORGANIZATION, VPC)),
            id="owners-and-break-glass",
        ),
        pytest.param(replace(OFFICE, break_glass=(ROLE, f"arn:aws:iam::{ACCOUNT}:user/*")), id="break-glass"),
        pytest.param(replace(OFFICE, trust_aws_services=True), id="services"),
        pytest.param(EXEMPT, id="all-exemptions"),
        pytest.param(EXPIRING, id="expiring"),
        pytest.param(replace(EXPIRING, break_glass=(ROLE,), vpc_endpoints=("vpce-1",)), id="expiring-exempt"),
        pytest.param(replace(OFFICE, allowed=AddressSet.parse(["0.0.0.0/0", "::/0"])), id="everywhere"),
        pytest.param(
            replace(OFFICE, allowed=AddressSet.parse(["223.255.255.255/32", "1.0.0.0/32", "2600::/128"])),
            id="edges",
        ),
    ],
)
def test_the_built_policy_is_proved_for_its_perimeter_and_no_other(fence: Perimeter) -> None:
    """It seals, locks out nobody, and leaks as soon as the perimeter is smaller than what it was built
    for.
    """
    document = PolicyDocument.parse(bucket_policy(fence))
    proof = prove(document, fence, now=NOW)
    assert (proof.verdict, proof.lockouts) == ("proved", ())
    for name in fence.vpc_endpoints:
        others = tuple(each for each in fence.vpc_endpoints if each != name)
        escapes = prove(document, replace(fence, vpc_endpoints=others), now=NOW).escapes
        assert [each.channel.value for each in escapes] == ["vpc-endpoint"]
    public = fence.allowed - NOT_PUBLIC
    one_less = public - AddressSet.parse([str(public.first())])
    assert prove(document, replace(fence, allowed=one_less), now=NOW).verdict == "escape"


@pytest.mark.parametrize(("key", "given"), OWNERS.items(), ids=OWNERS.keys())
def test_vpc_endpoints_exempt_by_whose_they_are_are_exempt_in_that_key_alone(
    key: str, given: tuple[str, str, str]
) -> None:
    """The same name in no other key, nothing that is not named, and nothing by a pattern that is wider."""
    ours, other, operator = given
    fence = replace(OFFICE, vpc_endpoints=(ours,))
    like = {"StringNotEquals": "StringNotLike", "ArnNotEquals": "ArnNotLike"}[operator]
    escaping = {
        "wider list": also(**{operator: {key: [ours, other]}}),
        "pattern": also(**{like: {key: f"{ours[:-4]}*"}}),
        "other name": also(**{operator: {key: other}}),
        "absent key": also(Null={key: "false"}),
        "negated": also(**{operator.replace("Not", ""): {key: ours}}),
        "endpoint id": also(StringNotEquals={"aws:SourceVpce": "vpce-1"}),
    }
    for name, condition in escaping.items():
        proof = prove(policy(deny(condition)), fence, now=NOW)
        assert [each.channel.value for each in proof.escapes][-1:] == ["vpc-endpoint"], name
    sealed = policy(deny(also(**{operator: {key: ours}})))
    proof = prove(sealed, fence, now=NOW)
    assert (proof.verdict, proof.lockouts) == ("proved", ())
    assert prove(sealed, OFFICE, now=NOW).verdict == "escape"
    assert prove(policy(deny()), fence, now=NOW).verdict == "proved"
    (lockout,) = prove(policy(deny()), fence, now=NOW).lockouts
    assert ours in lockout.summary
    assert lockout.fix == f"add `{operator}` on `{key}` with `{ours}` to statement 1"


def test_two_exemptions_are_each_good_by_themselves() -> None:
    """A Deny per exemption holds whoever has only the other one, so both are locked out."""
    fence = replace(OFFICE, vpc_endpoints=("vpce-1", ORGANIZATION))
    one, other = {"aws:SourceVpce": "vpce-1"}, {"aws:VpceOrgID": ORGANIZATION}
    together = prove(policy(deny(also(StringNotEquals={**one, **other}))), fence, now=NOW)
    apart = policy(deny(also(StringNotEquals=one)), deny(also(StringNotEquals=other)))
    assert (together.verdict, together.lockouts) == ("proved", ())
    assert prove(apart, fence, now=NOW).verdict == "proved"


def test_where_only_vpc_endpoints_reach_the_bucket_it_is_maintained_through_them() -> None:
    """Nobody else could: a Deny of changing the policy is a lock-out for good."""
    fence = replace(OFFICE, allowed=AddressSet.nothing(), vpc_endpoints=("vpce-1",))
    ours = deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})
    assert prove(policy(ours), fence, now=NOW).lockouts == ()
    frozen = deny({}, Action=["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], Resource="arn:aws:s3:::b")
    (lockout,) = prove(policy(ours, frozen), fence, now=NOW).lockouts
    assert lockout.summary == "requests through VPC endpoint `vpce-1` cannot maintain the bucket"
    assert "AssumeRoot" in lockout.because
    for way in ({"allowed": OFFICE.allowed}, {"break_glass": (ROLE,)}):
        for lockout in prove(policy(ours, frozen), replace(fence, **way), now=NOW).lockouts:
            assert "VPC endpoint" not in lockout.whom or "maintain the bucket" not in lockout.jobs


def test_the_log_buckets_policy_exempts_the_delivery_service_and_nothing_else() -> None:
    """Sealed but for the named service; without that exemption its delivery is the one escape."""
    logs = replace(OFFICE, bucket="logs")
    document = PolicyDocument.parse(log_bucket_policy(logs, "b", ACCOUNT, "access/"))
    assert prove(document, logs, now=NOW, trusted_services=("logging.s3.amazonaws.com",)).verdict == "proved"
    (escape,) = prove(document, logs, now=NOW).escapes
    assert (escape.principal, escape.action) == ("logging.s3.amazonaws.com", "s3:PutObject")
    assert escape.context["aws:SourceArn"] == "arn:aws:s3:::b"
    assert escape.context["aws:SourceAccount"] == ACCOUNT


def test_a_service_may_come_from_an_address_that_has_expired() -> None:
    """Nothing documented says that it has none, so nothing is proved of it, nor shown."""
    expired = {
        "IpAddress": {"aws:SourceIp": "203.0.113.128/25"},
        "DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    proof = prove(policy(deny(), deny(expired)), EXPIRING, now=NOW)
    assert (proof.verdict, proof.escapes) == ("unknown", ())
    assert [reason.partition(":")[0] for reason in proof.undecided] == ["aws-service"]


def test_a_witness_over_an_endpoint_does_not_use_a_declared_one() -> None:
    """Whatever the declared ones are called."""
    declared = ("vpce-0a1b2c3d", "vpce-00", "vpce-01")
    escapes = prove(
        policy({**deny(), "Effect": "Allow"}), replace(OFFICE, vpc_endpoints=declared), now=NOW
    ).escapes
    (found,) = [witness.context["aws:SourceVpce"] for witness in escapes if witness.channel == "vpc-endpoint"]
    assert str(found).startswith("vpce-0")
    assert found not in declared


def test_residuals_name_the_root_user_and_every_exemption() -> None:
    """What no Deny can prevent, and what was declared, is always reported."""
    remaining = " ".join(prove(policy(deny()), EXEMPT, now=NOW).residual)
    for what in (f"root user of account {ACCOUNT}", "vpce-1", ROLE, "AWS services"):
        assert what in remaining
    root, unlock = prove(policy(deny()), replace(OFFICE, account=None), now=NOW).residual
    assert "root user of the owner's account" in root
    assert "`sts:AssumeRoot` with the task policy `S3UnlockBucketPolicy`" in unlock
