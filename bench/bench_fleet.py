"""The drift check of a fleet: a thousand stacks with canned answers, compared with bare boto3 making the
same calls.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.canned import ACCOUNT, CONTROLS, DELAY, answer, states
from bench.rows import Row, compared, turns
from s3_perimeter.drift.check import Options
from s3_perimeter.drift.clients import Access, AwsClients
from s3_perimeter.drift.findings import Status
from s3_perimeter.drift.fleet import Fleet, Source

CALLS = 32
FLEET = 1_000


def rows() -> Iterator[Row]:
    """Yield the figure for a thousand stacks of one bucket each, with canned answers after 10 ms; boto3 as
    the peer makes the same calls.
    """
    with tempfile.TemporaryDirectory() as place:
        sources = [Source(str(file), file=file) for file in states(Path(place), FLEET)]
        clients = AwsClients(
            Access(endpoint_url="http://127.0.0.1:1", region="eu-west-1", max_concurrency=CALLS)
        )
        clients.session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
        for service in ("s3", "sts"):
            client = clients.client(service, "eu-west-1")
            client.meta.events.register_first(f"before-send.{service}", answer)
        options = Options(only=frozenset(CONTROLS))
        with ThreadPoolExecutor(CALLS) as pool:
            fleet = Fleet(clients, pool, options, datetime.now(UTC).date(), threading.Event())

            def ours() -> float:
                started = time.perf_counter()
                reports = [report for _, report in fleet.all(sources, CALLS // 4)]
                took = time.perf_counter() - started
                failed = [report for report in reports if report.error]
                assert len(reports) == FLEET
                assert len(failed) == 1, [report.error for report in failed[:3]]
                assert all(report.status is Status.IN_SYNC for report in reports if not report.error)
                return took / sum(report.api_calls for report in reports)

            checked, bare = turns(ours, lambda: _bare(pool), rounds=2)
    question = f"a fleet of {FLEET:,} stacks, {DELAY * 1e3:g} ms before every answer: time for each call"
    yield compared(question, checked, "bare boto3", bare, unit="ms", scale=1e3, least=0.8)


def _bare(pool: ThreadPoolExecutor) -> float:
    """Return the seconds for each call if boto3 makes the same calls at the same concurrency."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "none", region_name="eu-west-1")
    config = Config(max_pool_connections=CALLS)
    made = {
        service: session.client(service, endpoint_url="http://127.0.0.1:1", config=config)
        for service in ("s3", "sts")
    }
    for service, client in made.items():
        client.meta.events.register_first(f"before-send.{service}", answer)
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
    return (time.perf_counter() - started) / answered
