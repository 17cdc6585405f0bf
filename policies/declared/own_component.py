"""This project's components in a deployment, what they were given, and what is judged by it: the buckets of a
PrivateBucket, and the resource control policies of an OrganizationPerimeter.

Whoever writes a program can write a component of that name, too, with any arguments. That gives them nothing
that the arguments of the real one do not: either way the program says who may come in, and the proof holds
the bucket to it. So such a list counts for the buckets of its component alone, and only where neither the
stack's config nor the pack's has one; `approvedNetworks` binds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from .deployment import Bucket, Resource
from .values import Properties

__all__ = ["components_of", "made_by", "may_be_made", "said_by"]

COMPONENT: Final = "s3-perimeter:index:PrivateBucket"
_ORGANIZATION: Final = "s3-perimeter:index:OrganizationPerimeter"
_POLICY: Final = "aws:organizations/policy:Policy"
_BUCKET: Final = "aws:s3/bucket:Bucket"


def components_of(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Return the components among the resources; what a provider makes is none."""
    own = (COMPONENT, _ORGANIZATION)
    return (each for each in resources if each.type in own and each.provider is None)


def made_by(component: Resource, bucket: Bucket) -> bool:
    """Whether the component makes this bucket: its own one, or the one for its access logs; or the resource
    control policy that this is an example bucket of.

    A URN is given once in a stack, and these are the component's: what a program puts below the component has
    another name.
    """
    below, _, name = component.urn.rpartition("::")
    if component.type == _ORGANIZATION:  # what one policy cannot hold is in others, with a number
        made = re.fullmatch(re.escape(f"{below}${_POLICY}::{name}") + r"(-[2-9])?", bucket.urn)
        return bucket.resource is None and made is not None
    logs = f"{below}$s3-perimeter:index:AccessLogBucket${_BUCKET}::{name}-logs"
    return bucket.resource is not None and bucket.resource.urn in (f"{below}${_BUCKET}::{name}", logs)


def may_be_made(resource: Resource) -> bool:
    """Whether this is a bucket somewhere below such a component."""
    return resource.type == _BUCKET and f"{COMPONENT}$" in resource.urn


def said_by(component: Resource) -> Properties:
    """Return what the component's arguments say of who may come in, under the names of the stack's config."""
    given = dict(component.declared)
    networks, temporary = given.get("allowedNetworks"), given.pop("temporaryNetworks", None)
    if isinstance(networks, list) and isinstance(temporary, list):
        given["allowedNetworks"] = [*networks, *temporary]
    elif temporary is not None:
        # Unknown, or no list: then nothing is known of the whole.
        given["allowedNetworks"] = temporary if networks is None or isinstance(networks, list) else networks
    return given
