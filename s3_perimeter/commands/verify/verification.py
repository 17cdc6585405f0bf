"""The checks of `perimeter verify`, in the order of a careful person: in, out of the way, and nothing
left.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from s3_perimeter.addresses import AddressSet
from s3_perimeter.aws import REFUSALS, Aws, Keys, who_is
from s3_perimeter.commands.verify.log_delivery import logs_arrive, logs_since
from s3_perimeter.commands.verify.outside import Outside, simulate
from s3_perimeter.commands.verify.probe import Probe
from s3_perimeter.commands.verify.requests import Answer, ask, s3_client
from s3_perimeter.commands.verify.results import Result, Status
from s3_perimeter.commands.verify.role_session import SESSION
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import Role, Stack, User
from s3_perimeter.stack.outside import samples_outside
from s3_perimeter.stack.people import access_of

__all__ = ["Verification"]


class SilenceError(Exception):
    """S3 does not answer any more; the message is the client's."""


ALLOWED_OUTSIDE: Final = ", unless the allow-list contains that address"
SIMULATED: Final = "explicit deny"
# Error codes that say "you may not", as opposed to "there is none" or "try again".
DENIED: Final = frozenset({"AccessDenied", "AllAccessDisabled", "403"})


@dataclass(frozen=True)
class Verification:
    """One run over one stack, with one user's key or a role's session; calls `on_result` with each result."""

    stack: Stack
    user: User | Role
    keys: Keys
    operator: Aws
    outsides: list[Outside]
    wait_for_logs: float
    on_result: Callable[[Result], None]
    assumed: bool = False
    """Whether the operator's own credentials got the role's session."""
    results: list[Result] = field(default_factory=list)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def who_are_we(self) -> None:
        """Ask AWS whose keys these are. Raises CommandError where it takes them for nobody's."""
        if who_is("the operator", self.operator):
            user = Aws(region=self.stack.region, keys=self.keys)
            who_is(f"{self.kind} `{self.user.name}`, by access key {self.keys[0]},", user)

    @property
    def kind(self) -> str:
        """What the person is to IAM."""
        return "role" if isinstance(self.user, Role) else "user"

    def run(self, probe: Probe) -> list[Result]:
        """Make every check that this user's access levels allow; none after S3 stopped answering.

        Raises CommandError where S3 does not answer at all, or not for this bucket.
        """
        try:
            self.checks(probe)
        except SilenceError as silence:
            if len(self.results) == 1:
                raise CommandError(
                    f"S3 cannot be reached from here: {silence}",
                    "is the network up, and is a proxy needed (HTTPS_PROXY)?",
                ) from silence
        return self.results

    def checks(self, probe: Probe) -> None:
        """The checks, in their order. Raises SilenceError where S3 does not answer from inside."""
        inside = s3_client(self.stack.region, keys=self.keys, run=probe.name)
        levels = access_of(self.stack.config, self.user)
        if "list" in levels:
            self.inside(
                "inside-list",
                f"the {self.kind} lists the bucket from here",
                inside.list_objects_v2,
                Prefix=probe.prefix,
            )
        if "write" in levels:
            arguments = {"Key": probe.key, "Body": probe.content}
            probe.tries.append(probe.key)
            self.inside(
                "inside-upload",
                f"the {self.kind} uploads an object from here",
                inside.put_object,
                **arguments,
            )
        if {"write", "read"} <= levels:
            self.download(inside, probe)
        for outside in self.outsides:
            self.outside(outside, probe)
        if not self.outsides:
            self.by_simulator(probe)
        self.plain_http(probe)
        if "write" in levels:
            self.inside(
                "inside-delete",
                f"the {self.kind} deletes the object from here",
                inside.delete_object,
                Key=probe.key,
            )
        self.log_delivery(probe)

    def note(self, name: str, tried: str, expected: str, status: Status, detail: str, since: float) -> None:
        """Add one result."""
        result = Result(name, tried, expected, status, detail, time.monotonic() - since)
        self.results.append(result)
        self.on_result(result)

    def on_bucket(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a request to the stack's bucket, and nobody else's."""
        owner = {"ExpectedBucketOwner": self.stack.account} if self.stack.account else {}
        return {"Bucket": self.stack.bucket, **owner, **arguments}

    def inside(self, name: str, tried: str, request: Callable[..., Any], **arguments: Any) -> Answer:
        """A request that has to be answered."""
        since = time.monotonic()
        answer = ask(request, **self.on_bucket(arguments))
        status: Status = "unknown" if answer.trouble else "failed" if answer.refusal else "passed"
        hint = (
            ": is this machine inside the allow-list? (perimeter my-ip)" if answer.refusal in DENIED else ""
        )
        if answer.refusal in REFUSALS and answer.refusal not in DENIED:
            problem, way_out = REFUSALS[answer.refusal]
            raise CommandError(f"{tried}: {problem}", way_out)
        self.note(name, tried, "allowed", status, answer.summary + hint, since)
        if answer.trouble:
            raise SilenceError(answer.trouble)
        return answer

    def download(self, inside: Any, probe: Probe) -> None:
        """Read the probe back, and compare."""
        from botocore.exceptions import BotoCoreError

        since = time.monotonic()
        answer = ask(inside.get_object, **self.on_bucket({"Key": probe.key}))
        same = False
        if answer.body is not None:
            try:
                same = answer.body["Body"].read() == probe.content
            except BotoCoreError as error:
                answer = Answer(trouble=f"the download was interrupted ({error})")
        status: Status = "unknown" if answer.trouble else "passed" if same else "failed"
        detail = answer.summary if answer.body is None else "the same bytes" if same else "other bytes"
        tried = f"the {self.kind} downloads the object from here"
        self.note("inside-download", tried, "the same bytes", status, detail, since)

    def outside(self, outside: Outside, probe: Probe) -> None:
        """Requests that have to be denied: with the user's key, and with none."""
        signed = outside.client(self.stack.region, self.keys, probe.name)
        anonymous = outside.client(self.stack.region, None, probe.name)
        written = {"Key": f"{probe.key}-outside", "Body": b"from outside"}
        tries: tuple[tuple[str, str, Callable[..., Any], dict[str, Any]], ...] = (
            (
                "outside-list",
                f"the {self.kind} lists the bucket",
                signed.list_objects_v2,
                {"Prefix": probe.prefix},
            ),
            (
                "outside-download",
                f"the {self.kind} downloads the object",
                signed.get_object,
                {"Key": probe.key},
            ),
            ("outside-upload", f"the {self.kind} uploads an object", signed.put_object, written),
            (
                "outside-anonymous",
                "anybody downloads the object without a key",
                anonymous.get_object,
                {"Key": probe.key},
            ),
        )
        probe.tries.append(f"{probe.key}-outside")
        for name, tried, request, arguments in tries:
            full = self.on_bucket(arguments)
            answer = self.denied(name, f"{tried} {outside.name}", request, full, unless=ALLOWED_OUTSIDE)
            if answer.trouble:  # the others would say the same
                return
        if isinstance(self.user, Role):
            self.no_session(outside, self.user)

    def no_session(self, outside: Outside, role: Role) -> None:
        """A session of the role, which nobody gets from there: that those who get one here do not."""
        since = time.monotonic()
        name, tried = "outside-assume", f"the operator assumes the role {outside.name}"
        sts = outside.sts(self.operator) if self.assumed else None
        if sts is None:
            detail = "the operator does not assume it here" if not self.assumed else "no STS known there"
            self.note(name, tried, "denied", "skipped", detail, since)
            return
        session = {"RoleArn": role.arn, "RoleSessionName": SESSION}
        self.denied(name, tried, sts.assume_role, session, unless=ALLOWED_OUTSIDE)

    def denied(
        self,
        name: str,
        tried: str,
        request: Callable[..., Any],
        arguments: Mapping[str, Any],
        *,
        unless: str = "",
    ) -> Answer:
        """One request that has to be denied; `unless` says when an answer is none the less no escape."""
        since = time.monotonic()
        answer = ask(request, **arguments)
        if answer.refusal in DENIED:
            self.note(name, tried, "denied", "passed", "AccessDenied", since)
        elif answer.trouble or answer.refusal:
            self.note(name, tried, "denied", "unknown", answer.summary, since)
        else:
            self.note(name, tried, "denied", "failed", f"AWS answered: this is an escape{unless}", since)
        return answer

    def by_simulator(self, probe: Probe) -> None:
        """With no outside at hand, ask IAM what it would decide there; it makes no request."""
        arn = f"arn:{self.stack.partition}:s3:::{self.stack.bucket}"
        actions = {
            "s3:ListBucket": arn,
            "s3:GetObject": f"{arn}/{probe.key}",
            "s3:PutObject": f"{arn}/{probe.key}",
        }
        if isinstance(self.user, Role):
            detail = "it takes no role together with a bucket's policy; try --proxy or --via-profile"
            tried = "IAM's policy simulator judges the role from outside"
            self.note("simulated-outside", tried, SIMULATED, "unknown", detail, time.monotonic())
            return
        for version, address in samples_outside(AddressSet.parse(self.stack.allowed_networks)).items():
            since = time.monotonic()
            tried = f"IAM's policy simulator judges the user from {address}"
            name = f"simulated-outside-{version.lower()}"
            try:
                decisions = simulate(self.operator, self.stack, self.user, actions, address)
            except CommandError as error:
                detail = f"{error.problem}; try --proxy or --via-profile"
                self.note(name, tried, SIMULATED, "unknown", detail, since)
                return  # the other IP version would say the same
            allowed = [action for action, decision in decisions.items() if decision != "explicitDeny"]
            detail = f"not explicitly denied: {', '.join(allowed)}" if allowed else SIMULATED
            self.note(name, tried, SIMULATED, "failed" if allowed else "passed", detail, since)

    def plain_http(self, probe: Probe) -> None:
        """A request without TLS, which has to be denied from inside too."""
        endpoint = os.environ.get("PLAIN_HTTP_ENDPOINT_URL")
        name, tried = "plain-http", f"the {self.kind} lists the bucket from here without TLS"
        if endpoint is None and os.environ.get("AWS_ENDPOINT_URL"):
            since = time.monotonic()
            self.note(name, tried, "denied", "skipped", "no plain endpoint known", since)
            return
        suffix = ".cn" if self.stack.partition == "aws-cn" else ""
        plain = s3_client(
            self.stack.region,
            keys=self.keys,
            endpoint=endpoint or f"http://s3.{self.stack.region}.amazonaws.com{suffix}",
            run=probe.name,
        )
        listing = self.on_bucket({"Prefix": probe.prefix})
        self.denied(name, tried, plain.list_objects_v2, listing)

    def log_delivery(self, probe: Probe) -> None:
        """Access logs arrive: this run's own where it is waited for, else any of the last week."""
        since, wait = time.monotonic(), self.wait_for_logs
        check = ("log-delivery", "S3 delivers access logs", "delivered")
        profile = self.operator.profile
        try:
            if wait:
                seen = logs_arrive(self.stack, profile, self.started, wait, probe.name)
                detail = "this run's requests are logged" if seen else f"none in {wait:.0f} s"
                self.note(*check, "passed" if seen else "failed", detail, since)
            elif logs_since(self.stack, profile, self.started - timedelta(days=7)):
                self.note(*check, "passed", "seen in the last 7 days", since)
            else:
                detail = "none in the last 7 days yet: S3 delivers within hours (--wait-logs waits)"
                self.note(*check, "skipped", detail, since)
        except CommandError as error:
            self.note(*check, "unknown", error.problem, since)
