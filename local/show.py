"""Show that the deployment does what it is for: the allowed address works, every foreign one is denied."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from local.console import CommandError, tell, typed

VARIABLE = re.compile(r"^\$(\w+)$")
OUTSIDE = {
    "OUTSIDE_ENDPOINT_URL": ip_address("198.51.100.7"),
    "OUTSIDE_ENDPOINT_URL_IPV6": ip_address("2001:db8:ffff::7"),
}
"""Where the clients of these vantage points (``local.serve.VANTAGES``) appear."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command as a person types it, from where, and what has to come out."""

    where: str
    command: tuple[str, ...]
    allowed: bool
    says: str = "AccessDenied"
    """A part of what it says, where it is denied."""


def steps(bucket: str, prefix: str, allowed: Sequence[str] = ()) -> tuple[Step, ...]:
    """What is shown, in order: upload, list and read from inside; the same bucket from everywhere else.

    An outside address that `allowed`, the stack's networks, has come to hold is expected to get in.
    """
    place = f"s3://{bucket}/{prefix}"
    listing = ("aws", "s3", "ls", place)

    def from_endpoint(variable: str, *command: str) -> tuple[str, ...]:
        return (command[0], "--endpoint-url", f"${variable}", *command[1:])

    def outside(variable: str) -> Step:
        address = OUTSIDE[variable]
        inside = any(address in ip_network(network) for network in allowed)
        where = f"{address}, which this stack allows" if inside else f"foreign IPv{address.version} address"
        return Step(where, from_endpoint(variable, *listing), inside)

    return (
        Step("allowed IPv4 address", ("aws", "s3", "cp", "hello.txt", place), True),
        Step("allowed IPv4 address", listing, True),
        Step("allowed IPv4 address", ("aws", "s3", "cp", f"{place}hello.txt", "-"), True),
        Step("allowed IPv6 address", from_endpoint("AWS_ENDPOINT_URL_IPV6", *listing), True),
        outside("OUTSIDE_ENDPOINT_URL"),
        outside("OUTSIDE_ENDPOINT_URL_IPV6"),
        Step("allowed address without TLS", from_endpoint("PLAIN_HTTP_ENDPOINT_URL", *listing), False),
    )


def show(outputs: Mapping[str, Any], environment: Mapping[str, str], directory: Path) -> None:
    """Run the steps as the first remote user and print each; a surprise raises CommandError."""
    name = min(outputs["users"])
    slot = min(outputs["accessKeyIds"][name])
    key, secret = (outputs[kind][name][slot] for kind in ("accessKeyIds", "secretAccessKeys"))
    as_user = {**environment, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    (directory / "hello.txt").write_text("hello from inside the perimeter\n")
    tell(f"\nAs {name} (access key {key}); allowed are {', '.join(outputs['allowedNetworks'])}:")
    upload, *others = steps(outputs["bucket"], "", outputs["allowedNetworks"])
    failed = report(upload, perform(upload, as_user, directory))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for step, done in zip(
            others, pool.map(lambda s: perform(s, as_user, directory), others), strict=True
        ):
            failed = report(step, done) or failed
    (directory / "hello.txt").unlink()
    if failed:
        raise CommandError(
            "the deployment does not do what it is for: see the lines marked with !!\n\n"
            "hint: was the stack's allow-list changed? It has to hold 203.0.113.10 and 2001:db8:1234::10"
        )


def perform(step: Step, environment: Mapping[str, str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a step's command, its variables filled in as a shell would."""
    return subprocess.run(
        [filled(word, environment) for word in step.command],
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def filled(word: str, environment: Mapping[str, str]) -> str:
    """A word of a command with its variable's value."""
    found = VARIABLE.match(word)
    return environment[found[1]] if found else word


def report(step: Step, done: subprocess.CompletedProcess[str]) -> bool:
    """Print a step and what came of it; gives whether that was a surprise."""
    text = "\n".join(lines_of(done))
    expected = done.returncode == 0 if step.allowed else done.returncode != 0 and step.says in text
    tell(f"\n# {step.where}\n$ {typed(step.command)}\n{text}")
    if not expected:
        tell(f"!! expected {'this to work' if step.allowed else step.says}")
    return not expected


def lines_of(done: subprocess.CompletedProcess[str]) -> Sequence[str]:
    """What a command said, without empty lines and without progress that was overwritten."""
    said = [line.rpartition("\r")[2].rstrip() for line in (done.stdout + done.stderr).split("\n")]
    return [line for line in said if line]
