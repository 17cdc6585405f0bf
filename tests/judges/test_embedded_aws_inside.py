"""The embedded AWS as a judge of lock-outs and dead Allows: whom the prover calls locked out is refused, and
nobody else; what it calls a dead Allow gives nobody access, and what it does not gives somebody some.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from tests.conftest import Aws

pytestmark = pytest.mark.e2e

ACCOUNT = "111122223333"
BUCKET = "judged-inside"
ARN = f"arn:aws:s3:::{BUCKET}"
LIST = ["203.0.113.0/24", "2001:db8:1234::/48"]
PARTS = {"203.0.113.0/25": "203.0.113.7", "203.0.113.128/25": "203.0.113.200", LIST[1]: "2001:db8:1234::7"}
OUTSIDE = ("198.51.100.7", "2001:db8::7")
FENCE = Perimeter(bucket=BUCKET, allowed=AddressSet.parse(LIST), account=ACCOUNT)

Statement = dict[str, Any]


def deny(condition: dict[str, Any] | None = None, **changed: object) -> Statement:
    """The fence, but for what is changed."""
    found: Statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": LIST}} if condition is None else condition,
        **changed,
    }
    return {name: value for name, value in found.items() if value not in (None, {})}


def allow(condition: dict[str, Any] | None = None, **changed: object) -> Statement:
    """An Allow for everybody to read objects, but for what is changed."""
    return deny(
        condition or {}, **{"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{ARN}/*", **changed}
    )


def document(statements: list[Statement]) -> str:
    """The policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def root(aws: Aws) -> Iterator[Any]:
    """The bucket with two objects, by root's own client, which no policy binds."""
    client = aws("s3", "root", aws_access_key_id="test", aws_secret_access_key="test")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    client.delete_public_access_block(Bucket=BUCKET)
    for key in ("one", "two"):
        client.put_object(Bucket=BUCKET, Key=key, Body=b"inside")
    yield client
    client.delete_bucket_policy(Bucket=BUCKET)
    for key in ("one", "two", "written"):
        client.delete_object(Bucket=BUCKET, Key=key)
    client.delete_bucket(Bucket=BUCKET)


def person(aws: Aws, name: str, actions: str | None) -> dict[str, str]:
    """The key of an IAM user who may do these actions by IAM, or nothing."""
    iam = aws("iam")
    iam.create_user(UserName=name)
    if actions:
        granted = [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(granted))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}


@pytest.fixture(scope="module")
def administrator(aws: Aws) -> dict[str, str]:
    """Somebody whom IAM allows everything."""
    return person(aws, "judged-administrator", "*")


@pytest.fixture(scope="module")
def reader(aws: Aws) -> dict[str, str]:
    """Somebody whom IAM allows nothing: what they may do, the bucket policy allows."""
    return person(aws, "judged-reader", None)


def refused(send: Callable[[], object]) -> bool:
    """Whether a request is denied; any other error is an answer about what is or is not there."""
    try:
        send()
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return True
    return False


def jobs(client: Any, policy: str) -> Mapping[str, list[list[Callable[[], object]]]]:
    """For each job its actions, each with the ways to send it."""
    here = {"Bucket": BUCKET}
    write = {**here, "Key": "written", "Body": b"x"}
    return {
        "list the bucket": [[lambda: client.list_objects_v2(**here)]],
        "read objects": [
            [lambda: client.get_object(**here, Key="one"), lambda: client.get_object(**here, Key="two")]
        ],
        "write objects": [
            [lambda: client.put_object(**write), lambda: client.put_object(**write, ACL="private")]
        ],
        "maintain the bucket": [
            [lambda: client.get_bucket_policy(**here)],
            [lambda: client.get_bucket_tagging(**here)],
            [lambda: client.put_bucket_policy(**here, Policy=policy)],
            [lambda: client.delete_bucket_policy(**here)],
        ],
    }


TAKEN_AWAY = ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]
LOCKOUTS: dict[str, list[Statement]] = {
    "the fence alone": [deny()],
    "half of the list": [deny(), deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", LIST[1]]}})],
    "IPv4 alone": [deny({"NotIpAddress": {"aws:SourceIp": LIST[0]}})],
    "IPv6 alone": [deny({"NotIpAddress": {"aws:SourceIp": LIST[1]}})],
    "two lists that do not meet": [
        deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/25"}}),
        deny({"NotIpAddress": {"aws:SourceIp": ["203.0.113.128/25"]}}),
    ],
    "everybody": [deny({})],
    "the policy may not be changed": [deny(), deny({}, Action=TAKEN_AWAY)],
    "the policy may not be deleted": [deny(), deny({}, Action="s3:DeleteBucketPolicy")],
    "tags may not be read": [deny(), deny({}, Action="s3:GetBucketTagging")],
    "no writing": [deny(), deny({}, Action="s3:Put*")],
    "no reading of one object": [deny(), deny({}, Action="s3:GetObject", Resource=f"{ARN}/one")],
    "no reading": [deny(), deny({}, Action="s3:GetObject")],
    "nothing but reading": [deny(), deny({}, Action=None, NotAction="s3:GetObject")],
    "writing with a header": [
        deny(),
        deny({"StringNotEquals": {"s3:x-amz-acl": "private"}}, Action="s3:PutObject"),
    ],
    "writing without a header": [
        deny(),
        deny({"StringEquals": {"s3:x-amz-acl": "private"}}, Action="s3:PutObject"),
    ],
    "after a day that is past": [
        deny(),
        deny({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
    ],
    "before a day that is past": [
        deny(),
        deny({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
    ],
    "after a day to come": [deny(), deny({"DateGreaterThan": {"aws:CurrentTime": "2999-01-01T00:00:00Z"}})],
    "a key of CreateBucket alone": [
        deny(),
        deny({"StringNotEquals": {"s3:LocationConstraint": "x"}}, Action="s3:ListBucket"),
    ],
}


@pytest.mark.parametrize("statements", LOCKOUTS.values(), ids=LOCKOUTS.keys())
def test_whoever_is_locked_out_is_refused_and_nobody_else(
    root: Any, administrator: dict[str, str], aws: Aws, statements: list[Statement]
) -> None:
    """Job by job, from an address of each part of the allow-list, by somebody whom IAM allows everything."""
    policy = document(statements)
    found = prove(PolicyDocument.parse(policy), FENCE).lockouts
    for part, address in PARTS.items():
        client = aws("s3", aws.stand.vantage(address), **administrator)
        root.put_bucket_policy(Bucket=BUCKET, Policy=policy)
        for job, actions in jobs(client, policy).items():
            done = all(not all(refused(send) for send in ways) for ways in actions)
            locked = any(
                job in lockout.jobs
                and lockout.since is None
                and AddressSet.parse([part]).issubset(AddressSet.parse(lockout.networks))
                for lockout in found
            )
            assert done is not locked, (job, address)


DEAD: dict[str, tuple[list[Statement], bool]] = {
    "everybody": ([deny(), allow()], False),
    "from inside": ([deny(), allow({"IpAddress": {"aws:SourceIp": LIST}})], False),
    "from outside": ([deny(), allow({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})], True),
    "from one half": ([deny(), allow({"IpAddress": {"aws:SourceIp": "203.0.113.128/25"}})], False),
    "through an endpoint": ([deny(), allow({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})], True),
    "without TLS": (
        [deny({"Bool": {"aws:SecureTransport": "false"}}), allow({"Bool": {"aws:SecureTransport": "false"}})],
        True,
    ),
    "with TLS": (
        [deny({"Bool": {"aws:SecureTransport": "false"}}), allow({"Bool": {"aws:SecureTransport": "true"}})],
        False,
    ),
    "of an object that is denied": ([deny({}, Resource=f"{ARN}/one"), allow(Resource=f"{ARN}/one")], True),
    "of all objects, one of them denied": ([deny({}, Resource=f"{ARN}/one"), allow()], False),
    "of an action that is denied": ([deny({}, Action="s3:Get*"), allow()], True),
    "behind a Deny of all else": ([deny({}, Action=None, NotAction="s3:GetObject"), allow()], False),
    "behind a Deny since a day that is past": (
        [deny({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), allow()],
        True,
    ),
    "behind a Deny until a day that is past": (
        [deny({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), allow()],
        False,
    ),
    "behind a key of CreateBucket alone": (
        [deny({"StringNotEquals": {"s3:LocationConstraint": "x"}}), allow()],
        True,
    ),
    "of listing, behind a Deny of a prefix": (
        [
            deny({"StringEquals": {"s3:prefix": "x"}}, Action="s3:ListBucket", Resource=ARN),
            allow(Action="s3:ListBucket", Resource=ARN),
        ],
        False,
    ),
}


@pytest.mark.parametrize(("statements", "dead"), DEAD.values(), ids=DEAD.keys())
def test_an_allow_is_dead_where_nobody_gets_anything_by_it(
    root: Any, reader: dict[str, str], aws: Aws, statements: list[Statement], dead: bool
) -> None:
    """Asked by somebody whom only the bucket policy allows something, and by the anonymous, from inside and
    outside, with TLS and without.
    """
    policy = document(statements)
    assert bool(prove(PolicyDocument.parse(policy), FENCE).dead_allows) is dead
    root.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    anonymous = {"config": Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})}
    clients = (
        aws("s3", aws.stand.vantage(address, tls=tls), **options)
        for options in (reader, anonymous)
        for address in (*PARTS.values(), *OUTSIDE)
        for tls in (True, False)
    )
    listing_and_reading = (
        send
        for client in clients
        for actions in list(jobs(client, policy).values())[:2]
        for ways in actions
        for send in ways
    )
    assert all(map(refused, listing_and_reading)) is dead
