"""The embedded AWS as a judge: a witness sent as a real request gets in, what is proved allows nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, prove
from s3_perimeter.proof import Witness
from tests.conftest import Aws
from tests.local.asking import claim
from tests.s3_perimeter.proof.subtle_policies import LEAKING, OFFICE, SEALED

pytestmark = pytest.mark.e2e

ACCOUNT = "111122223333"
WITNESS = f"arn:aws:iam::{ACCOUNT}:user/someone"
BUCKET = "judged"
KEYS = ("key", "x", "public/", "a.b", "in/x", "folder/inner/file")

# The addresses next to 203.0.113.0/24, the ends of both families, and others' networks.
BOUNDARY = (
    *("203.0.112.255", "203.0.114.0", "0.0.0.1", "255.255.255.254", "198.51.100.7"),
    *("::1", "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"),
)

# What S3 does not take as this bucket's policy: others' ARNs, others' actions, a user that does not exist.
REFUSED = {
    *("bucket in capitals", "another bucket", "another partition", "partition by wildcard"),
    *("region filled in", "account filled in", "access point", "resource star", "bucket by wildcard"),
    *("one user only", "everything but another service", "everything but another bucket"),
}

# Context that a client on the embedded AWS can bring about, in addition to address and transport.
SENT = {"aws:UserAgent": "User-Agent", "aws:Referer": "Referer"}
GIVEN = {
    *("aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalType"),
    *("aws:username", "aws:ViaAWSService", "s3:TlsVersion", "aws:SourceIp", "aws:SecureTransport"),
    *SENT,
}


def renamed(statements: list[dict[str, Any]]) -> str:
    """The policy for a bucket whose name S3 would take."""
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return re.sub(r"(arn:(?:aws|\*):s3:::)b(?=[/*\"])", rf"\g<1>{BUCKET}", text)


def fence() -> Perimeter:
    """The perimeter that both tables are judged against."""
    return Perimeter(bucket=BUCKET, allowed=AddressSet.parse([OFFICE]), account=ACCOUNT)


@pytest.fixture(scope="module")
def bucket(aws: Aws) -> Iterator[Any]:
    """The judged bucket with a few objects, by root's own client, which no policy binds."""
    root = aws("s3", "root", aws_access_key_id="test", aws_secret_access_key="test")
    root.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    root.delete_public_access_block(Bucket=BUCKET)
    for key in KEYS:
        root.put_object(Bucket=BUCKET, Key=key, Body=b"inside")
    yield root
    root.delete_bucket_policy(Bucket=BUCKET)
    for key in (*KEYS, "intruder"):
        root.delete_object(Bucket=BUCKET, Key=key)
    root.delete_bucket(Bucket=BUCKET)


@pytest.fixture(scope="module")
def someone(aws: Aws) -> dict[str, str]:
    """The key of the IAM user that witnesses name, allowed everything by IAM."""
    iam = aws("iam")
    iam.create_user(UserName="someone")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_user_policy(
        UserName="someone",
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    made = iam.create_access_key(UserName="someone")["AccessKey"]
    return {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}


def requests(client: Any, key: str) -> dict[str, Callable[[], object]]:
    """The requests that a witness's action can be sent as."""
    return {
        "s3:GetObject": lambda: client.get_object(Bucket=BUCKET, Key=key),
        "s3:PutObject": lambda: client.put_object(Bucket=BUCKET, Key="intruder", Body=b"x"),
        "s3:DeleteObject": lambda: client.delete_object(Bucket=BUCKET, Key="intruder"),
        "s3:ListBucket": lambda: client.list_objects_v2(Bucket=BUCKET),
        "s3:GetBucketPolicy": lambda: client.get_bucket_policy(Bucket=BUCKET),
    }


def sendable(statements: list[dict[str, Any]]) -> Witness | None:
    """The witness that a client of the embedded AWS can send; None where it needs more than that."""
    for witness in prove(PolicyDocument.parse(renamed(statements)), fence()).escapes:
        if (
            witness.channel == "public-signed"
            and witness.principal == WITNESS
            and witness.action in requests(None, "")
            and not witness.resource.endswith("/")  # the emulator judges `public/` as `public`
            and set(witness.context) <= GIVEN
        ):
            return witness
    return None


WITNESSES = {
    name: (rows, found) for name, rows in LEAKING.items() if name not in REFUSED and (found := sendable(rows))
}
PROVED = {name: rows for name, rows in SEALED.items() if name not in REFUSED}


def test_most_leaks_can_be_tried_for_real() -> None:
    """A judge that tries nothing would agree with anything."""
    assert len(WITNESSES) >= 35


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_policy_that_is_not_about_the_bucket_is_refused(bucket: Any, name: str) -> None:
    """These rows are the prover's alone: S3 takes no such policy, so nothing can be tried."""
    with pytest.raises(ClientError) as refused:
        bucket.put_bucket_policy(Bucket=BUCKET, Policy=renamed((LEAKING | SEALED)[name]))
    assert refused.value.response["Error"]["Code"] == "MalformedPolicy"


@pytest.mark.parametrize(("statements", "witness"), WITNESSES.values(), ids=WITNESSES.keys())
def test_the_witness_of_a_leak_gets_in(
    bucket: Any, someone: dict[str, str], aws: Aws, statements: list[dict[str, Any]], witness: Witness
) -> None:
    """What the prover shows is no theory: the request, sent from that address, is answered."""
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=renamed(statements))
    encrypted = witness.context.get("aws:SecureTransport") != "false"
    assert witness.source_ip is not None
    client = aws("s3", aws.stand.vantage(witness.source_ip, tls=encrypted), **someone)
    for name in SENT.keys() & witness.context.keys():
        claim(client, SENT[name], str(witness.context[name]))
    key = witness.resource.partition("/")[2]
    requests(client, key)[witness.action]()


@pytest.mark.parametrize("statements", PROVED.values(), ids=PROVED.keys())
def test_nobody_at_the_boundary_gets_past_a_proved_policy(
    bucket: Any, someone: dict[str, str], aws: Aws, statements: list[dict[str, Any]]
) -> None:
    """From addresses next to the allow-list and from the ends of both families, with a key and without."""
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=renamed(statements))
    anonymous = {"config": Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})}
    for options in (someone, anonymous):
        client = aws("s3", "anywhere", **options)
        here = {"address": ""}
        client.meta.events.register(
            "before-send.s3.*",
            lambda request, here=here, **_: request.headers.__setitem__("X-Forwarded-For", here["address"]),
        )
        for address in BOUNDARY:
            here["address"] = address
            for name, send in requests(client, "key").items():
                with pytest.raises(ClientError) as refused:
                    send()
                assert refused.value.response["Error"]["Code"] == "AccessDenied", f"{name} from {address}"
