"""The drift check: its start next to bare programs, and a stack on a slow AWS next to `pulumi refresh`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.rows import Row, compared, processor_seconds, seconds_of, turns
from bench.slow import Slow
from local.stand import Stand
from s3_perimeter.drift.check import Options, check
from s3_perimeter.drift.clients import Access
from s3_perimeter.stack.state import parse_state
from tests.conftest import NO_COLLECTION
from tests.e2e.drift.answers import Answers
from tests.e2e.drift.deployed import Deployed, deploy
from tests.e2e.drift.world import clients_of

BIN = Path(sys.executable).parent
DELAY = 0.1
LONG_DELAY = 0.5
CALLS = Access().max_concurrency
ROUNDS = 7
BOTO3 = "import boto3; boto3.client('s3'); boto3.client('sts').get_caller_identity()"


def rows() -> Iterator[Row]:
    """Yield every figure, on one deployed stack."""
    program = str(BIN / "pulumi-tool-drift-check")
    helped, bare = turns(
        partial(processor_seconds, [program, "--help"]),
        partial(processor_seconds, [sys.executable, "-c", ""]),
        rounds=15,
    )
    yield compared(
        "drift-check --help, processor time", helped, "python -c ''", bare, unit="ms", scale=1e3, most=6
    )
    with tempfile.TemporaryDirectory() as place, Stand(Path(place) / "stand") as stand:
        deployed = deploy(
            stand,
            Path(place),
            {"allowedNetworks": ["203.0.113.0/24"], "protect": False, "users": [{"name": "ada"}]},
            passphrase=True,
        )
        yield from _one_stack(stand, deployed, Path(place))


def _run(command: list[str], environment: dict[str, str], directory: Path) -> Callable[[], float]:
    """Return a call that runs a command, which has to succeed, and returns its seconds by the clock."""

    def once() -> None:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return seconds_of(once)


def _one_stack(stand: Stand, deployed: Deployed, place: Path) -> Iterator[Row]:
    """Yield the figures of one stack: its start, what it waits for, and the engine's own refresh."""
    export = place / "export.json"
    export.write_text(json.dumps(deployed.document))
    # As users run the engine, who do not keep it from collecting garbage.
    environment = {k: v for k, v in deployed.pulumi.environment.items() if k not in NO_COLLECTION}
    project = deployed.pulumi.directory
    program = str(BIN / "pulumi-tool-drift-check")
    short = [program, "--state", str(export), "--only", "account-identity", "--skip", "bucket-acl"]
    ours, boto3 = turns(
        _run(short, environment, project),
        _run([sys.executable, "-c", BOTO3], environment, project),
        rounds=ROUNDS,
    )
    yield compared(
        "a check with one control only, from start to end",
        ours,
        "boto3: two clients, one call",
        boto3,
        most=1.5,
    )
    question = f"a strict check of one stack, {LONG_DELAY} s before every answer"
    waited = [_waited(stand, deployed)]
    yield compared(question, waited, "one answer", [LONG_DELAY], most=6)
    with (
        Slow(environment["AWS_ENDPOINT_URL"], stand.authority, DELAY) as slow,
        _provider({**environment, "AWS_ENDPOINT_URL": slow.url}) as delayed,
    ):
        refresh = ["pulumi", "refresh", "--preview-only", "--non-interactive", "--stack", deployed.stack]
        check = [program, "--stack", deployed.stack]
        commands = (refresh, check, [*check, "--strict"])
        theirs, usual, strict = turns(*(_run(each, delayed, project) for each in commands), rounds=ROUNDS)
    for what, ours in (("a check", usual), ("a strict check", strict)):
        question = f"{what} of one stack from start to end, {DELAY} s before every answer"
        yield compared(question, ours, "pulumi refresh --preview-only", theirs, least=1.8)


@contextmanager
def _provider(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the environment with a provider that sends its requests to the endpoint in the environment.

    The stand's own provider got another endpoint when it started, so a refresh with it would wait for
    nothing. Like that one, this provider is running before the refresh starts, with its clients made and its
    connections open.
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


def _waited(stand: Stand, deployed: Deployed) -> float:
    """Return the seconds that a strict check takes with existing clients, as many calls at a time as usual.

    Every answer is given from memory after such a long wait that the computing in between hardly counts.
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
        return time.perf_counter() - started
