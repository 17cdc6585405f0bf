"""The provider that makes a resource, and which S3 that provider works with.

A bucket's name says nothing without that: an S3-compatible service behind other ``endpoints``, or another
partition of AWS, can have a bucket of the same name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .values import UNKNOWN, Properties, Value, blocks, text, unknown_within

__all__ = ["REDACTED", "Provider", "provider_of"]

# What `pulumi policy analyze --file` puts in the place of a secret that it has no passphrase for.
REDACTED: Final = "[secret]"
_PARTITIONS: Final[Mapping[str, str]] = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider as a resource is made by it.

    ``urn`` is its own and ``package`` the Pulumi package whose resources it makes. ``endpoints`` holds,
    as sorted JSON, the addresses that stand in for AWS's own. ``region`` is the resource's own or its
    provider's, ``partition`` that of the region, or `aws` where there is none. All three are None where they
    are not known.
    """

    urn: str
    package: str
    endpoints: str | None
    region: str | None
    partition: str | None

    def same_s3(self, other: Provider) -> bool:
        """Whether both surely work with the same S3."""
        if self.partition != other.partition:
            return False
        if self.urn == other.urn:
            return True
        return None not in (self.partition, self.endpoints) and self.endpoints == other.endpoints


def provider_of(
    urn: str, kind: str, settings: Properties, declared: Properties, there: Properties
) -> Provider:
    """Return the provider of a resource, from its URN, type and settings, and from what the resource declares
    and has.
    """
    # A provider works out the region of what it makes: that one is never asked for where it is not known.
    regions = (declared.get("region"), text(there.get("region")), settings.get("region"))
    region = next((each for each in regions if each not in (None, "")), "")
    return Provider(
        urn=urn,
        package=kind.rpartition(":")[2],
        endpoints=_endpoints(settings.get("endpoints")),
        region=text(region) or None,
        partition=_partition(region),
    )


def _partition(region: Value) -> str | None:
    named = text(region)
    if named is None or named == REDACTED:
        return None
    return next((name for prefix, name in _PARTITIONS.items() if named.startswith(prefix)), "aws")


def _endpoints(value: Value) -> str | None:
    """Return the endpoints through which S3 is reached, in one form: SDKs send them as JSON text, or as
    blocks.
    """
    if value is None or value == "":
        return "{}"
    if isinstance(value, str):
        try:
            value = None if value == REDACTED else json.loads(value)
        except ValueError:
            value = None
        if value is None:
            return None
    if unknown_within(value):
        return None
    merged: dict[str, Value] = {}
    for block in blocks(value):
        if block is UNKNOWN or not isinstance(block, Mapping):
            return None
        merged.update({name: url for name, url in block.items() if name.startswith(_OF_S3) and url})
    return json.dumps(merged, sort_keys=True)


_OF_S3: Final = ("s3", "cloudcontrol")
