"""Chaos: deployments of which one AWS call fails or whose CLI is killed, each watched by a prober outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import Any

from local.aws.faults import Fault
from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.prober import Credentials, Prober
from tests.e2e.stacks import Stack, credentials

ACCESS_KEY = "aws:iam/accessKey:AccessKey"
LOST_KEY = ("interrupted while creating", "whose secret nobody has, so the request was sent only once.")
NAME_TAKEN = re.compile(r"creating (?P<kind>[\w ]+) \((?P<name>\S+)\): .*Already\w+: ")
"""How a create fails that meets what an earlier request made without an answer."""

NOBODY = Credentials("anonymous")
KILL_SECONDS = 90.0


@dataclass(slots=True)
class Round:
    """What one disturbed deployment came to, from its first call to the end of its destroy."""

    label: str
    reached: bool = False
    converged: bool = False
    orphans: set[str] = field(default_factory=set)
    reported: bool = True
    by_hand: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    probes: int = 0

    def met(self, prober: Prober) -> None:
        """Add what a prober met."""
        self.allowed += prober.allowed
        self.broken += prober.broken
        self.probes += sum(prober.answers.values())

    @property
    def wrong(self) -> list[str]:
        """What must not be, one entry a fault; a key made but lost is reported, so it is not one."""
        found = [f"outsider allowed: {entry}" for entry in self.allowed]
        found += [f"no clean answer outside: {entry}" for entry in self.broken]
        found += [f"left behind: {name}" for name in self.left_behind]
        found += [] if self.reached else ["the moment was not reached"]
        found += [] if self.converged else ["the next deployment changes something"]
        found += [] if self.reported else [f"lost without a word: {sorted(self.orphans)}"]
        return [f"{self.label}: {entry}" for entry in found]


@dataclass(frozen=True, slots=True)
class Chaos:
    """A stack of the checkout's program to disturb, its bucket, and the pause of who probes it."""

    stack: Stack
    stand: Stand
    bucket: str
    pause: float = 0.02

    def count(self, at: int = 0, fault: Fault = Fault.ERROR, operation: str = "") -> int:
        """Let request `at` from now on fail (0: none); returns how many came since the last call.

        Where an operation is named (as in `local.aws.faults.Faults`), only its requests count.
        """
        asked: dict[str, object] = {"at": at, "fault": fault.value, "operation": operation}
        return int(str(self.stand.control("/fault", asked)["seen"]))

    def calls(self) -> int:
        """Return how many AWS calls an undisturbed deployment makes; the stack is destroyed again."""
        self.count()
        self.stack.up()
        made = self.count()
        self.destroy()
        return made

    def destroy(self) -> None:
        """Take the stack down."""
        self.stack("destroy", "--yes", "--skip-preview")

    def one_call_fails(self, at: int, fault: Fault, operation: str = "") -> Round:
        """Deploy with call `at` failing once; where that fails, deploy again, and destroy."""
        result = Round(f"call {at} {operation}, {fault.value}")
        with self.prober() as prober:
            self.count(at, fault, operation)
            first = self.stack.up(expect=None)
            result.reached = self.count() >= at
            said = first.text
            if first.code != 0:
                result.by_hand = self.delete_what_has_the_name(said)
                said += self.stack.up("--refresh", expect=None).text
            self.finish(result, said)
        result.met(prober)
        return result

    def delete_what_has_the_name(self, said: str) -> list[str]:
        """Delete what a deployment met under its names, as the guide says; gives the names."""
        iam, s3, names = self.root("iam"), self.root("s3"), []
        for kind, name in sorted(set(NAME_TAKEN.findall(said))):
            if kind == "S3 Bucket":
                s3.delete_bucket(Bucket=name)
            elif kind == "IAM User":
                iam.delete_user(UserName=name)
            elif kind == "IAM Group":
                iam.delete_group(GroupName=name)
            elif kind == "IAM Policy":
                policies = iam.list_policies(Scope="Local")["Policies"]
                arn = next(each["Arn"] for each in policies if each["PolicyName"] == name)
                iam.delete_policy(PolicyArn=arn)
            names.append(name)
        return names

    def killed(self, at: int) -> Round:
        """Kill the CLI (SIGKILL) as soon as AWS has seen `at` calls; recover as documented, and destroy."""
        result = Round(f"kill -9 at call {at}")
        with self.prober() as prober:
            self.count()
            result.reached = self.kill_at(at)
            said = self.stack("cancel", "--yes", expect=None).text
            said += self.stack(
                "refresh", "--yes", "--skip-preview", "--clear-pending-creates", expect=None
            ).text
            said += self.stack.up(expect=None).text
            self.finish(result, said)
        result.met(prober)
        return result

    def kill_at(self, at: int) -> bool:
        """Whether the deployment was still under way when it was killed."""
        process = subprocess.Popen(
            ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--stack", self.stack.name],
            cwd=self.stack.directory,
            env=dict(self.stack.pulumi.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline, seen = time.monotonic() + KILL_SECONDS, 0
        try:
            while process.poll() is None and time.monotonic() < deadline and seen < at:
                seen += self.count()
                time.sleep(0.005)
        finally:
            alive = process.poll() is None
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        return alive and seen >= at

    def finish(self, result: Round, said: str) -> None:
        """See what the recovered deployment is like, destroy it, and see what stays."""
        result.converged = self.stack.up("--expect-no-changes", expect=None).code == 0
        known = {each["id"] for each in self.stack.resources() if each["type"] == ACCESS_KEY}
        result.orphans = self.keys() - known
        result.reported = not result.orphans or any(text in said for text in LOST_KEY)
        key = credentials(self.stack.outputs())
        Aws(self.stand)("s3", **key).put_object(Bucket=self.bucket, Key="probe", Body=b"kept inside")
        with self.prober(Credentials("stolen key", *key.values())) as prober:
            self.destroy()
        result.met(prober)
        result.left_behind = self.remains()

    def prober(self, who: Credentials = NOBODY) -> Prober:
        """Return somebody outside who lists, reads and writes without pause."""
        return Prober(self.stand, self.stand.endpoint("outside"), self.bucket, (who,), pause=self.pause)

    def keys(self) -> set[str]:
        """Return the access keys of this stack's users in AWS."""
        iam = self.root("iam")
        return {
            key["AccessKeyId"]
            for user in self.users(iam)
            for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
        }

    def users(self, iam: Any) -> list[str]:
        """Return the users of this stack in AWS."""
        return [
            each["UserName"]
            for each in iam.list_users()["Users"]
            if f"-{self.stack.name}-" in each["UserName"]
        ]

    def remains(self) -> list[str]:
        """Return the buckets, users, groups and policies of this stack in AWS."""
        iam, name = self.root("iam"), f"-{self.stack.name}-"
        found = [each["Name"] for each in self.root("s3").list_buckets()["Buckets"]]
        mine = [bucket for bucket in found if bucket.startswith(self.bucket)]
        groups = [each["GroupName"] for each in iam.list_groups()["Groups"]]
        policies = [each["PolicyName"] for each in iam.list_policies(Scope="Local")["Policies"]]
        return mine + self.users(iam) + [each for each in groups + policies if name in each]

    def root(self, service: str) -> Any:
        """Return a client to which no policy and no fault applies."""
        return Aws(self.stand)(service, "root", aws_access_key_id="test", aws_secret_access_key="test")
