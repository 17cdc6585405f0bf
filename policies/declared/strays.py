"""What a program declares and what fences nothing: policies of a bucket that cannot be told, settings made in
another S3 than their bucket, and components that bear the type of a resource of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..judging.rule import Violation, broken
from . import kinds
from .deployment import Deployment
from .documents import LEFT_OUT
from .origins import name_from


def strays(deployment: Deployment) -> Iterator[Violation]:
    """Every resource that looks like a part of the fence and is none."""
    yield from impostors(deployment)
    for sidecar in deployment.adrift:
        if sidecar.type in kinds.BUCKET_POLICY:
            reason, fix = (
                LEFT_OUT
                if sidecar.left_out
                else name_from(
                    sidecar,
                    "bucket",
                    deployment,
                    "to which bucket it belongs is not known during preview",
                    "give the bucket an explicit name and use that name here",
                )
            )
            yield broken(sidecar.urn, f"bucket policy `{sidecar.name}`", reason, fix)
    for sidecar in deployment.estranged:
        yield broken(
            sidecar.urn,
            f"resource `{sidecar.name}`",
            f"it names the bucket `{sidecar.value('bucket')}` of this deployment, and its provider does not "
            "surely work with the same S3: `endpoints` or the partition differ, or are not known",
            "declare it with the provider of its bucket",
        )


def impostors(deployment: Deployment) -> Iterator[Violation]:
    """Every resource that bears a type of AWS and is not made there."""
    for resource in deployment.impostors:
        yield broken(
            resource.urn,
            f"resource `{resource.name}`",
            f"it bears the type `{resource.type}` and no provider of that type makes it: it is a component, "
            "or `--target` leaves its provider out",
            "declare the resource itself, and give a component a type of its own",
        )
