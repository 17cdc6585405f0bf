"""The drift check: its start, and the waiting time of one stack compared with `pulumi refresh`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.rows import Row
from bench.slow import Slow
from local.stand import Stand
from s3_perimeter.drift.check import Options, check
from s3_perimeter.stack.state import parse_state
from tests.e2e.drift.answers import Answers
from tests.e2e.drift.deployed import Deployed, deploy
from tests.e2e.drift.world import clients_of

BIN = Path(sys.executable).parent
DELAY = 0.05
LONG_DELAY = 0.5
CALLS = 32
START = 0.6  # seconds, the target of the start-up
ROUND_TRIPS = 6


def rows() -> Iterator[Row]:
    """Every figure, on one deployed stack."""
    yield Row("drift-check --help, from nothing", _help(), "s", START)
    with tempfile.TemporaryDirectory() as place, Stand(Path(place) / "stand") as stand:
        deployed = deploy(
            stand,
            Path(place),
            {"allowedNetworks": ["203.0.113.0/24"], "protect": False, "users": [{"name": "ada"}]},
        )
        yield from _one_stack(stand, deployed, Path(place))


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
    """One stack: its start, what it waits for, and the engine's own refresh in comparison."""
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

    The stand's own provider was given another place when it started: a refresh by it would wait for nothing.
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
