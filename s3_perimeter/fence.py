"""Perimeter: what a bucket's policy has to enforce: bucket, allow-list and declared exemptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from s3_perimeter.addresses import AddressSet

__all__ = ["ExpiringNetworks", "Perimeter"]

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
    """The network perimeter of one bucket.

    `allowed` includes the addresses of `expiring`. What is empty or off exempts nothing: `vpc_endpoints` are
    endpoint ids, `break_glass` principal ARNs, and `trust_aws_services` lets AWS service principals in.
    """

    bucket: str
    allowed: AddressSet
    account: str | None = None
    partition: str = "aws"
    vpc_endpoints: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    trust_aws_services: bool = False
    expiring: tuple[ExpiringNetworks, ...] = ()

    @property
    def bucket_arn(self) -> str:
        """The ARN that bucket actions need."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def objects_arn(self) -> str:
        """The ARN pattern of every object in the bucket, that object actions need."""
        return f"{self.bucket_arn}/*"
