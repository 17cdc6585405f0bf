"""Jobs: what people and services have to be able to do with a bucket, each by the actions that it takes, and
what to say where somebody cannot do one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from s3_perimeter.documents.document import Statement
from s3_perimeter.documents.nodes import listed
from s3_perimeter.endpoints import endpoint_key, endpoint_words
from s3_perimeter.fence import LOG_DELIVERY, Perimeter
from s3_perimeter.proof.keys import SOURCE_IP, TIME_KEYS
from s3_perimeter.proof.result import Job
from s3_perimeter.semantics.explanation import named
from s3_perimeter.semantics.readings import written
from s3_perimeter.semantics.request import Channel, Kind

__all__ = ["ACTIONS", "UNLOCKING", "WAY_BACK", "Whom", "because", "everybody_asked", "fix"]

_MOST_ACTIONS = 4
WAY_BACK = (
    "the account's root user, or the organization's management account or a delegated one, by "
    "`sts:AssumeRoot` with the task policy `S3UnlockBucketPolicy`"
)
"""Who can still take a policy away that denies it to everybody ("DeleteBucketPolicy", Amazon S3 API
Reference; "Perform a privileged task on an AWS Organizations member account", IAM User Guide)."""

WAY_BACK_FROM_AN_RCP = (
    "to change or detach the resource control policy from the organization's management account or a "
    "delegated one"
)
"""Who can still take an RCP away: it holds the account's root user, too ("Resource control policies (RCPs)").
"""


UNLOCKING = ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
"""What takes a policy away that locks people out."""

_READ_BACK = (
    "s3:GetBucketPolicy",
    "s3:GetBucketLocation",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketWebsite",
    "s3:GetBucketVersioning",
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketLogging",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketTagging",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketOwnershipControls",
)
"""What a deployment reads of a bucket and its parts before it changes anything."""

ACTIONS: dict[Job, Sequence[str]] = {
    Job.LIST: ("s3:ListBucket",),
    Job.READ: ("s3:GetObject",),
    Job.WRITE: ("s3:PutObject",),
    Job.MAINTAIN: (*UNLOCKING, *_READ_BACK),
    Job.DELIVER_LOGS: ("s3:PutObject",),
}
"""The actions of each job, all of which it takes."""

_DATA = (Job.LIST, Job.READ, Job.WRITE)
_PEOPLE = (Kind.USER, Kind.ROLE, Kind.FEDERATED_USER)


class Whom(NamedTuple):
    """Somebody who has to get in: how their requests arrive, and the jobs that they have.

    At most one of `endpoint` (as it is exempt), `arn` (a break-glass principal) and `service` (its name,
    empty for any service) is given; without one it is the members of the allow-list. With `one_is_enough`,
    whoever can do one of the jobs gets in.
    """

    channel: Channel
    kinds: Sequence[Kind]
    jobs: Sequence[Job]
    endpoint: str | None = None
    arn: str | None = None
    service: str | None = None
    one_is_enough: bool = False

    @property
    def are_members(self) -> bool:
        """Whether it is whoever comes from an allowed address, and not somebody declared exempt."""
        return self.endpoint is None and self.arn is None and self.service is None

    def __str__(self) -> str:
        """Who it is, as a message names them."""
        if self.endpoint is not None:
            return f"requests through {endpoint_words(self.endpoint, '`')}"
        if self.arn is not None:
            return f"break-glass principal `{self.arn}`"
        if self.service is not None:
            name = "S3's log delivery" if self.service == LOG_DELIVERY else "the AWS service"
            return f"{name} `{self.service}`" if self.service else "AWS services"
        return "callers at allowed addresses"


def everybody_asked(perimeter: Perimeter, services: Sequence[str]) -> Iterator[Whom]:
    """Yield everybody who has to get in: the members of the allow-list, each declared exemption, and each of
    some services.

    The bucket is maintained through VPC endpoints where nobody else can come to do it.

    The account's root user is nobody of them: it is no way to work, and many accounts have none.
    """
    everything = (*_DATA, Job.MAINTAIN)
    through_them = _DATA if perimeter.allowed or perimeter.break_glass else everything
    yield Whom(Channel.PUBLIC_SIGNED, _PEOPLE, everything)
    for name in perimeter.vpc_endpoints:
        yield Whom(Channel.VPC_ENDPOINT, _PEOPLE, through_them, endpoint=name)
    for arn in perimeter.break_glass:
        yield Whom(Channel.PUBLIC_SIGNED, (*_PEOPLE, Kind.ROOT), everything, arn=arn)
    for name in (*services, *(("",) if perimeter.trust_aws_services else ())):
        jobs = (Job.DELIVER_LOGS,) if name == LOG_DELIVERY else _DATA
        # Some services only read, others only write.
        yield Whom(Channel.AWS_SERVICE, (Kind.SERVICE,), jobs, service=name, one_is_enough=True)


def because(
    statements: Sequence[Statement],
    whom: Whom,
    networks: Sequence[str],
    jobs: Mapping[Job, Sequence[str]],
    begins: datetime | None,
    ends: datetime | None,
    *,
    for_good: bool,
) -> str:
    """Return why somebody is locked out; `jobs` holds the actions of each that are denied. `for_good` says
    that nobody who has to get in can then change the policy.
    """
    subject = listed([named(statement) for statement in statements])
    verb = "denies" if len(statements) == 1 else "together deny"
    actions = [
        f"`{action}`" for job, each in jobs.items() if len(each) < len(ACTIONS[job]) for action in each
    ]
    if len(actions) > _MOST_ACTIONS:
        actions[_MOST_ACTIONS:] = [f"{len(actions) - _MOST_ACTIONS} more actions"]
    what = f" {listed(actions)}" if actions else ""
    when = f", from {written(begins)} on" if begins else ""
    when += f", until {written(ends)}" if ends else ""
    if for_good:
        held = any(statement.rcp is not None for statement in statements)
        when += f"; the way to regain access is then {WAY_BACK_FROM_AN_RCP if held else WAY_BACK}"
    if whom.are_members:
        return f"{subject} {verb} them{what}{_by(statements, networks)}{when}"
    return f"{subject} {verb} {whom}{what}, although declared exempt{when}"


def fix(statements: Sequence[Statement], whom: Whom) -> str:
    """Return what to change so that somebody gets in."""
    there = listed([named(statement) for statement in statements])
    if whom.endpoint is not None:
        key = endpoint_key(whom.endpoint)
        operator = "ArnNotEquals" if key.endswith("Arn") else "StringNotEquals"
        return f"add `{operator}` on `{key}` with `{whom.endpoint}` to {there}"
    if whom.arn is not None:
        return f"add `ArnNotEquals` on `aws:PrincipalArn` with `{whom.arn}` to {there}"
    if whom.service == "":
        return f"add `BoolIfExists` on `aws:PrincipalIsAWSService` with `false` to {there}"
    if whom.service is not None:
        condition = f"`StringNotEquals` on `aws:PrincipalServiceName` with `{whom.service}`"
        needs = ", and leave it `s3:PutObject`" if whom.service == LOG_DELIVERY else ""
        return f"add {condition} to {there}{needs}"
    keys = {condition.name for statement in statements for condition in statement.conditions}
    if SOURCE_IP in keys:
        return f"name every allowed network in the one `NotIpAddress` condition of {there}"
    if not keys.isdisjoint(TIME_KEYS):
        return f"remove the date from {there}, or add `NotIpAddress` on `aws:SourceIp` with the allow-list"
    return (
        f"add `NotIpAddress` on `aws:SourceIp` with the allow-list to {there}, or `ArnNotEquals` on "
        "`aws:PrincipalArn` with the principals who have to do this"
    )


def _by(statements: Sequence[Statement], networks: Sequence[str]) -> str:
    """Return which condition locks networks out."""
    about = [
        condition
        for statement in statements
        for condition in statement.conditions
        if condition.name == SOURCE_IP
    ]
    if not about:
        whose = "it has" if len(statements) == 1 else "they have"
        return f" like everybody else: {whose} no condition on `aws:SourceIp`"
    whose = "its condition" if len(about) == 1 else "the conditions"
    values = [value for each in about for value in each.values]
    if networks and all(":" in each for each in networks) and not any(":" in value for value in values):
        return f": {whose} on `aws:SourceIp` lists no IPv6 network"
    return f" by {whose} on `aws:SourceIp`"
