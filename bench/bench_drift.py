"""The drift check: its start, the waiting of one stack beside `pulumi refresh`, and a fleet of a thousand."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.rows import Row
from drift.check import Options, check
from drift.clients import Access, AwsClients
from drift.findings import Status
from drift.fleet import Fleet, Source
from drift.state import parse_state
from local.stand import Stand
from tests.e2e.drift.answers import Answers
from tests.e2e.drift.deployed import Deployed, deploy
from tests.e2e.drift.world import clients_of

BIN = Path(sys.executable).parent
DELAY = 0.05
LONG_DELAY = 0.5
CALLS = 32
ACCOUNT = "111122223333"
FLEET = 1_000
FLEET_DELAY = 0.01
START = 0.6  # seconds, the floor of the start-up
ROUND_TRIPS = 6


def rows() -> Iterator[Row]:
    """Every figure, on one deployed stack and on a server of canned answers."""
    yield Row("drift-check --help, from nothing", _help(), "s", START)
    with tempfile.TemporaryDirectory() as place, Stand(Path(place) / "stand") as stand:
        deployed = deploy(
            stand,
            Path(place),
            {"allowedNetworks": ["203.0.113.0/24"], "protect": False, "users": [{"name": "ada"}]},
        )
        yield from _one_stack(stand, deployed, Path(place))
    yield from _fleet()


def _help() -> float:
    return _best([str(BIN / "pulumi-tool-drift-check"), "--help"], dict(os.environ), Path())


def _best(command: list[str], environment: dict[str, str], directory: Path, repeats: int = 5) -> float:
    took: list[float] = []
    for _ in range(repeats):
        started = time.perf_counter()
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, check=False
        )
        took.append(time.perf_counter() - started)
        assert done.returncode == 0, done.stdout + done.stderr
    return min(took)


def _one_stack(stand: Stand, deployed: Deployed, place: Path) -> Iterator[Row]:
    """One stack: its start, what it waits for, and the engine's own refresh beside it."""
    export = place / "export.json"
    export.write_text(json.dumps(deployed.document))
    environment = dict(deployed.pulumi.environment)
    project = deployed.pulumi.directory
    program = str(BIN / "pulumi-tool-drift-check")
    short = [program, "--state", str(export), "--only", "account-identity", "--skip", "bucket-acl"]
    yield Row("start-up, with the few calls of one control", _best(short, environment, project), "s", START)
    yield Row(
        "one stack: round trips that a strict check waits, at most 32 calls at a time",
        _round_trips(stand, deployed),
        "",
        ROUND_TRIPS,
    )
    with (
        Slow(environment["AWS_ENDPOINT_URL"], stand.authority, DELAY) as slow,
        _provider({**environment, "AWS_ENDPOINT_URL": slow.url}) as delayed,
    ):
        refresh = ["pulumi", "refresh", "--preview-only", "--non-interactive", "--stack", deployed.stack]
        theirs = _best(refresh, delayed, project)
        for what, flags in (("a check", []), ("a strict check", ["--strict"])):
            yield Row(
                f"one stack, 50 ms before every answer: {what} from start to end",
                _best([program, *flags, "--stack", deployed.stack], delayed, project),
                "s",
                theirs,
                peer="pulumi refresh --preview-only",
                peer_value=theirs,
            )


@contextmanager
def _provider(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment with a provider that asks AWS where the environment says.

    The stand's own provider was told another place when it started: a refresh by it would wait for nothing.
    This one too is there before the refresh starts, with its clients made and its connections open.
    """
    command = [sys.executable, "-P", "-u", "-m", "local.provider"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port.isdigit(), port
            yield {**environment, "PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
        finally:
            process.terminate()


def _round_trips(stand: Stand, deployed: Deployed) -> float:
    """How often a check waits for AWS, one answer after another.

    Every answer is given again from memory after a wait so long that what is computed in between hardly
    counts.
    """
    clients = clients_of(stand, stand.record.admin, max_concurrency=CALLS)
    state = parse_state(deployed.document)
    options = Options(strict=True)
    with ThreadPoolExecutor(CALLS) as pool:
        check(state, clients, pool, options)  # every client is there
        answers = Answers()
        for client in clients.made():
            answers.keep(client)
        check(state, clients, pool, options)
        answers.delay = LONG_DELAY
        started = time.perf_counter()
        check(state, clients, pool, options)
        return (time.perf_counter() - started) / LONG_DELAY


class _Server(ThreadingHTTPServer):
    """Takes as many connections at a time as come: five, the default, make the sixth ask again after 1 s."""

    request_queue_size = 256
    daemon_threads = True


class Slow:
    """A proxy in front of an endpoint that waits before every answer."""

    def __init__(self, target: str, authority: Path, delay: float) -> None:
        import ssl

        import urllib3

        pool = urllib3.PoolManager(64, ca_certs=str(authority), retries=False)
        # Requests are signed for the host that they name, so the name is passed on as it is.

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                time.sleep(delay)
                answer = pool.request(
                    self.command, target + self.path, body=body, headers=dict(self.headers.items())
                )
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.data)))
                self.end_headers()
                self.wfile.write(answer.data)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815  (the class's own names)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(authority.parent / "server.pem")
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Slow:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _fleet() -> Iterator[Row]:
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
        "a fleet of 1,000 stacks, 10 ms answers: calls a second beside bare ones of boto3",
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

    time.sleep(FLEET_DELAY)
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
