"""The PrivateBucket components of a deployment, what they were given, and the buckets that they make.

Whoever writes a program can write a component of that name, too, with any arguments. That gives them nothing
that the arguments of the real one do not: either way the program says who may come in, and the proof holds
the bucket to it. So such a list counts for the buckets of its component alone, and only where neither the
stack's config nor the pack's has one; `approvedNetworks` binds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .deployment import Bucket, Resource
from .values import Properties

COMPONENT: Final = "s3-perimeter:index:PrivateBucket"
_BUCKET: Final = "aws:s3/bucket:Bucket"


def components_of(resources: Iterable[Resource]) -> Iterator[Resource]:
    """The components among the resources; what a provider makes is none."""
    return (each for each in resources if each.type == COMPONENT and each.provider is None)


def made_by(component: Resource, bucket: Bucket) -> bool:
    """Whether the component makes this bucket: its own one, or the one for its access logs.

    A URN is given once in a stack, and these two are the component's: a bucket that a program puts below the
    component has another name.
    """
    return bucket.resource is not None and bucket.resource.urn in _made(component)


def may_be_made(resource: Resource) -> bool:
    """Whether this is a bucket somewhere below such a component."""
    return resource.type == _BUCKET and f"{COMPONENT}$" in resource.urn


def said_by(component: Resource) -> Properties:
    """What the component's arguments say of who may come in, under the names of the stack's config."""
    given = dict(component.declared)
    networks, temporary = given.get("allowedNetworks"), given.pop("temporaryNetworks", None)
    if isinstance(networks, list) and isinstance(temporary, list):
        given["allowedNetworks"] = [*networks, *temporary]
    elif temporary is not None:
        # Unknown, or no list: then nothing is known of the whole.
        given["allowedNetworks"] = temporary if networks is None or isinstance(networks, list) else networks
    return given


def _made(component: Resource) -> tuple[str, str]:
    """The URNs of the buckets that the component makes."""
    below = component.urn.removesuffix(f"::{component.name}")
    logs = f"{below}$s3-perimeter:index:AccessLogBucket${_BUCKET}::{component.name}-logs"
    return f"{below}${_BUCKET}::{component.name}", logs
