"""Policies that nobody is known to get past, and that are not proved, each with the channels in doubt."""

from tests.s3_perimeter.policies import ACCOUNT, also, deny, policy
from tests.s3_perimeter.proof.verdict_policies import EVERY

_ROLES = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("one", "other")]
_SIGNED = ("public-signed", "forward-access", "vpc-endpoint")
_NO_VERSION = deny(also(Null={"s3:TlsVersion": "true"}))

IN_DOUBT = {
    "the-rest-of-a-second-that-the-other-key-counts-whole": (
        policy(
            deny(also(DateLessThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00.9Z"})),
            deny(also(DateGreaterThan={"aws:EpochTime": "2030-01-01T00:00:00.3Z"})),
        ),
        EVERY,
    ),
    "one-moment-within-a-second": (
        policy(
            deny(also(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00.5Z"})),
            deny(also(DateGreaterThan={"aws:CurrentTime": "2030-01-01T00:00:00.5Z"})),
        ),
        EVERY,
    ),
    "a-version-below-one": (
        policy(deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "0.5"})), _NO_VERSION),
        EVERY,
    ),
    "a-version-between-two": (
        policy(
            deny(also(NumericLessThanEquals={"s3:TlsVersion": "1.31"})),
            deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.32"})),
            _NO_VERSION,
        ),
        EVERY,
    ),
    "a-version-above-all": (
        policy(deny(also(NumericLessThanEquals={"s3:TlsVersion": "2.5"})), _NO_VERSION),
        EVERY,
    ),
    "a-version-that-a-service-may-lack": (
        policy(
            deny(also(NumericLessThan={"s3:TlsVersion": "1.2"})),
            deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.2"})),
            deny({"Bool": {"aws:SecureTransport": "false"}}),
        ),
        ("forward-access", "aws-service"),
    ),
    "one-version": (policy(deny(also(NumericNotEquals={"s3:TlsVersion": "7"}))), EVERY),
    "one-version-as-text": (policy(deny(also(StringNotEquals={"s3:TlsVersion": "7"}))), EVERY),
    "any-version-but-one-that-cannot-be-read": (
        policy(
            deny(also(NumericLessThanEquals={"s3:TlsVersion": ["new", "1.3"]})),
            deny(also(NumericGreaterThan={"s3:TlsVersion": "1.4"})),
            _NO_VERSION,
        ),
        EVERY,
    ),
    "a-number-past-all-likely-ones": (
        policy(deny(also(NumericLessThanEqualsIfExists={"s3:signatureAge": "2147483647"}))),
        EVERY,
    ),
    "the-account-of-a-service": (
        policy(
            deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"})),
            deny(also(StringNotEquals={"aws:PrincipalAccount": ACCOUNT})),
        ),
        ("aws-service",),
    ),
    "the-user-id-of-the-root-user": (
        policy(
            deny(also(StringNotEquals={"aws:userid": ACCOUNT})),
            deny(also(ArnNotLike={"aws:PrincipalArn": "arn:*:iam::*:root"})),
        ),
        _SIGNED,
    ),
    "the-user-id-of-a-federated-user": (
        policy(
            deny(also(StringNotLike={"aws:userid": "????????????:??"})),
            deny(also(ArnNotLike={"aws:PrincipalArn": "arn:*:sts::*:federated-user/*"})),
        ),
        _SIGNED,
    ),
    "a-session-older-than-can-be": (
        policy(deny(also(DateGreaterThanEqualsIfExists={"aws:TokenIssueTime": "2026-10-30T12:00:00Z"}))),
        _SIGNED,
    ),
    "roles-made-again": (
        policy(deny(Principal={"AWS": _ROLES}), deny(also(ArnNotEquals={"aws:PrincipalArn": _ROLES}))),
        (*_SIGNED, "aws-service"),
    ),
}
