"""Server access logs: S3's format, delivered as long as the log bucket's policy lets the service in."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from local.aws.access_log import Entry
from tests.conftest import Aws

LINE = re.compile(
    r"(?P<owner>\S+) (?P<bucket>\S+) \[(?P<time>[^\]]+)\] (?P<address>\S+) (?P<requester>\S+) (?P<id>\S+) "
    r'(?P<operation>\S+) (?P<key>\S+) "(?P<uri>[^"]*)" (?P<status>\d+) (?P<error>\S+) (?P<sent>\S+) '
    r'(?P<size>\S+) (?P<total>\S+) (?P<turn>\S+) "(?P<referer>[^"]*)" "(?P<agent>[^"]*)" (?P<version>\S+) '
    r"(?P<host_id>\S+) (?P<signature>\S+) (?P<cipher>\S+) (?P<auth>\S+) (?P<host>\S+) (?P<tls>\S+) \S+ \S+"
)


def delivery_policy(source: str, target: str, addresses: str | None = None) -> str:
    """A log bucket's policy; with ``addresses`` it has a Deny that forgets to exempt the service."""
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target}/access/*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{source}"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        },
    }
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target}/*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": addresses}},
    }
    statements = [allow, deny] if addresses else [allow]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def target(new_bucket: str) -> str:
    """The log bucket."""
    return new_bucket


def logged(aws: Aws, target: str, seconds: float, awaited: str) -> list[re.Match[str]]:
    """The log's lines, as soon as there is one of the awaited operation, at most after that time."""
    s3 = aws("s3")
    deadline = time.monotonic() + seconds
    while True:
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=target).get("Contents", [])]
        text = "".join(s3.get_object(Bucket=target, Key=key)["Body"].read().decode() for key in keys)
        lines = [found for line in text.splitlines() if (found := LINE.fullmatch(line))]
        if any(line["operation"] == awaited for line in lines) or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert all(re.fullmatch(r"access/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}", key) for key in keys)
    return lines


def turn_on(aws: Aws, source: str, target: str) -> None:
    """Have the source's access logged into the target."""
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "access/"}}
    aws("s3").put_bucket_logging(Bucket=source, BucketLoggingStatus=status)


@pytest.fixture
def source(aws: Aws) -> str:
    """A bucket whose access is logged; it stays, as its log is still being written."""
    name = f"logged-{time.time_ns()}"
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    return name


def test_access_and_refusals_are_logged(aws: Aws, source: str, target: str) -> None:
    """One line a request: who, from where, what, and how it ended."""
    s3 = aws("s3")
    s3.put_bucket_policy(Bucket=target, Policy=delivery_policy(source, target))
    turn_on(aws, source, target)
    s3.put_object(Bucket=source, Key="a b.txt", Body=b"hello")
    with pytest.raises(ClientError):
        aws("s3", "outside", aws_secret_access_key="wrong").get_object(Bucket=source, Key="a b.txt")
    lines = {line["operation"]: line for line in logged(aws, target, 10, "REST.GET.OBJECT")}
    put, refused = lines["REST.PUT.OBJECT"], lines["REST.GET.OBJECT"]
    assert (put["bucket"], put["address"], put["status"], put["size"]) == (source, "203.0.113.10", "200", "5")
    assert put["requester"] == "arn:aws:iam::111122223333:user/admin"
    assert put["key"] == "a%20b.txt"
    assert (put["signature"], put["auth"], put["tls"]) == ("SigV4", "AuthHeader", "TLSv1.3")
    assert (refused["address"], refused["status"]) == ("198.51.100.7", "403")
    assert refused["error"] == "SignatureDoesNotMatch"


def test_a_deny_that_forgets_the_service_stops_the_logs(aws: Aws, source: str, target: str) -> None:
    """As on AWS nobody is informed; the objects just do not come."""
    s3 = aws("s3")
    s3.put_bucket_policy(Bucket=target, Policy=delivery_policy(source, target, "203.0.113.0/24"))
    turn_on(aws, source, target)
    s3.put_object(Bucket=source, Key="a", Body=b"")
    assert logged(aws, target, 2.5, "REST.PUT.OBJECT") == []


def test_a_target_that_is_not_there_is_refused(aws: Aws, source: str) -> None:
    """PutBucketLogging says so at once."""
    with pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        turn_on(aws, source, "no-such-bucket-at-all")


def entry(**changed: object) -> Entry:
    """A GET of an object, changed as given."""
    fields: dict[str, object] = {
        "owner": "o",
        "bucket": "b",
        "time": datetime(2026, 2, 6, 0, 0, 38, tzinfo=UTC),
        "address": "2001:db8::1",
        "requester": None,
        "request_id": "R",
        "method": "GET",
        "key": "k",
        "query": (),
        "uri": "/b/k",
        "status": 200,
        "error": None,
        "sent": 0,
        "size": None,
        "milliseconds": 7,
        "referer": None,
        "agent": 'a "quoted" agent',
        "version": None,
        "host_id": "h",
        "auth": None,
        "host": "s3",
        "tls": False,
    }
    return Entry(**{**fields, **changed})  # type: ignore[arg-type]


def test_a_line_has_a_dash_for_everything_that_is_not_there() -> None:
    """The anonymous over plain HTTP have no requester, no signature and no TLS."""
    assert entry().line() == (
        'o b [06/Feb/2026:00:00:38 +0000] 2001:db8::1 - R REST.GET.OBJECT k "GET /b/k HTTP/1.1" 200 - - '
        '- 7 7 "-" "a "quoted" agent" - h - - - s3 - - -'
    )


@pytest.mark.parametrize(
    ("changed", "operation"),
    [
        pytest.param({"key": "", "query": ("list-type", "prefix")}, "REST.GET.BUCKET", id="listing"),
        pytest.param(
            {"key": "", "query": ("policy",), "method": "PUT"}, "REST.PUT.BUCKETPOLICY", id="policy"
        ),
        pytest.param({"key": "", "query": ("versioning",)}, "REST.GET.VERSIONING", id="versioning"),
        pytest.param(
            {"key": "", "query": ("delete",), "method": "POST"}, "REST.POST.MULTI_OBJECT_DELETE", id="many"
        ),
        pytest.param({"query": ("tagging",)}, "REST.GET.OBJECT_TAGGING", id="object tagging"),
        pytest.param({"query": ("partNumber", "uploadId"), "method": "PUT"}, "REST.PUT.PART", id="part"),
        pytest.param({"method": "HEAD"}, "REST.HEAD.OBJECT", id="head"),
    ],
)
def test_operations_are_named_as_s3_names_them(changed: dict[str, object], operation: str) -> None:
    """The operation shows the method and what it addressed."""
    assert entry(**changed).operation == operation
