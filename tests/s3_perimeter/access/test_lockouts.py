"""The proof and lock-outs: which networks of the allow-list a policy locks out, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, EXPIRING, LIST, NOW, OFFICE, ROLE, deny, policy

NARROWER = {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}}
CLOUDFRONT = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2ABCDEFGHIJKL"
FAR_HALF = ["203.0.113.128/25"]

NOBODY_LOCKED_OUT: dict[str, dict[str, dict[str, object]]] = {
    "signed-by-header": {"StringNotEquals": {"s3:authType": "REST-HEADER"}},
    "signed-with-version-4": {"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}},
    "for-buckets-of-the-account": {"StringNotEquals": {"aws:ResourceAccount": ACCOUNT}},
    "for-one-region": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    "for-an-organization": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    "for-some-user-ids": {"StringNotLike": {"aws:userId": ["AROAEXAMPLEID:*", ACCOUNT]}},
    "for-federated-users": {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:sts::{ACCOUNT}:federated-user/*"}},
    "for-those-with-mfa": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    "from-a-web-site": {"StringNotLike": {"aws:Referer": "https://example.com/*"}},
    "by-an-unheard-of-key": {"StringNotEquals": {"s3:NeverHeardOf": "x"}},
}


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
        pytest.param(
            policy(deny(), deny({"IpAddress": {"aws:SourceIp": "203.0.113.128/25"}})),
            OFFICE,
            ["203.0.113.128/25"],
            id="one-half-named",
        ),
        pytest.param(
            policy(deny({"StringNotEquals": {"aws:SourceIp": LIST}})), OFFICE, [], id="not-surely-by-a-text"
        ),
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
            policy(deny(), deny({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
            OFFICE,
            LIST,
            id="for-the-own-account",
        ),
        pytest.param(
            policy(deny(), deny({"Null": {"aws:SourceIp": "false"}})), OFFICE, LIST, id="with-any-address"
        ),
        pytest.param(
            policy(
                deny(),
                deny(
                    {
                        "StringEquals": {"aws:PrincipalAccount": ACCOUNT},
                        "IpAddress": {"aws:SourceIp": FAR_HALF},
                    }
                ),
            ),
            OFFICE,
            FAR_HALF,
            id="for-the-own-account-from-one-half",
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
            policy(deny(), deny(NARROWER, Action="s3:ListBucket", Resource=[BUCKET, f"{BUCKET}/x*"])),
            OFFICE,
            FAR_HALF,
            id="listing-the-bucket-next-to-some-objects",
        ),
        pytest.param(
            policy(deny({}, Principal=None, NotPrincipal={"AWS": CLOUDFRONT})),
            replace(OFFICE, account=None),
            LIST,
            id="for-everybody-but-cloudfront",
        ),
        pytest.param(
            policy(deny(), deny(NARROWER, Action="s3:PutObject")), OFFICE, FAR_HALF, id="writing-objects"
        ),
        pytest.param(
            policy(deny(), deny({"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}})),
            OFFICE,
            LIST,
            id="for-everybody-but-the-root-user",
        ),
        pytest.param(
            policy(
                deny(), deny(NARROWER), deny({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}})
            ),
            OFFICE,
            FAR_HALF,
            id="for-everybody-next-to-for-some-users",
        ),
        *(
            pytest.param(policy(deny(), deny(condition)), OFFICE, [], id=name)
            for name, condition in NOBODY_LOCKED_OUT.items()
        ),
        pytest.param(
            policy(deny(), deny({}, Resource=f"{BUCKET}/key")), OFFICE, [], id="the-one-object-of-that-name"
        ),
        pytest.param(
            policy(deny(), deny({}, Resource=[f"{BUCKET}/key", f"{BUCKET}/*"])),
            OFFICE,
            LIST,
            id="every-object",
        ),
        pytest.param(
            policy(deny(), deny({"StringNotEquals": {"s3:x-amz-acl": "private"}})),
            OFFICE,
            LIST,
            id="a-header-that-reading-does-not-take",
        ),
        pytest.param(
            policy(deny(), deny({"StringNotEquals": {"s3:authType": "POST"}})), OFFICE, LIST, id="forms-only"
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
def test_a_lock_out_names_the_networks_that_are_locked_out(
    document: PolicyDocument, fence: Perimeter, networks: list[str]
) -> None:
    """An ordinary signed HTTPS request from these networks would be denied."""
    locked_out = AddressSet.nothing()
    for lockout in prove(document, fence, now=NOW).lockouts:
        assert lockout.because
        locked_out |= AddressSet.parse(lockout.networks)
    assert locked_out == AddressSet.parse(networks)


@pytest.mark.parametrize(
    ("document", "because"),
    [
        pytest.param(policy(deny({})), "like everybody else", id="no-condition"),
        pytest.param(
            policy(deny({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
            "no condition on `aws:SourceIp`",
            id="another-condition",
        ),
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


@pytest.mark.parametrize(("later", "networks"), [(-1, FAR_HALF), (0, []), (1, [])])
def test_an_entry_that_is_over_cannot_be_locked_out(later: int, networks: list[str]) -> None:
    """`until` is the first moment at which it is refused, and rightly."""
    moment = EXPIRING.expiring[0].until + timedelta(seconds=later)
    found = prove(policy(deny(NARROWER)), EXPIRING, now=moment).lockouts
    assert [network for lockout in found for network in lockout.networks] == networks


def test_an_allow_list_that_is_over_locks_nobody_out() -> None:
    """There is nobody left to be allowed."""
    over = replace(EXPIRING, expiring=(replace(EXPIRING.expiring[0], addresses=OFFICE.allowed, until=NOW),))
    assert prove(policy(deny({})), over, now=NOW).lockouts == ()
