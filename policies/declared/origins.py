"""Where values that are not known during preview come from, and what makes them known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from . import kinds
from .deployment import Bucket, Deployment, Resource
from .values import UNKNOWN, unknown_within

__all__ = ["known_later", "name_from", "unnamed"]

# What policies name by their ids; anything else they name by its ARN.
_NAMED_BY_ID: Final = ("VpcEndpoint", "VPCEndpoint", "Vpc", "VPC")


def known_later(resource: Resource, name: str, deployment: Deployment) -> tuple[str, str]:
    """Return what a sentence about an unknown property goes on with, and what to do; both empty where the
    program does not show what the property is made of.
    """
    found = _origins(resource, name, deployment)
    if not found:
        return "", ""
    named = _joined([f"{_title(each)}{_example(each)}" for each in found])
    them = "it is" if len(found) == 1 else "they are"
    return f": what it takes from {named} is known only after {them} created", "; ".join(_fixes(found))


def unnamed(bucket: Bucket, deployment: Deployment) -> tuple[str, str]:
    """Return what is said of a bucket whose name is not known, and what to do about it."""
    resource = bucket.resource or bucket.parts[0]
    name = "bucketName" if bucket.resource is not None and resource.native else "bucket"
    problem = "its name is not known during preview"
    return name_from(resource, name, deployment, problem, "give the bucket an explicit name")


def name_from(
    resource: Resource, name: str, deployment: Deployment, problem: str, fix: str
) -> tuple[str, str]:
    """Return the problem and its fix for a property that holds a bucket's name and is not known: where it is
    made of something else than a bucket, both say so.
    """
    origins = [each for each in _origins(resource, name, deployment) if each.type not in kinds.BUCKET]
    if not origins:
        return problem, fix
    named = _joined([_title(each) for each in origins])
    return (
        f"{problem}: it is built from an output of {named}",
        f"write the name in the program or in the stack's config, or deploy {named} first and this with a "
        "second `pulumi up`",
    )


def _origins(resource: Resource, name: str, deployment: Deployment) -> Sequence[Resource]:
    """Return the resources that the unknown parts of a property can come from: of those that it depends on,
    the ones with an output that is not known, else all of them.
    """
    links = resource.links.get(name, frozenset())
    linked = [each for each in deployment.resources if each.urn in links]
    return [each for each in linked if unknown_within(each.outputs)] or linked


def _fixes(origins: Sequence[Resource]) -> Iterator[str]:
    buckets = [_title(each) for each in origins if each.type in kinds.BUCKET]
    others = [_title(each) for each in origins if each.type not in kinds.BUCKET]
    if buckets:
        yield (
            f"write the ARN of {_joined(buckets)} from an explicit name (`bucket`) instead of taking it from "
            "the `arn` output"
        )
    if others:
        yield (
            f"deploy {_joined(others)} first and this policy with a second `pulumi up`, in whose preview "
            "what it takes from there is known"
        )


def _title(resource: Resource) -> str:
    return f"{_kind(resource)} `{resource.name}`"


def _example(resource: Resource) -> str:
    """Return what a policy usually takes from the resource, where that is not known."""
    taken = "id" if _kind(resource) in _NAMED_BY_ID else "ARN"
    return f" (such as its {taken})" if resource.outputs.get(taken.lower()) is UNKNOWN else ""


def _kind(resource: Resource) -> str:
    """Return the last part of the type, as programs write it: `VpcEndpoint`."""
    return resource.type.rpartition(":")[2]


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
