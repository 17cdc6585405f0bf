"""Perimeter and ExpiringNetworks: what they promise to hold."""

from datetime import datetime

import pytest

from s3_perimeter import AddressSet, ExpiringNetworks, Perimeter


def test_the_arns_carry_the_partition() -> None:
    """Bucket actions need the one ARN, object actions the other, both in the perimeter's partition."""
    china = Perimeter(bucket="papers", allowed=AddressSet.nothing(), partition="aws-cn")
    assert (china.bucket_arn, china.objects_arn) == ("arn:aws-cn:s3:::papers", "arn:aws-cn:s3:::papers/*")


def test_an_expiry_without_a_time_zone_is_refused() -> None:
    """A moment that depends on the machine's clock zone is no boundary."""
    with pytest.raises(ValueError, match="time zone"):
        ExpiringNetworks(AddressSet.nothing(), datetime(2026, 12, 1))
