"""Policies written by somebody who has read the code: what once passed for sealed, or equal, and is not."""

from dataclasses import replace

import pytest

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, compare, evaluate, prove
from s3_perimeter.build import BuildError, bucket_policy, log_bucket_policy
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, LIST, NOW, OFFICE, also, deny, policy

CLOUDFRONT = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2ABCDEFGHIJKL"
TRUSTING = replace(OFFICE, trust_aws_services=True)
CHINA = replace(OFFICE, partition="aws-cn")
BOTH_IN_CHINA = ["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"]

ESCAPES = {
    "cloudfront-exempt": (policy(deny(Principal=None, NotPrincipal={"AWS": CLOUDFRONT})), OFFICE),
    "punctuation-in-a-path": (policy(deny(also(StringNotLike={"aws:PrincipalArn": "*!*"}))), OFFICE),
    "colon-in-a-path": (policy(deny(also(ArnNotLike={"aws:PrincipalArn": "arn:*:*:*:*:*:*"}))), OFFICE),
    "underscore-in-a-session": (policy(deny(also(StringNotLike={"aws:userid": "*_*"}))), TRUSTING),
    "chinese-service": (
        policy(
            deny(
                also(StringNotLike={"aws:PrincipalServiceName": "*.amazonaws.com.cn"}), Resource=BOTH_IN_CHINA
            )
        ),
        CHINA,
    ),
    "chinese-service-exempt": (
        policy(
            deny(Principal=None, NotPrincipal={"Service": "ec2.amazonaws.com.cn"}, Resource=BOTH_IN_CHINA)
        ),
        CHINA,
    ),
    "chinese-services-by-their-ending": (
        policy(deny(also(StringNotLike={"aws:PrincipalServiceName": "*.cn"}), Resource=BOTH_IN_CHINA)),
        CHINA,
    ),
    "user-s-name-of-64-letters": (
        policy(deny(also(StringNotLike={"aws:username": "?" * 64 + "*"}))),
        OFFICE,
    ),
    "session-of-64-letters": (
        policy(
            deny(
                Principal=None,
                NotPrincipal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/{'s' * 64}"},
            )
        ),
        OFFICE,
    ),
    "number-with-underscore": (policy(deny(also(NumericGreaterThan={"aws:EpochTime": "1_000"}))), OFFICE),
    "number-in-another-script": (
        policy(deny(also(NumericGreaterThan={"aws:EpochTime": "\N{ARABIC-INDIC DIGIT ONE}"}))),
        OFFICE,
    ),
    "canonical-user-only": (policy(deny(Principal={"CanonicalUser": "79a5"})), OFFICE),
    "federated-only": (policy(deny(Principal={"Federated": "cognito-identity.amazonaws.com"})), OFFICE),
    "name-of-a-kms-key": (
        policy(
            deny(also(StringLikeIfExists={"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:*:*:*:*:*"}))
        ),
        OFFICE,
    ),
    "unique-id-only": (policy(deny(Principal={"AWS": "AIDAEXAMPLEEXAMPLE123"})), OFFICE),
    "bucket-exempt-next-to-a-variable": (
        policy(deny(Resource=None, NotResource=[BUCKET, "arn:aws:s3:::c/${aws:username}"])),
        OFFICE,
    ),
}

DOUBTS = {
    "list-of-nothing": policy(deny({"NotIpAddress": {"aws:SourceIp": "office"}})),
    "variable-as-a-network": policy(deny({"NotIpAddress": {"aws:SourceIp": [*LIST, "${aws:SourceIp}"]}})),
    **{
        f"network-{written!r}": policy(deny({"NotIpAddress": {"aws:SourceIp": [*LIST, written]}}))
        for written in (
            "0.0.0.0/00",
            "0.0.0.0/0 ",
            "000.0.0.0/0",
            "0/0",
            "0.0.0.0/0.0.0.0",
            "0x0.0.0.0/0",
            "[::]/0",
            "::/00",
            "::%1/0",
            "\N{FULLWIDTH DIGIT ZERO}.0.0.0/0",
            "::/0,0.0.0.0/0",
            "2001:db8:1234::7",
            "*",
            "198.51.100.*",
            "0.0.0.0/*",
            "0.0.0.0/+0",
            "0.0.0.0/0;::/0",
            "0.0.0.0\\/0",
        )
    },
    "service-with-an-address": policy(
        deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"})),
        deny({"Null": {"aws:SourceIp": "true"}}),
    ),
    "service-without-a-tls-version": policy(
        deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.0"})),
        deny({"Bool": {"aws:SecureTransport": "false"}}),
    ),
    "service-of-another-domain": policy(
        deny(also(StringLikeIfExists={"aws:PrincipalServiceName": "*.amazonaws.com"}))
    ),
    "called-via-another-domain": policy(
        deny(also(ForAllValues__StringLike={"aws:CalledVia": "*.amazonaws.com"}))
    ),
    "signature-to-come": policy(
        deny(
            also(
                StringEqualsIfExists={
                    "s3:signatureversion": ["AWS", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"]
                }
            )
        )
    ),
    "role-made-again": policy(
        deny(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"}),
        deny(also(ArnNotEquals={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/r"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "service-with-an-arn": policy(
        deny(also(Null={"aws:PrincipalArn": "true"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "false"})),
        deny(also(Null={"aws:PrincipalIsAWSService": "true"})),
    ),
    "empty-and-null": policy(
        deny(also(Null={"aws:Referer": "false"})), deny(also(StringNotEquals={"aws:Referer": ""}))
    ),
    "empty-and-null-by-pattern": policy(
        deny(also(Null={"aws:Referer": "false"})), deny(also(StringLikeIfExists={"aws:Referer": "?*"}))
    ),
    "kelvin-sign": policy(
        deny(also(StringNotEqualsIgnoreCase={"aws:Referer": "k"})),
        deny(also(StringLike={"aws:Referer": ["k", "K"]})),
    ),
    "accented-letter": policy(
        deny(also(StringNotEqualsIgnoreCase={"aws:Referer": "\N{LATIN SMALL LETTER E WITH ACUTE}"})),
        deny(also(StringLike={"aws:Referer": "\N{LATIN SMALL LETTER E WITH ACUTE}"})),
    ),
    "any-value-if-exists": policy(deny({"ForAnyValue:NotIpAddressIfExists": {"aws:SourceIp": LIST}})),
    "time-without-a-zone": policy(
        deny(also(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00"})),
        deny(also(DateGreaterThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
    ),
    "date-with-a-space": policy(deny(also(DateGreaterThan={"aws:CurrentTime": " 2020-01-01T00:00:00Z"}))),
    "number-with-a-space": policy(deny(also(NumericGreaterThan={"aws:EpochTime": "5 "}))),
    "date-in-words-next-to-a-date": policy(
        deny(also(DateNotEquals={"aws:CurrentTime": ["2020-01-01", "Jan 1 2030"]}))
    ),
    "odd-number-next-to-a-number": policy(
        deny(also(NumericNotEquals={"s3:max-keys": ["5", "0x0A"]})),
        deny(also(NumericEquals={"s3:max-keys": "5"})),
    ),
    "text-as-an-arn": policy(
        deny(also(ArnNotLike={"aws:Referer": "arn:*:*:*:*:*"})),
        deny(also(StringLike={"aws:Referer": "arn:*:*:*:*:*"})),
    ),
    "text-as-a-boolean": policy(
        deny(also(Bool={"aws:Referer": "true"})),
        deny(also(StringNotEqualsIgnoreCase={"aws:Referer": "true"})),
    ),
    "no-date": policy(deny(also(DateNotEquals={"aws:CurrentTime": "yesterday"}))),
    "no-number": policy(deny(also(NumericNotEquals={"aws:EpochTime": "many"}))),
    "year-or-seconds": policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2040"}))),
    "week-date": policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2020-W01-1"}))),
    "past-the-calendar": policy(deny(also(DateLessThan={"aws:CurrentTime": "9999-12-31T23:59:59-12:00"}))),
    "seconds-past-the-calendar": policy(deny(also(DateLessThan={"aws:CurrentTime": "99999999999999"}))),
    "unique-id-exempt": policy(deny(Principal=None, NotPrincipal={"AWS": "AIDAEXAMPLEEXAMPLE123"})),
    "any-account-exempt": policy(deny(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::*:root"})),
    "cloudfront-exempt-by-its-arn": policy(
        deny(also(ArnLike={"aws:PrincipalArn": "arn:*:iam::*:*"})),
        deny(Principal=None, NotPrincipal={"AWS": CLOUDFRONT}),
    ),
    "one-tag-in-two-cases": policy(
        deny(also(StringEquals={"s3:ExistingObjectTag/a": "x"})),
        deny(also(StringNotEquals={"s3:ExistingObjectTag/A": "x"})),
    ),
    **{
        f"wildcard-over-the-colons-of-an-arn-{pattern}": policy(
            deny(Resource=[f"arn:{pattern}b", f"arn:{pattern}b/*"])
        )
        for pattern in ("aws:s3*", "*", "aws:s3???", "aws:s3:?:")
    },
    "empty-text-with-any-value": policy(
        deny(also(ForAnyValue__StringNotEquals={"aws:Referer": "x"})),
        deny(also(StringEqualsIfExists={"aws:Referer": "x"})),
    ),
    "empty-text-with-any-value-and-null": policy(
        deny(also(ForAnyValue__StringLike={"aws:UserAgent": "*"})),
        deny(also(Null={"aws:UserAgent": "true"})),
    ),
    "empty-text-with-all-values": policy(
        deny(also(ForAllValues__StringLike={"s3:prefix": "?*"})), deny(also(StringLike={"s3:prefix": "?*"}))
    ),
    "kelvin-sign-in-a-key": policy(
        deny(also(Null={"aws:To\N{KELVIN SIGN}enIssueTime": "false"})),
        deny(also(Null={"aws:TokenIssueTime": "true"})),
    ),
    "seconds-past-every-calendar": policy(deny(also(NumericLessThan={"aws:EpochTime": "1000000000000"}))),
    "tls-up-to-two": policy(deny(also(NumericLessThanEqualsIfExists={"s3:TlsVersion": "2"}))),
    "tls-but-for-one-in-between": policy(
        deny(also(NumericLessThanIfExists={"s3:TlsVersion": "1.31"})),
        deny(also(NumericGreaterThan={"s3:TlsVersion": "1.32"})),
    ),
    "tls-versions-of-today": policy(
        deny(also(StringEqualsIfExists={"s3:TlsVersion": ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0"]}))
    ),
    **{
        f"seconds-{written}": policy(deny(also(DateGreaterThan={"aws:CurrentTime": written})))
        for written in ("1e9", "+1", "-1", "1.5")
    },
    "cloudfront-may-not-say-that-it-is-no-service": policy(
        deny(also(Bool={"aws:PrincipalIsAWSService": ["false", "true"]})),
        deny(also(StringEquals={"aws:PrincipalType": "Anonymous"})),
    ),
    "cloudfront-may-have-no-user-id": policy(
        deny(also(Null={"aws:userid": "false"})),
        deny(also(StringEquals={"aws:PrincipalType": "Anonymous"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "signed-and-without-auth-type": policy(
        deny(also(Null={"aws:PrincipalIsAWSService": "false"})), deny(also(Null={"s3:authType": "true"}))
    ),
}


@pytest.mark.parametrize(("document", "fence"), ESCAPES.values(), ids=ESCAPES.keys())
def test_what_looks_sealed_has_a_witness(document: PolicyDocument, fence: Perimeter) -> None:
    """The request shown is one that AWS's documentation allows for, and no Deny matches it."""
    proof = prove(document, fence, now=NOW)
    assert proof.verdict == "escape"
    assert all(evaluate(document, witness.request).surely_not_denied for witness in proof.escapes)


@pytest.mark.parametrize("document", DOUBTS.values(), ids=DOUBTS.keys())
def test_no_proof_leans_on_what_readers_differ_about(document: PolicyDocument) -> None:
    """Neither sealed nor surely open."""
    proof = prove(document, OFFICE, now=NOW)
    assert proof.verdict == "unknown"
    assert not any(
        "the evaluator denies the witness that was found: this is a bug, please report it" in reason
        for reason in proof.undecided
    )


BOB_AND_ROOT = [f"arn:aws:iam::{ACCOUNT}:user/Bob", f"arn:aws:iam::{ACCOUNT}:root"]
NO_ESCAPES = {
    "an-account-exempt-exempts-its-root-for-certain": (
        policy(
            deny(Principal=None, NotPrincipal={"AWS": BOB_AND_ROOT}),
            deny(also(ArnEquals={"aws:PrincipalArn": BOB_AND_ROOT})),
        ),
        "unknown",
    ),
    "a-path-of-an-organization": (
        policy(deny(also(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-*/r-*/*"}))),
        "unknown",
    ),
    "a-private-ipv4-address": (
        policy(deny(also(IpAddressIfExists={"aws:EC2InstanceSourcePrivateIPv4": "0.0.0.0/0"}))),
        "proved",
    ),
    "mapped-addresses-in-a-vpc-are-read-in-two-ways": (
        policy(deny(also(NotIpAddress={"aws:VpcSourceIp": "::ffff:0:0/96"}))),
        "unknown",
    ),
    "cloudfront-whose-account-is-not-documented": (
        policy(
            deny(also(StringLike={"aws:PrincipalAccount": ["????????????", "anonymous"]})),
            deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
        ),
        "unknown",
    ),
    "an-access-point-s-arn": (
        policy(deny(also(ArnLikeIfExists={"s3:DataAccessPointArn": "arn:aws:s3:*:*:accesspoint/*"}))),
        "unknown",
    ),
    "a-vpc-s-arn": (
        policy(deny(also(ArnLikeIfExists={"aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/vpc-*"}))),
        "unknown",
    ),
    "no-key-of-1025-bytes": (
        policy(deny(Resource=BUCKET), deny(Resource=None, NotResource=[BUCKET, f"{BUCKET}/{'?' * 1_025}*"])),
        "proved",
    ),
    "no-user-s-name-of-65-letters": (
        policy(deny(also(StringNotLike={"aws:username": "?" * 65 + "*"}))),
        "unknown",
    ),
    "no-session-of-65-letters": (
        policy(
            deny(
                Principal=None,
                NotPrincipal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/{'s' * 65}"},
            )
        ),
        "unknown",
    ),
    "no-list-of-more-keys-than-a-number-holds": (
        policy(deny(also(NumericLessThanIfExists={"s3:max-keys": "2147483648"}))),
        "unknown",
    ),
}


@pytest.mark.parametrize(("document", "verdict"), NO_ESCAPES.values(), ids=NO_ESCAPES.keys())
def test_no_escape_rests_on_a_request_that_cannot_be(document: PolicyDocument, verdict: str) -> None:
    """Or on one of which nothing documented says that it is let through."""
    assert prove(document, OFFICE, now=NOW).verdict == verdict


def test_cloudfront_comes_over_the_public_endpoint_only() -> None:
    """Neither through somebody's VPC endpoint nor by way of another service."""
    document = policy(deny(Principal=None, NotPrincipal={"AWS": CLOUDFRONT}))
    escapes = prove(document, OFFICE, now=NOW).escapes
    assert [(each.channel, each.request.principal.kind) for each in escapes] == [("public-signed", "User")]


def test_an_ipv6_address_with_dots_in_its_text_is_no_ipv4_address() -> None:
    """`::203.0.113.7` and `64:ff9b::203.0.113.7` may be written so."""
    document = policy(deny({"StringNotLike": {"aws:SourceIp": "*.*.*.*"}}))
    four = replace(OFFICE, allowed=AddressSet.parse(["0.0.0.0/0"]))
    assert prove(document, four, now=NOW).verdict == "unknown"


def test_an_element_and_its_complement_leave_nobody_out() -> None:
    """A role made again is named by neither, and so is denied by the second."""
    role = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"}
    document = policy(deny(Principal=role), deny(Principal=None, NotPrincipal=role))
    assert prove(document, OFFICE, now=NOW).verdict == "proved"


def test_a_month_is_a_date() -> None:
    """The W3C's profile of ISO 8601 has dates without a day."""
    document = policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2020-01"})))
    assert prove(document, OFFICE, now=NOW).verdict == "proved"


def test_cloudfront_is_still_held_by_a_plain_deny_with_break_glass() -> None:
    """Its identity is not one that an exemption for a role could mean, keys or no keys."""
    role = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
    document = policy(deny(also(ArnNotEquals={"aws:PrincipalArn": role})))
    proof = prove(document, replace(OFFICE, break_glass=(role,)), now=NOW)
    assert tuple(witness.channel for witness in proof.escapes) == ("forward-access", "vpc-endpoint")


def allow(principal: object, condition: object = None, resource: object = f"{BUCKET}/*") -> dict[str, object]:
    """An Allow to read objects."""
    found = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": resource}
    return found | ({"Condition": condition} if condition else {})


DIFFERENT = {
    "account-and-its-root": (
        deny(Principal=None, NotPrincipal={"AWS": BOB_AND_ROOT}),
        deny(also(StringNotEquals={"aws:PrincipalAccount": ACCOUNT})),
    ),
    "cloudfront": (allow({"AWS": CLOUDFRONT}), allow({"AWS": CLOUDFRONT + "M"})),
    "canonical-and-federated": (allow({"CanonicalUser": "a"}), allow({"Federated": "a"})),
    "unique-ids": (allow({"AWS": "AIDAEXAMPLEEXAMPLE1"}), allow({"AWS": "AIDAEXAMPLEEXAMPLE2"})),
    "comma-in-a-value": (
        allow("*", {"StringEquals": {"x:y": "a, b"}}),
        allow("*", {"StringEquals": {"x:y": ["a", "b"]}}),
    ),
    "comma-in-a-resource": (
        allow("*", resource=["arn:aws:s3:::b/${x}, arn:aws:s3:::b/y"]),
        allow("*", resource=["arn:aws:s3:::b/${x}", "arn:aws:s3:::b/y"]),
    ),
    "an-object-and-those-that-begin-like-it": (
        allow("*", resource=[f"{BUCKET}/x", f"{BUCKET}/x*"]),
        allow("*", resource=f"{BUCKET}/*"),
    ),
    "paths": (
        allow("*", {"StringLike": {"aws:PrincipalArn": "*!*"}}),
        allow("*", {"StringLike": {"aws:PrincipalArn": "*#*"}}),
    ),
    "services-of-other-partitions": (
        allow({"Service": "a.amazonaws.com.cn"}),
        allow({"Service": "b.amazonaws.com.cn"}),
    ),
    "services-through-an-endpoint-without-its-vpc": tuple(
        allow("*", {"StringEquals": {"aws:SourceVpce": endpoint}, "Null": {"aws:SourceVpc": "true"}})
        for endpoint in ("vpce-1", "vpce-2")
    ),
    "services-with-an-address": tuple(
        allow("*", {"IpAddress": {"aws:SourceIp": network}, "Bool": {"aws:PrincipalIsAWSService": "true"}})
        for network in ("192.0.2.0/24", "198.51.100.0/24")
    ),
    "months": (
        allow("*", {"DateLessThan": {"aws:CurrentTime": "2020-01"}}),
        allow("*", {"DateLessThan": {"aws:CurrentTime": "2021-01"}}),
    ),
}


@pytest.mark.parametrize(("old", "new"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different_policies_are_not_equal(old: dict[str, object], new: dict[str, object]) -> None:
    """In either direction."""
    assert not compare(policy(old), policy(new), bucket="b").equal
    assert not compare(policy(new), policy(old), bucket="b").equal


def test_a_variable_is_text_before_the_version_that_knows_variables() -> None:
    """The same condition on a key that is not modelled means two things."""
    statement = allow("*", {"StringEquals": {"x:y": "${aws:username}"}})
    assert not compare(policy(statement), policy(statement, version="2008-10-17"), bucket="b").equal


@pytest.mark.parametrize("version", ["", "nan", "1_3", "9", "1.30"])
def test_a_minimum_that_is_no_version_of_tls_is_refused(version: str) -> None:
    """It would be a Deny that matches nothing, or everything."""
    with pytest.raises(BuildError, match=r"no version of TLS"):
        bucket_policy(OFFICE, minimum_tls=version)


@pytest.mark.parametrize("source", ["*", "s?", "${aws:username}", "", "a/b"])
def test_logs_come_from_one_named_bucket(source: str) -> None:
    """`ArnEquals` takes wildcards, so a pattern would let other people's logs in."""
    with pytest.raises(BuildError, match="no bucket's name"):
        log_bucket_policy(OFFICE, source, ACCOUNT)


@pytest.mark.parametrize("account", ["*", "", "1111222233334"])
def test_logs_come_from_one_account(account: str) -> None:
    """Twelve digits, or the logs silently stop."""
    with pytest.raises(BuildError, match="no account id"):
        log_bucket_policy(OFFICE, "source", account)


def test_a_prefix_for_logs_means_its_own_characters() -> None:
    """A key may hold what is a wildcard or a variable in a policy."""
    document = PolicyDocument.parse(log_bucket_policy(OFFICE, "source", ACCOUNT, "${aws:username}/*?/"))
    (target,) = document.statements[0].resources or ()
    assert target == f"{BUCKET}/${{$}}{{aws:username}}/${{*}}${{?}}/*"
