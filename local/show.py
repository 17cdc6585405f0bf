"""Show that the deployment does what it is for: allowed addresses work, and every other one is denied."""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from local.console import CommandError, colored, note, typed
from local.vantages import VANTAGES

VARIABLE = re.compile(r"^\$(\w+)$")
ERROR_CODE = re.compile(r"An error occurred \((\w+)\)")
CONTENT = "hello from inside the perimeter"

ADDRESSES = {each.name: ip_address(each.address) for each in VANTAGES if each.address}
"""The address at which the clients of each vantage point appear."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command as a person types it, from where, and what has to come out."""

    what: str
    source: str
    command: tuple[str, ...]
    allowed: bool
    says: str
    """What its output has to contain: content where it is allowed, an error code where it is denied."""

    @property
    def expected(self) -> str:
        """The expectation in one word."""
        return "allowed" if self.allowed else "denied"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step and what came of it."""

    step: Step
    code: int
    output: str

    @property
    def as_expected(self) -> bool:
        """Whether it ended as it has to, for the reason that it has to."""
        return (self.code == 0) is self.step.allowed and self.step.says in self.output

    @property
    def seen(self) -> str:
        """What happened, in a word or two: AWS's error code where there is one."""
        found = ERROR_CODE.search(self.output)
        if self.code:
            return found[1] if found else f"exit code {self.code}"
        return "allowed" if self.step.says in self.output or not self.step.allowed else "other content"


def steps(bucket: str, prefix: str, networks: Sequence[str]) -> tuple[Step, ...]:
    """Return what is tried, in order: upload, list and download from inside, then a listing from elsewhere.

    :param prefix: where in the bucket the object goes; empty, or ending in ``/``.
    :param networks: the stack's allow-list. An outside address that it holds is expected to be allowed.
    """
    place = f"s3://{bucket}/{prefix}"

    def listing(vantage: str, variable: str, what: str = "list the bucket", tls: bool = True) -> Step:
        address = ADDRESSES[vantage]
        inside = any(address in ip_network(network) for network in networks)
        allowed = inside and tls
        source = f"{address} ({('inside' if inside else 'outside') if tls else 'no TLS'})"
        command = ("aws", "--endpoint-url", f"${variable}", "s3", "ls", place)
        return Step(what, source, command, allowed, "hello.txt" if allowed else "AccessDenied")

    here = f"{ADDRESSES['inside']} (inside)"
    return (
        Step("upload an object", here, ("aws", "s3", "cp", "hello.txt", place), True, "upload: "),
        Step("list the bucket", here, ("aws", "s3", "ls", place), True, "hello.txt"),
        Step("download it", here, ("aws", "s3", "cp", f"{place}hello.txt", "-"), True, CONTENT),
        listing("inside-ipv6", "AWS_ENDPOINT_URL_IPV6"),
        listing("outside", "OUTSIDE_ENDPOINT_URL"),
        listing("outside-ipv6", "OUTSIDE_ENDPOINT_URL_IPV6"),
        listing("plain", "PLAIN_HTTP_ENDPOINT_URL", "list over plain HTTP", tls=False),
    )


def show(outputs: Mapping[str, Any], environment: Mapping[str, str], directory: Path) -> None:
    """Try the steps as the first remote user and print a table of them. A surprise raises CommandError."""
    if not outputs["users"]:
        note("\nNobody holds a key, so nothing was tried: `perimeter verify --role` tries a role.")
        return
    name = min(outputs["users"])
    slot = min(outputs["accessKeyIds"][name])
    key, secret = (outputs[kind][name][slot] for kind in ("accessKeyIds", "secretAccessKeys"))
    as_user = {**environment, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    networks = outputs["allowedNetworks"]
    upload, *others = steps(outputs["bucket"], "", networks)
    content = directory / "hello.txt"
    content.write_text(f"{CONTENT}\n")
    try:
        note(f"\nTrying the bucket as {name} (access key {key}); allowed are {', '.join(networks)}")
        outcomes = [*perform([upload], as_user, directory), *perform(others, as_user, directory)]
    finally:
        content.unlink(missing_ok=True)
    note(f"\n{table(outcomes)}")
    failed = [outcome for outcome in outcomes if not outcome.as_expected]
    for outcome in failed:
        note(f"\n$ {typed(outcome.step.command)}\n{outcome.output}")
    if failed:
        raise CommandError(
            f"{len(failed)} of {len(outcomes)} had an unexpected result\n\n"
            f"hint: was the stack's allow-list changed? It has to contain {ADDRESSES['inside']} and "
            f"{ADDRESSES['inside-ipv6']}"
        )


def table(outcomes: Sequence[Outcome]) -> str:
    """Return what was tried, from where, what was expected and what was seen, with a total below."""
    head = ("tried", "from", "expected", "seen")
    rows = [(each.step.what, each.step.source, each.step.expected, each.seen) for each in outcomes]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(row: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))

    good = sum(outcome.as_expected for outcome in outcomes)
    marked = [
        f"{line(row)}  {colored('✓', 'green') if each.as_expected else colored('✕', 'red')}"
        for row, each in zip(rows, outcomes, strict=True)
    ]
    total = f"{good} of {len(outcomes)} as expected"
    return "\n".join(
        [
            colored(line(head).rstrip(), "dim"),
            *marked,
            "",
            colored(total, "green" if good == len(outcomes) else "red"),
        ]
    )


def perform(steps: Sequence[Step], environment: Mapping[str, str], directory: Path) -> list[Outcome]:
    """Run the steps' commands at once, their variables filled in as a shell would.

    Each is the AWS CLI in a fork of a process that imports it once: that takes longer than a command.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["awscli.clidriver", "awscli.handlers"])
    with tempfile.TemporaryDirectory() as outputs:
        running = []
        for number, step in enumerate(steps):
            words = [filled(word, environment) for word in step.command]
            output = Path(outputs, str(number))
            process = context.Process(target=aws, args=(words, dict(environment), directory, output))
            process.start()
            running.append((step, process, output))
        outcomes = []
        for step, process, output in running:
            process.join()
            said = output.read_text(errors="replace") if output.exists() else ""
            code = 1 if process.exitcode is None else process.exitcode
            outcomes.append(Outcome(step, code, "\n".join(lines_of(said))))
        return outcomes


def aws(words: Sequence[str], environment: Mapping[str, str], directory: Path, output: Path) -> None:
    """Be the command ``aws`` in this process, with both streams into ``output``; ends the process."""
    import awscli.clidriver

    with output.open("wb") as written, Path(os.devnull).open() as nothing:
        for stream, number in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(stream.fileno(), number)
    os.chdir(directory)
    data = os.environ["AWS_DATA_PATH"]  # the CLI's own, which it sets when it is imported
    os.environ.clear()
    os.environ.update({**environment, "AWS_DATA_PATH": data})
    sys.argv = list(words)
    sys.exit(awscli.clidriver.main())


def filled(word: str, environment: Mapping[str, str]) -> str:
    """Return a word of a command with its variable's value."""
    found = VARIABLE.match(word)
    return environment[found[1]] if found else word


def lines_of(said: str) -> Sequence[str]:
    """Return what a command said, without empty lines and without progress that was overwritten."""
    lines = [line.rpartition("\r")[2].rstrip() for line in said.split("\n")]
    return [line for line in lines if line]
