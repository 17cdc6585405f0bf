"""Lock-outs and dead Allows of small policies, by trying: every request of a few that distinguish such
policies is given to the evaluator. Nothing here is of the prover.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from typing import Any

from s3_perimeter import Decision, PolicyDocument, Principal, Request, arriving, evaluate
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, LIST, ROLE

Statement = dict[str, Any]

OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/eve"
ENDPOINT = "vpce-0a1b2c3d"
QUARTERS = {
    "203.0.113.0/26": "203.0.113.7",
    "203.0.113.64/26": "203.0.113.77",
    "203.0.113.128/25": "203.0.113.200",
    LIST[1]: "2001:db8:1234::7",
}
"""The parts of the allow-list that the policies distinguish, each with an address."""
OUTSIDE = ("198.51.100.7", "2001:db8:ffff::7")
MOMENTS = ("2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z", "2099-01-01T00:00:00Z")
"""Now, and on and after the one day that the policies name."""
DAY = MOMENTS[1]
JOBS = {
    "list the bucket": ("s3:ListBucket",),
    "read objects": ("s3:GetObject",),
    "write objects": ("s3:PutObject",),
    "maintain the bucket": (
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:GetBucketTagging",
    ),
}
ACTIONS: Sequence[object] = (
    "s3:*",
    "*",
    "s3:GetObject",
    "s3:Put*",
    "s3:*Policy",
    ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
    ["s3:ListBucket", "s3:GetBucketTagging"],
    "s3:Get*",
)
CONDITIONS: Sequence[dict[str, dict[str, object]]] = (
    {"NotIpAddress": {"aws:SourceIp": LIST}},
    {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}},
    {"NotIpAddress": {"aws:SourceIp": LIST[0]}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.64/26"}},
    {"Null": {"aws:SourceIp": "false"}},
    {"ArnNotEquals": {"aws:PrincipalArn": ROLE}},
    {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, OTHER_ROLE]}},
    {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}},
    {"StringEquals": {"aws:PrincipalType": "User"}},
    {"StringNotEquals": {"aws:PrincipalType": ["User", "FederatedUser"]}},
    {"StringNotEquals": {"aws:SourceVpce": ENDPOINT}},
    {"StringNotEquals": {"aws:PrincipalServiceName": "logging.s3.amazonaws.com"}},
    {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    {"BoolIfExists": {"aws:ViaAWSService": "false"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"NumericLessThan": {"s3:TlsVersion": "1.3"}},
    {"NumericGreaterThan": {"s3:TlsVersion": "1.2"}},
    {"DateGreaterThan": {"aws:CurrentTime": DAY}},
    {"DateLessThan": {"aws:CurrentTime": DAY}},
    {"StringEquals": {"aws:Referer": "x"}},
    {"StringNotEquals": {"aws:Referer": "x"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"StringNotEquals": {"s3:x-amz-acl": "private"}},
)


def statement(
    chance: Random,
    effect: str = "Deny",
    actions: Sequence[object] = ACTIONS,
    conditions_of: Sequence[dict[str, dict[str, object]]] = CONDITIONS,
) -> Statement:
    """A statement about the bucket, its objects or both, under none to three conditions."""
    found: Statement = {"Effect": effect, "Principal": "*"}
    found["NotAction" if chance.random() < 0.15 else "Action"] = chance.choice(actions)
    found["Resource"] = chance.choice(
        ([BUCKET, f"{BUCKET}/*"], [BUCKET, f"{BUCKET}/*"], BUCKET, f"{BUCKET}/*", f"{BUCKET}/one")
    )
    conditions: dict[str, dict[str, object]] = {}
    for each in chance.sample(conditions_of, chance.choice((0, 1, 1, 2, 3))):
        ((operator, keys),) = each.items()
        if not set(keys) & set(conditions.get(operator, {})):
            conditions[operator] = {**conditions.get(operator, {}), **keys}
    return {**found, "Condition": conditions} if conditions else found


def requests(
    channel: str, people: Sequence[str], action: str, moment: str, source_ip: str | None
) -> Iterator[Request]:
    """Every ordinary request for an action at a moment that such policies distinguish."""
    on_object = action.endswith("Object")
    objects = (f"{BUCKET}/one", f"{BUCKET}/two") if on_object else (BUCKET,)
    endpoint = {"aws:SourceVpce": ENDPOINT} if channel == "vpc-endpoint" else {}
    for arn, place, version in product(people, objects, ("1.3", "1.2")):
        keys = {**endpoint, "aws:CurrentTime": moment, "s3:TlsVersion": version}
        who = Principal.of_arn(arn)
        # What a caller or a session may or may not carry.
        sessions: Sequence[dict[str, str]] = ({}, {"aws:MultiFactorAuthPresent": "true"})
        acls: Sequence[dict[str, str]] = ({}, {"s3:x-amz-acl": "private"})
        acls = acls if action == "s3:PutObject" else acls[:1]
        for session, acl, referer in product(sessions, acls, ({}, {"aws:Referer": "x"})):
            yield arriving(
                channel,
                who,
                action,
                place,
                source_ip=source_ip,
                context={**keys, **session, **acl, **referer},
            )


def is_shut(policy: PolicyDocument, asked: Iterator[Request]) -> bool:
    """Whether every one of the requests is denied."""
    return all(evaluate(policy, each).decision is Decision.EXPLICIT_DENY for each in asked)


def locked_out(policy: PolicyDocument, people: Sequence[str]) -> dict[str, set[str]]:
    """The parts of the allow-list from which some action of each job is denied, at some moment."""
    found: dict[str, set[str]] = {}
    for job, actions in JOBS.items():
        for part, address in QUARTERS.items():
            for action, moment in product(actions, MOMENTS):
                if is_shut(policy, requests("public-signed", people, action, moment, address)):
                    found.setdefault(job, set()).add(part)
                    break
    return found


def kept_out(policy: PolicyDocument, channel: str, people: Sequence[str], jobs: Sequence[str]) -> set[str]:
    """The jobs of which an exempt caller cannot do some action at some moment, from wherever."""
    addresses: Sequence[str | None] = OUTSIDE if channel == "public-signed" else (None,)
    return {
        job
        for job in jobs
        if any(
            all(is_shut(policy, requests(channel, people, action, moment, each)) for each in addresses)
            for action, moment in product(JOBS[job], MOMENTS)
        )
    }
