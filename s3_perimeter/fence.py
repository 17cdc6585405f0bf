"""Perimeter: what a bucket's policy has to enforce: bucket, allow-list and declared exemptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.errors import PerimeterError

__all__ = [
    "LOG_DELIVERY",
    "NAME_ANOTHER",
    "OTHER_KINDS",
    "ExpiringNetworks",
    "Perimeter",
    "other_kind",
    "refuse_other_kinds",
]

OTHER_KINDS = {
    "-s3alias": "access point aliases",
    "--ol-s3": "Object Lambda access point aliases",
    "--op-s3": "aliases of access points on Outposts",
    ".mrap": "Multi-Region Access Points",
    "--x-s3": "directory buckets",
    "--xa-s3": "access points of directory buckets",
    "--table-s3": "S3 table buckets",
}
"""Ends of names that AWS keeps for what is no general purpose bucket ("General purpose bucket naming rules").
"""

NAME_ANOTHER = "name a general purpose bucket"
"""What to do about a name of another kind."""

LOG_DELIVERY = "logging.s3.amazonaws.com"
"""The service principal that delivers server access logs ("Enabling Amazon S3 server access logging")."""

_FIRST_YEAR = 1970
"""There are no dates before it in policies: they count seconds since then."""


@dataclass(frozen=True, slots=True)
class ExpiringNetworks:
    """Addresses of the allow-list that are good for a while; `until` is the first moment they are refused."""

    addresses: AddressSet
    until: datetime

    def __post_init__(self) -> None:
        if self.until.tzinfo is None:
            raise ValueError("`until` needs a time zone: say UTC")
        try:
            moment = self.until.astimezone(UTC)
        except OverflowError as error:
            raise ValueError(f"`until` ({self.until}) is no moment of the calendar in UTC") from error
        if moment.year < _FIRST_YEAR:
            raise ValueError(
                f"`until` ({self.until}) is before {_FIRST_YEAR}: write when the addresses expire"
            )


@dataclass(frozen=True, slots=True)
class Perimeter:
    """The network perimeter of one general purpose bucket; PerimeterError where the name is of another kind.

    `allowed` includes the addresses of `expiring`, and may be empty. What is empty or off exempts nothing:
    `vpc_endpoints` are ids of endpoints, or for all of its endpoints an organization's id, an account's or a
    VPC's ARN; `break_glass` are principal ARNs, and `trust_aws_services` lets AWS service principals in.
    """

    bucket: str
    allowed: AddressSet
    account: str | None = None
    partition: str = "aws"
    vpc_endpoints: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    trust_aws_services: bool = False
    expiring: tuple[ExpiringNetworks, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_kinds(self.bucket)

    @property
    def bucket_arn(self) -> str:
        """The ARN that bucket actions need."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def objects_arn(self) -> str:
        """The ARN pattern of every object in the bucket, that object actions need."""
        return f"{self.bucket_arn}/*"


def other_kind(bucket: str) -> str | None:
    """Return what is wrong with a name that is of no general purpose bucket: others are reached by other
    actions and ARNs, of which nothing is proved here. None where it may be one.
    """
    return next(
        (
            f"`{bucket}` ends in `{ending}`, which AWS reserves for {owner}: other actions and other ARNs "
            "reach "
            "those, so nothing can be proved of it here"
            for ending, owner in OTHER_KINDS.items()
            if bucket.endswith(ending)
        ),
        None,
    )


def refuse_other_kinds(bucket: str) -> None:
    """PerimeterError on a name that is of no general purpose bucket."""
    problem = other_kind(bucket)
    if problem:
        raise PerimeterError(f"{problem}\n\nhint: {NAME_ANOTHER}")
