"""The drift check of a fleet: a thousand stacks with canned answers, compared with bare boto3 making the
same calls.
"""

from __future__ import annotations

import json
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.rows import Row
from s3_perimeter.drift.check import Options
from s3_perimeter.drift.clients import Access, AwsClients
from s3_perimeter.drift.findings import Status
from s3_perimeter.drift.fleet import Fleet, Source

ACCOUNT = "111122223333"
CALLS = 32
FLEET = 1_000
DELAY = 0.01


def rows() -> Iterator[Row]:
    """A thousand stacks of a bucket each, on canned answers after 10 ms; the peer asks the same of boto3."""
    with tempfile.TemporaryDirectory() as place:
        sources = [Source(str(file), file=file) for file in _states(Path(place))]
        clients = AwsClients(
            Access(endpoint_url="http://127.0.0.1:1", region="eu-west-1", max_concurrency=CALLS)
        )
        clients.session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
        for service in ("s3", "sts"):
            client = clients.client(service, "eu-west-1")
            client.meta.events.register_first(f"before-send.{service}", _canned)
        options = Options(only=frozenset({"bucket-policy", "bucket-tags", "bucket-versioning"}))
        with ThreadPoolExecutor(CALLS) as pool:
            fleet = Fleet(clients, pool, options, datetime.now(UTC).date(), threading.Event())
            took = bare = float("inf")
            for _ in range(2):  # in turns, the best of each: others' work only ever adds time
                started = time.perf_counter()
                reports = [report for _, report in fleet.all(sources, CALLS // 4)]
                took = min(took, time.perf_counter() - started)
                seconds, asked = _bare(pool)
                bare = min(bare, seconds)
            assert len(reports) == FLEET
            failed = [report for report in reports if report.error]
            assert len(failed) == 1, [report.error for report in failed[:3]]
            assert all(report.status is Status.IN_SYNC for report in reports if not report.error)
            calls = sum(report.api_calls for report in reports)
    yield Row(
        "a fleet of 1,000 stacks, 10 ms answers: calls per second, as a share of bare boto3's",
        (calls / took) / (asked / bare),
        "",
        0.7,
        "higher",
    )
    yield Row("the same fleet: stacks a second", FLEET / took, "stacks/s", better="higher")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("the same fleet: memory of the process at its highest", peak, "MB", 300)


def _bare(pool: ThreadPoolExecutor) -> tuple[float, int]:
    """Seconds that boto3 takes to ask the same of as many buckets at the same concurrency, and the calls."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "none", region_name="eu-west-1")
    config = Config(max_pool_connections=CALLS)
    made = {
        service: session.client(service, endpoint_url="http://127.0.0.1:1", config=config)
        for service in ("s3", "sts")
    }
    for service, client in made.items():
        client.meta.events.register_first(f"before-send.{service}", _canned)
    s3 = made["s3"]
    one: list[Callable[[str], object]] = [
        lambda name: s3.list_buckets(Prefix=name),
        lambda name: s3.get_bucket_location(Bucket=name, ExpectedBucketOwner=ACCOUNT),
        lambda name: s3.get_bucket_versioning(Bucket=name, ExpectedBucketOwner=ACCOUNT),
        lambda name: s3.get_bucket_policy(Bucket=name, ExpectedBucketOwner=ACCOUNT),
        lambda name: s3.get_bucket_tagging(Bucket=name, ExpectedBucketOwner=ACCOUNT),
    ]

    def ask(question: tuple[int, Callable[[str], object]]) -> None:
        number, call = question
        with suppress(ClientError):
            call(f"b{number}")

    questions = [(number, call) for number in range(FLEET) for call in one]
    started = time.perf_counter()
    answered = sum(1 for _ in pool.map(ask, questions))
    return time.perf_counter() - started, answered


def _states(place: Path) -> Iterator[Path]:
    """Exported states, one of them broken."""
    for number in range(FLEET):
        file = place / f"s{number}.json"
        name = f"b{number}"
        kind = "aws:s3/bucket:Bucket"
        bucket = {
            "urn": f"urn:pulumi:s{number}::fleet::{kind}::b",
            "type": kind,
            "id": name,
            "inputs": {"bucket": name},
            "outputs": {"arn": f"arn:aws:s3:::{name}", "region": "eu-west-1"},
        }
        user = {
            "urn": f"urn:pulumi:s{number}::fleet::pulumi:providers:aws::p",
            "type": "pulumi:providers:aws",
            "id": "p",
            "outputs": {"arn": f"arn:aws:iam::{ACCOUNT}:user/ada"},
        }
        text = json.dumps({"version": 3, "deployment": {"resources": [user, bucket]}})
        file.write_text(text if number != FLEET // 2 else "{")
        yield file


_ANSWERS = {
    "location": b"<LocationConstraint>eu-west-1</LocationConstraint>",
    "versioning": b"<VersioningConfiguration/>",
    "policy": None,
    "tagging": None,
}


_MISSING = {"policy": "NoSuchBucketPolicy", "tagging": "NoSuchTagSet"}


def _canned(request: Any, **_: Any) -> Any:
    """What a bucket without anything answers, after a while."""
    from botocore.awsrequest import AWSResponse

    time.sleep(DELAY)
    question = request.url.partition("?")[2]
    if "prefix=" in question:
        name = question.partition("prefix=")[2].partition("&")[0]
        listed = f"<Buckets><Bucket><Name>{name}</Name></Bucket></Buckets>"
        body = f"<ListAllMyBucketsResult>{listed}</ListAllMyBucketsResult>".encode()
        return AWSResponse(request.url, 200, {}, _Body(body))
    found = _ANSWERS.get(question)
    if found is not None:
        return AWSResponse(request.url, 200, {}, _Body(found))
    code = _MISSING[question]
    return AWSResponse(request.url, 404, {}, _Body(f"<Error><Code>{code}</Code></Error>".encode()))


class _Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.content
