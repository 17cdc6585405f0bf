"""Jobs: what people and services have to be able to do with a bucket, each by the actions that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from s3_perimeter.endpoints import endpoint_words
from s3_perimeter.fence import LOG_DELIVERY
from s3_perimeter.semantics.request import Channel, Kind

__all__ = ["ACTIONS", "UNLOCKING", "Job", "Whom", "everybody_asked"]


class Job(StrEnum):
    """One ordinary job; the value is how a message names it."""

    LIST = "list the bucket"
    READ = "read objects"
    WRITE = "write objects"
    MAINTAIN = "maintain the bucket"
    DELIVER_LOGS = "deliver access logs"

    @property
    def on_object(self) -> bool:
        """Whether its actions are asked of an object."""
        return self in (Job.READ, Job.WRITE, Job.DELIVER_LOGS)


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


def everybody_asked(
    endpoints: Sequence[str],
    break_glass: Sequence[str],
    services: Sequence[str],
    *,
    any_service: bool,
    maintained_through_endpoints: bool = False,
) -> list[Whom]:
    """Return everybody who has to get in: the members of the allow-list, and each declared exemption.

    The bucket is maintained through VPC endpoints where nobody else can come to do it.

    The account's root user is nobody of them: it is no way to work, and many accounts have none.
    """
    signed = (*_PEOPLE, Kind.ROOT)
    found = [Whom(Channel.PUBLIC_SIGNED, _PEOPLE, (*_DATA, Job.MAINTAIN))]
    through_them = (*_DATA, Job.MAINTAIN) if maintained_through_endpoints else _DATA
    found += [Whom(Channel.VPC_ENDPOINT, _PEOPLE, through_them, endpoint=name) for name in endpoints]
    found += [Whom(Channel.PUBLIC_SIGNED, signed, (*_DATA, Job.MAINTAIN), arn=arn) for arn in break_glass]
    for name in (*services, *(("",) if any_service else ())):
        jobs = (Job.DELIVER_LOGS,) if name == LOG_DELIVERY else _DATA
        # Some services only read, others only write.
        found.append(Whom(Channel.AWS_SERVICE, (Kind.SERVICE,), jobs, service=name, one_is_enough=True))
    return found
