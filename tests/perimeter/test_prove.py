"""The proof, rule by rule of semantics: what seals, what leaks and through which channel, what is unknown."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from perimeter import AddressSet, ExpiringNetworks, Perimeter, PolicyDocument, Verdict, evaluate, prove
from perimeter.build import bucket_policy, log_bucket_policy
from tests.perimeter.policies import ACCOUNT, BOTH, BUCKET, LIST, OFFICE, also, deny, policy

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
EVERY = ("public-signed", "public-anonymous", "forward-access", "vpc-endpoint", "aws-service")
PUBLIC = EVERY[:3]

SEALED = {
    "plain": policy(deny()),
    "two-statements-for-two-resources": policy(deny(Resource=BUCKET), deny(Resource=f"{BUCKET}/*")),
    "aws-star-principal": policy(deny(Principal={"AWS": "*"})),
    "any-action": policy(deny(Action="*")),
    "action-case": policy(deny(Action="S3:*")),
    "every-resource": policy(deny(Resource="*")),
    "bucket-prefix-wildcard": policy(deny(Resource="arn:aws:s3:::b*")),
    "partition-wildcard": policy(deny(Resource=["arn:*:s3:::b", "arn:*:s3:::b/*"])),
    "not-resource-elsewhere": policy(deny(Resource=None, NotResource="arn:aws:s3:::other/*")),
    "not-action-elsewhere": policy(deny(Action=None, NotAction="ec2:*")),
    "not-principal-empty": policy(deny(Principal=None, NotPrincipal={"AWS": []})),
    "not-ip-if-exists": policy(deny({"NotIpAddressIfExists": {"aws:SourceIp": LIST}})),
    "key-case": policy(deny({"NotIpAddress": {"AWS:sourceip": LIST}})),
    "unconditional": policy(deny(Condition={})),
    "split-in-halves-and-null": policy(
        deny({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]}}),
        deny({"Null": {"aws:SourceIp": "true"}}),
    ),
    "narrower-list": policy(deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/25"}})),
    "string-operator-never-equals-a-cidr": policy(deny({"StringNotEquals": {"aws:SourceIp": LIST}})),
    "string-like-on-dotted-text": policy(deny({"StringNotLike": {"aws:SourceIp": "203.0.113.*"}})),
    "unparsable-beside-the-list": policy(deny({"NotIpAddress": {"aws:SourceIp": [*LIST, "office"]}})),
    "complementary-keys": policy(
        deny(also(StringLike={"aws:Referer": "*a*"})), deny(also(StringNotLike={"aws:Referer": "*a*"}))
    ),
    "complementary-null": policy(
        deny(also(Null={"aws:ResourceTag/x": "true"})), deny(also(Null={"aws:ResourceTag/x": "false"}))
    ),
    "complementary-actions": policy(deny(Action="s3:Get*"), deny(Action=None, NotAction="s3:get*")),
    "complementary-principals": policy(
        deny(Principal={"AWS": [ACCOUNT, ROLE]}), deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})
    ),
    "an-account-by-its-number-and-all-others-by-principal": policy(
        deny(Principal=None, NotPrincipal={"AWS": ACCOUNT}),
        deny(also(StringEquals={"aws:PrincipalAccount": ACCOUNT})),
    ),
    "complementary-numbers": policy(
        deny(also(NumericLessThanIfExists={"s3:signatureAge": "600000"})),
        deny(also(NumericGreaterThanEquals={"s3:signatureAge": "600000"})),
    ),
    "no-user-id-is-one-character": policy(
        deny(also(StringNotLike={"aws:userid": "?"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "null-either-way": policy(deny(also(Null={"aws:ResourceTag/x": ["true", "false"]}))),
    "date-long-past": policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}))),
    "tls-versions-and-http": policy(
        deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.2"})),
        deny(also(NumericLessThan={"s3:TlsVersion": "1.2"})),
        deny(also(Null={"s3:TlsVersion": "true"})),
        deny({"Bool": {"aws:SecureTransport": "false"}}),
    ),
    "old-version-has-no-variables": policy(
        deny(Resource=[*BOTH, "arn:aws:s3:::b/${aws:username}/*"]), version="2008-10-17"
    ),
    "variable-beside-everything": policy(deny(Resource=[*BOTH, "arn:aws:s3:::b/${aws:username}/*"])),
    "for-all-values-on-an-absent-key": policy(
        deny(also(ForAllValues__StringEquals={"aws:CalledVia": "x.amazonaws.com"})),
        deny(also(ForAnyValue__StringNotEquals={"aws:CalledVia": "x.amazonaws.com"})),
    ),
}

LEAKS = {
    "no-deny": (policy({**deny(), "Effect": "Allow"}), EVERY),
    "allow-with-ip-seals-nothing": (
        policy({**deny({"IpAddress": {"aws:SourceIp": LIST}}), "Effect": "Allow"}),
        EVERY,
    ),
    "wider-list": (policy(deny({"NotIpAddress": {"aws:SourceIp": ["203.0.112.0/23", *LIST]}})), PUBLIC),
    "halves-without-null": (
        policy(deny({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]}})),
        EVERY[3:],
    ),
    "ipv6-forgotten": (policy(deny({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})), EVERY),
    "halves-make-the-world": (
        policy(deny({"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}})),
        PUBLIC,
    ),
    "if-exists-on-positive": (policy(deny({"IpAddressIfExists": {"aws:SourceIp": "0.0.0.0/0"}})), PUBLIC),
    "null-guard": (policy(deny(also(Null={"aws:SourceIp": "false"}))), EVERY[3:]),
    "unparsable-list": (policy(deny({"IpAddress": {"aws:SourceIp": "everything"}})), EVERY),
    "string-like-cidr": (policy(deny({"StringLike": {"aws:SourceIp": "0.0.0.0/0"}})), EVERY),
    "bucket-only": (policy(deny(Resource=BUCKET)), EVERY),
    "objects-only": (policy(deny(Resource=f"{BUCKET}/*")), EVERY),
    "objects-of-a-prefix": (policy(deny(Resource=[BUCKET, f"{BUCKET}/a*"])), EVERY),
    "objects-of-two-characters": (policy(deny(Resource=[BUCKET, f"{BUCKET}/??*"])), EVERY),
    "resource-case": (policy(deny(Resource=["arn:aws:s3:::B", "arn:aws:s3:::B/*"])), EVERY),
    "resource-with-region": (
        policy(deny(Resource=["arn:aws:s3:eu-west-1::b", "arn:aws:s3:eu-west-1::b/*"])),
        EVERY,
    ),
    "resource-other-partition": (policy(deny(Resource=["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"])), EVERY),
    "resource-empty": (policy(deny(Resource=[])), EVERY),
    "not-resource-spares-one": (policy(deny(Resource=None, NotResource=f"{BUCKET}/public/*")), EVERY),
    "one-action": (policy(deny(Action="s3:GetObject")), EVERY),
    "actions-of-today": (policy(deny(Action=["s3:Get*", "s3:Put*", "s3:List*", "s3:Delete*"])), EVERY),
    "not-action-spares-one": (policy(deny(Action=None, NotAction="s3:GetBucketLocation")), EVERY),
    "action-question-mark": (policy(deny(Action="s3:?????*")), EVERY),
    "principal-account": (policy(deny(Principal={"AWS": ACCOUNT})), EVERY),
    "principal-root": (policy(deny(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})), EVERY),
    "principal-empty": (policy(deny(Principal={"AWS": []})), EVERY),
    "principal-service": (policy(deny(Principal={"Service": "s3.amazonaws.com"})), EVERY),
    "not-principal-account": (
        policy(deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "not-principal-role-covers-its-sessions": (
        policy(deny(Principal=None, NotPrincipal={"AWS": ROLE})),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "via-service": (policy(deny(also(Bool={"aws:ViaAWSService": "false"}))), ("forward-access",)),
    "via-service-if-exists": (
        policy(deny(also(BoolIfExists={"aws:ViaAWSService": "false"}))),
        ("forward-access",),
    ),
    "bool-on-absent-lets-the-anonymous-out": (
        policy(deny(also(Bool={"aws:PrincipalIsAWSService": "false"}))),
        ("public-anonymous", "vpc-endpoint", "aws-service"),
    ),
    "bool-if-exists-lets-services-out": (
        policy(deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"}))),
        ("aws-service",),
    ),
    "referer": (policy(deny(also(StringNotLike={"aws:Referer": "https://example.com/*"}))), EVERY),
    "user-agent": (policy(deny(also(StringNotEquals={"aws:UserAgent": "secret"}))), EVERY),
    "mfa": (
        policy(deny(also(BoolIfExists={"aws:MultiFactorAuthPresent": "false"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "mfa-without-if-exists": (policy(deny(also(Bool={"aws:MultiFactorAuthPresent": "false"}))), EVERY),
    "auth-type": (
        policy(deny(also(StringNotEquals={"s3:authType": "REST-QUERY-STRING"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "one-number": (
        policy(deny(also(NumericNotEquals={"s3:signatureAge": "600000"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "one-number-between-two": (
        policy(
            deny(also(NumericLessThanIfExists={"s3:signatureAge": "600000"})),
            deny(also(NumericGreaterThan={"s3:signatureAge": "600001"})),
            deny(also(NumericEquals={"s3:signatureAge": "600000"})),
        ),
        ("public-signed", "vpc-endpoint"),
    ),
    "acl-header": (policy(deny(also(StringNotEquals={"s3:x-amz-acl": "private"}))), EVERY),
    "prefix": (policy(deny(also(StringNotLike={"s3:prefix": "public/*"}))), EVERY),
    "vpc-endpoint-undeclared": (
        policy(deny(also(StringNotEquals={"aws:SourceVpce": "vpce-1"}))),
        ("vpc-endpoint",),
    ),
    "vpc-instead-of-endpoint": (
        policy(deny(also(StringNotEquals={"aws:SourceVpc": "vpc-1"}))),
        ("vpc-endpoint",),
    ),
    "positive-vpc-condition": (
        policy(deny({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})),
        ("vpc-endpoint",),
    ),
    "principal-arn-undeclared": (
        policy(deny(also(ArnNotEquals={"aws:PrincipalArn": ROLE}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "principal-arn-if-exists": (
        policy(deny(also(ArnNotLikeIfExists={"aws:PrincipalArn": "arn:aws:iam::*:role/*"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "principal-arn-positive": (
        policy(deny(also(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:*"}))),
        ("public-signed", "public-anonymous", "forward-access", "vpc-endpoint", "aws-service"),
    ),
    "org": (
        policy(deny(also(StringNotEquals={"aws:PrincipalOrgID": "o-abc"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "tag": (
        policy(deny(also(StringNotEquals={"aws:PrincipalTag/team": "ops"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "user-name": (
        policy(deny(also(StringNotLike={"aws:username": "admin-*"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "user-name-below-a-longer-path": (
        policy(
            deny(also(StringNotEquals={"aws:username": "ann"})),
            deny(
                also(ArnLike={"aws:PrincipalArn": ["arn:aws:iam::*:user/ann", "arn:aws:iam::*:user/?/ann"]})
            ),
        ),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "account-not-a-person": (
        policy(deny(also(StringNotEquals={"aws:PrincipalAccount": ACCOUNT}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "plain-http-only": (policy(deny(also(Bool={"aws:SecureTransport": "false"}))), EVERY),
    "https-only": (policy(deny(also(Bool={"aws:SecureTransport": "true"}))), EVERY),
    "tls-deny-is-no-perimeter": (policy(deny({"Bool": {"aws:SecureTransport": "false"}})), EVERY),
    "old-tls-only": (policy(deny(also(NumericLessThan={"s3:TlsVersion": "1.3"}))), EVERY),
    "date-to-come": (policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}))), EVERY),
    "date-that-passes": (policy(deny(also(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}))), EVERY),
    "epoch-that-passes": (policy(deny(also(NumericLessThan={"aws:EpochTime": "1900000000"}))), EVERY),
    "one-second-between-two-windows": (
        policy(
            deny(also(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
            deny(also(DateGreaterThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
        ),
        EVERY,
    ),
    "for-any-value-on-an-absent-key": (
        policy(deny(also(ForAnyValue__StringNotEquals={"aws:CalledVia": "x.amazonaws.com"}))),
        EVERY,
    ),
    "source-arn": (policy(deny(also(ArnNotEquals={"aws:SourceArn": "arn:aws:s3:::src"}))), ("aws-service",)),
    "two-values-at-once": (
        policy(
            deny(also(ForAllValues__StringEquals={"aws:CalledVia": "a.amazonaws.com"})),
            deny(also(ForAllValues__StringEquals={"aws:CalledVia": "b.amazonaws.com"})),
            deny(
                also(ForAnyValue__StringNotEquals={"aws:CalledVia": ["a.amazonaws.com", "b.amazonaws.com"]})
            ),
        ),
        ("forward-access",),
    ),
    "escaped-star": (policy(deny(Resource=[BUCKET, "arn:aws:s3:::${*}/*", f"{BUCKET}/${{*}}"])), EVERY),
    "access-point": (
        policy(deny(also(StringNotEquals={"s3:DataAccessPointAccount": ACCOUNT}))),
        EVERY,
    ),
}

UNKNOWN = {
    "variable-in-resource": policy(deny(Resource=[BUCKET, f"{BUCKET}/${{aws:username}}/*"])),
    "variable-in-value": policy(deny(also(StringNotEquals={"aws:PrincipalTag/a": "${aws:username}"}))),
    "unheard-of-key": policy(deny(also(StringNotEquals={"s3:NeverHeardOf": "x"}))),
    "resource-tag": policy(deny(also(StringNotEquals={"aws:ResourceTag/x": "y"}))),
    "region": policy(deny(also(StringEquals={"aws:RequestedRegion": "eu-west-1"}))),
    "canonical-user": policy(deny(Principal=None, NotPrincipal={"CanonicalUser": "79a5"})),
    "wildcard-inside-a-principal": policy(
        deny(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::1:role/*"})
    ),
    "set-operator-missing": policy(deny(also(StringNotEquals={"aws:PrincipalOrgPaths": "o-a/*"}))),
    "numeric-operator-on-text": policy(deny(also(NumericNotEquals={"aws:Referer": "5"}))),
    "short-arn-pattern": policy(deny(also(ArnNotLike={"aws:SourceArn": "arn:aws"}))),
    "ipv6-as-text": policy(deny({"StringNotLike": {"aws:SourceIp": ["203.0.113.*", "2001:db8:1234:*"]}})),
}


DOUBTFUL = {
    "an-identity-that-cloudfront-may-not-show": policy(
        deny(also(Null={"aws:PrincipalArn": "false"})),
        deny(also(StringEquals={"aws:PrincipalAccount": "anonymous"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "an-address-that-forward-access-may-lack": policy(
        deny(also(Null={"aws:SourceIp": "false"})),
        deny({"Null": {"aws:SourceIp": "true"}, "Bool": {"aws:ViaAWSService": "false"}}),
    ),
    "root-by-its-user-id": policy(deny(also(StringNotEquals={"aws:userid": ACCOUNT}))),
    "between-two-moments-of-one-second": policy(
        deny(also(DateLessThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00.2Z"})),
        deny(also(DateGreaterThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00.4Z"})),
    ),
    "credentials-issued-years-ago": policy(
        deny(also(DateGreaterThanIfExists={"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}))
    ),
}
"""Nobody is known to get past these, and that is all: no documentation says that nobody does."""


@pytest.mark.parametrize("document", SEALED.values(), ids=SEALED.keys())
def test_a_policy_that_denies_every_request_from_outside_is_proved(document: PolicyDocument) -> None:
    """No request from outside escapes, whatever form the Deny is written in."""
    proof = prove(document, OFFICE, now=NOW)
    assert (proof.verdict, proof.escapes, proof.undecided) == ("proved", (), ())


@pytest.mark.parametrize(("document", "channels"), LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_is_shown_with_a_request_for_each_channel(
    document: PolicyDocument, channels: tuple[str, ...]
) -> None:
    """Exactly the channels that leak have a witness, and the evaluator denies none of them."""
    proof = prove(document, OFFICE, now=NOW)
    assert proof.verdict == "escape"
    assert tuple(witness.channel.value for witness in proof.escapes) == channels
    for witness in proof.escapes:
        assert evaluate(document, witness.request).surely_not_denied
        assert (witness.source_ip is not None) is (witness.channel.value in PUBLIC)
        assert witness.source_ip is None or witness.source_ip not in OFFICE.allowed
        assert witness.because
        assert witness.fix


@pytest.mark.parametrize("document", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_modelled_is_unknown_and_named(document: PolicyDocument) -> None:
    """Unknown is never reported as proved, and says what it could not look into."""
    proof = prove(document, OFFICE, now=NOW)
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.unmodelled
    assert proof.undecided


@pytest.mark.parametrize(
    ("document", "named"),
    [
        pytest.param(
            UNKNOWN["canonical-user"], ("`NotPrincipal` CanonicalUser 79a5",), id="principal-not-modelled"
        ),
        pytest.param(
            policy(
                deny(also(StringNotEquals={"aws:ResourceTag/x": "y"}, StringLike={"aws:Referer": "*"})),
                deny(also(Null={"aws:Referer": "true"})),
            ),
            ("condition key `aws:ResourceTag/`",),
            id="the-one-key-in-doubt",
        ),
        pytest.param(
            UNKNOWN["unheard-of-key"],
            ("condition `StringNotEquals` on `s3:NeverHeardOf`: x",),
            id="key-never-heard-of",
        ),
        pytest.param(
            policy(deny(also(StringNotLikeIfExists={"s3:NeverHeardOf": ["x, y", "a"]}))),
            ('condition `StringNotLikeIfExists` on `s3:NeverHeardOf`: a, "x, y"',),
            id="key-never-heard-of-if-exists",
        ),
    ],
)
def test_what_is_not_modelled_is_named_and_nothing_else(
    document: PolicyDocument, named: tuple[str, ...]
) -> None:
    """So that its author knows what to write otherwise."""
    assert prove(document, OFFICE, now=NOW).unmodelled == named


@pytest.mark.parametrize("document", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_not_documented_is_never_leaned_on(document: PolicyDocument) -> None:
    """Without a witness and without a proof, the verdict is unknown."""
    proof = prove(document, OFFICE, now=NOW)
    assert (proof.verdict, proof.escapes) == ("unknown", ())
    assert proof.undecided


@pytest.mark.parametrize(
    ("key", "value", "actions"),
    [
        pytest.param("s3:prefix", "a", {"s3:ListBucket", "s3:ListBucketVersions"}, id="prefix"),
        pytest.param("s3:x-amz-acl", "private", {"s3:PutObject", "s3:PutObjectAcl"}, id="acl"),
        pytest.param("s3:VersionId", "v", {"s3:GetObjectVersion", "s3:DeleteObjectVersion"}, id="version"),
    ],
)
def test_a_witness_uses_a_parameter_with_an_action_that_takes_it(
    key: str, value: str, actions: set[str]
) -> None:
    """No witness is a request that S3 would never see."""
    escapes = prove(policy(deny(also(StringNotEquals={key: value}))), OFFICE, now=NOW).escapes
    assert escapes
    for witness in escapes:
        assert witness.context[key] == value
        assert witness.action in actions


def test_a_witness_spells_the_key_of_a_tag_as_aws_does() -> None:
    """However the policy spells it; the tag's own name follows."""
    escapes = prove(
        policy(deny(also(StringNotEquals={"AWS:principaltag/team": "ops"}))), OFFICE, now=NOW
    ).escapes
    assert [witness.context["aws:PrincipalTag/team"] for witness in escapes] == ["ops"] * 3


EXEMPT = replace(OFFICE, vpc_endpoints=("vpce-1",), break_glass=(ROLE,), trust_aws_services=True)
EXPIRING = replace(
    OFFICE,
    expiring=(ExpiringNetworks(AddressSet.parse(["203.0.113.128/25"]), datetime(2027, 1, 1, tzinfo=UTC)),),
)


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
        pytest.param(replace(OFFICE, break_glass=(ROLE, f"arn:aws:iam::{ACCOUNT}:user/*")), id="break-glass"),
        pytest.param(replace(OFFICE, trust_aws_services=True), id="services"),
        pytest.param(EXEMPT, id="all-exemptions"),
        pytest.param(EXPIRING, id="expiring"),
        pytest.param(replace(EXPIRING, break_glass=(ROLE,), vpc_endpoints=("vpce-1",)), id="expiring-exempt"),
        pytest.param(replace(OFFICE, allowed=AddressSet.parse(["0.0.0.0/0", "::/0"])), id="everywhere"),
        pytest.param(replace(OFFICE, allowed=AddressSet.parse(["255.255.255.255/32", "::/128"])), id="edges"),
    ],
)
def test_the_built_policy_is_proved_for_its_perimeter_and_no_other(fence: Perimeter) -> None:
    """It seals, shuts out nobody, and leaks as soon as the perimeter is smaller than what it was built
    for.
    """
    document = PolicyDocument.parse(bucket_policy(fence))
    proof = prove(document, fence, now=NOW)
    assert (proof.verdict, proof.lockouts) == ("proved", ())
    one_less = fence.allowed - AddressSet.parse([str(fence.allowed.first())])
    assert prove(document, replace(fence, allowed=one_less), now=NOW).verdict == "escape"


def test_the_log_buckets_policy_exempts_the_delivery_service_and_nothing_else() -> None:
    """Sealed but for the named service; without that exemption its delivery is the one escape."""
    logs = replace(OFFICE, bucket="logs")
    document = PolicyDocument.parse(log_bucket_policy(logs, "b", ACCOUNT, "access/"))
    assert prove(document, logs, now=NOW, trusted_services=("logging.s3.amazonaws.com",)).verdict == "proved"
    (escape,) = prove(document, logs, now=NOW).escapes
    assert (escape.principal, escape.action) == ("logging.s3.amazonaws.com", "s3:PutObject")
    assert escape.context["aws:SourceArn"] == "arn:aws:s3:::b"
    assert escape.context["aws:SourceAccount"] == ACCOUNT


NARROWER = {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}}
FAR_HALF = ["203.0.113.128/25"]


@pytest.mark.parametrize(
    ("document", "fence", "networks"),
    [
        pytest.param(policy(deny()), OFFICE, [], id="none"),
        pytest.param(policy(deny(Condition={})), OFFICE, LIST, id="everybody"),
        pytest.param(
            policy(deny({"NotIpAddress": {"aws:SourceIp": LIST[:1]}})), OFFICE, LIST[1:], id="ipv6-forgotten"
        ),
        pytest.param(
            policy(deny(), deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}})),
            OFFICE,
            ["203.0.113.128/25"],
            id="two-lists-that-intersect",
        ),
        pytest.param(policy(deny({"StringNotEquals": {"aws:SourceIp": LIST}})), OFFICE, LIST, id="text-list"),
        pytest.param(
            policy(deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})), OFFICE, LIST, id="endpoint-only"
        ),
        pytest.param(policy(deny(), deny({"Bool": {"aws:SecureTransport": "false"}})), OFFICE, [], id="tls"),
        pytest.param(
            policy(deny(), deny({}, Principal=None, NotPrincipal={"AWS": ROLE})),
            OFFICE,
            [],
            id="for-one-role",
        ),
        pytest.param(
            policy(deny(), deny({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}})),
            OFFICE,
            [],
            id="for-some-users",
        ),
        pytest.param(
            policy(deny(), deny({"StringNotEquals": {"aws:PrincipalAccount": "999988887777"}})),
            OFFICE,
            LIST,
            id="for-another-account",
        ),
        pytest.param(
            policy(deny(), deny(NARROWER, Action="s3:GetObject", Resource=f"{BUCKET}/*")),
            OFFICE,
            FAR_HALF,
            id="reading-objects",
        ),
        pytest.param(
            policy(deny(), deny(NARROWER, Action="s3:ListBucket", Resource=BUCKET)),
            OFFICE,
            FAR_HALF,
            id="listing-the-bucket",
        ),
        pytest.param(
            policy(deny(), deny(NARROWER, Action="s3:PutObject")), OFFICE, [], id="nothing-but-writing"
        ),
        pytest.param(
            policy(
                deny(), deny(NARROWER), deny({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}})
            ),
            OFFICE,
            FAR_HALF,
            id="for-everybody-beside-for-some-users",
        ),
        pytest.param(policy(deny()), EXPIRING, [], id="expiring"),
        pytest.param(
            policy(deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}})),
            EXPIRING,
            ["203.0.113.128/25"],
            id="temporary-entry-shut-out-already",
        ),
    ],
)
def test_a_lock_out_names_the_networks_that_are_shut_out(
    document: PolicyDocument, fence: Perimeter, networks: list[str]
) -> None:
    """An ordinary signed HTTPS request from these networks would be denied."""
    shut_out = AddressSet.nothing()
    for lockout in prove(document, fence, now=NOW).lockouts:
        assert lockout.because
        shut_out |= AddressSet.parse(lockout.networks)
    assert shut_out == AddressSet.parse(networks)


@pytest.mark.parametrize(
    ("document", "because"),
    [
        pytest.param(policy(deny({})), "like everybody else", id="no-condition"),
        pytest.param(
            policy(deny({"NotIpAddress": {"aws:SourceIp": LIST[:1]}})), "no IPv6 network", id="ipv6"
        ),
        pytest.param(policy(deny(NARROWER)), "by its condition on `aws:SourceIp`", id="a-part"),
        pytest.param(
            policy(deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:5::/48"]}})),
            "by its condition on `aws:SourceIp`",
            id="another-ipv6-network",
        ),
    ],
)
def test_a_lock_out_says_why(document: PolicyDocument, because: str) -> None:
    """In the words that fit what the Deny says."""
    (lockout,) = prove(document, OFFICE, now=NOW).lockouts
    assert because in lockout.because


def test_a_witness_over_an_endpoint_does_not_use_a_declared_one() -> None:
    """Whatever the declared ones are called."""
    declared = ("vpce-0a1b2c3d", "vpce-00", "vpce-01")
    escapes = prove(
        policy({**deny(), "Effect": "Allow"}), replace(OFFICE, vpc_endpoints=declared), now=NOW
    ).escapes
    (found,) = [witness.context["aws:SourceVpce"] for witness in escapes if witness.channel == "vpc-endpoint"]
    assert str(found).startswith("vpce-0")
    assert found not in declared


def test_work_past_the_bound_is_unknown() -> None:
    """Patterns that would take for ever are given up, and said so."""
    patterns = [f"*{letter}{'?' * 18}" for letter in "abcdefgh"]
    proof = prove(policy(deny(also(StringNotLike={"aws:Referer": patterns}))), OFFICE, now=NOW)
    assert proof.verdict is Verdict.UNKNOWN
    assert any("too many ways" in reason for reason in proof.undecided)


def test_residuals_name_the_root_user_and_every_exemption() -> None:
    """What no Deny can prevent, and what was declared, is always told."""
    residual = " ".join(prove(policy(deny()), EXEMPT, now=NOW).residual)
    for what in ("root user", "vpce-1", ROLE, "AWS services"):
        assert what in residual
