"""The deployment as rules see it: every bucket with what is declared about it, gathered before any rule
judges.

What is declared stands in a resource's inputs; a stack's final resources carry outputs, which can be stale (a
bucket's own ``policy`` after a refresh) or unknown. So inputs are preferred wherever the engine showed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from . import kinds
from .provider import Provider
from .values import Properties, Value, count_unknown, text

__all__ = ["Bucket", "Deployment", "Resource", "gather"]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. ``inputs`` is None for one that is there and that this deployment leaves alone.

    ``links`` names, for each property, the URNs that its value depends on; ``provider`` is None for one that
    no provider makes, such as a component.
    """

    urn: str
    type: str
    name: str
    outputs: Properties
    inputs: Properties | None = None
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)
    provider: Provider | None = None

    @property
    def declared(self) -> Properties:
        """What the program asks for; where the engine did not show that, what is there."""
        return self.outputs if self.inputs is None else self.inputs

    def value(self, *names: str) -> Value:
        """Return the first of these properties that is declared, else that is there; None where none is.

        A declared value that is unknown stays unknown: what is there now may be about to change.
        """
        for properties in (self.declared, self.outputs):
            for name in names:
                if name in properties:
                    return properties[name]
        return None

    @property
    def native(self) -> bool:
        """Whether the aws-native provider (Cloud Control) declares it."""
        return self.type.startswith("aws-native:")

    @property
    def without_provider(self) -> bool:
        """Whether it bears the type of a resource of AWS without being made by that type's provider."""
        package, _, rest = self.type.partition(":")
        # Components of the AWS SDKs are called `aws:s3:BucketEventSubscription`, what a provider makes
        # `aws:s3/bucket:Bucket`.
        made = package == "aws-native" or (package == "aws" and "/" in rest)
        return made and (self.provider is None or self.provider.package != package)

    @property
    def left_out(self) -> bool:
        """Whether nothing of it is seen: it is not there yet, and `--target` or `--exclude` leaves it out."""
        return not self.inputs and not self.outputs

    def sources(self, name: str) -> frozenset[str]:
        """Return the URNs of the resources that the unknown values in this property come from, one each.

        Empty where they are not as many as the unknown values: one of those may then come from anywhere.
        """
        links = self.links.get(name, frozenset())
        value = self.value(name)
        # What `--target` leaves out has its links and no values.
        expected = 1 if value is None else count_unknown(value)
        return links if len(links) == expected else frozenset()

    def source(self, name: str) -> str | None:
        """Return the URN of the one resource that the one unknown value in this property comes from, or
        None.
        """
        found = self.sources(name)
        return next(iter(found)) if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket and the resources that configure it.

    ``resource`` is None for a bucket that is only configured here and made elsewhere, or is not known.
    ``name`` is None while the engine does not know it.
    """

    urn: str
    label: str
    name: str | None
    resource: Resource | None
    parts: tuple[Resource, ...] = ()

    @property
    def provider(self) -> Provider | None:
        """The provider that makes the bucket, else the one that configures it."""
        return (self.resource or self.parts[0]).provider

    @property
    def partition(self) -> str:
        """The AWS partition of the bucket's ARN, by the region that it is in; `aws` where none is known."""
        return (self.provider and self.provider.partition) or "aws"

    def attached(self, kind: frozenset[str]) -> tuple[Resource, ...]:
        """Return the parts of these types, by URN."""
        return tuple(part for part in self.parts if part.type in kind)

    def inline(self, *names: str) -> Value:
        """Return the first of these arguments that stands on the bucket resource itself; None where none
        does.
        """
        if self.resource is None:
            return None
        for name in names:
            value = self.resource.declared.get(name)
            if value is not None and value != [] and value != {}:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Deployment:
    """All resources, by URN, and the buckets among them.

    ``unplaced`` holds the parts whose bucket is not known: the name is unknown and nothing links them to
    exactly one bucket. Each but a bucket policy also stands alone in ``buckets``, so that what it opens is
    judged. ``in_another_s3`` holds those that name a bucket of this deployment and are made in another S3,
    ``without_provider`` what bears a type of AWS and no provider of AWS makes. Neither counts for anything.
    """

    resources: tuple[Resource, ...]
    buckets: tuple[Bucket, ...]
    unplaced: tuple[Resource, ...]
    in_another_s3: tuple[Resource, ...]
    without_provider: tuple[Resource, ...]

    def of(self, kind: frozenset[str]) -> Iterator[Resource]:
        """Return the resources of these types, by URN."""
        return (resource for resource in self.resources if resource.type in kind)

    def bucket_at(self, resource: Resource, name: str, value: Value) -> Bucket | None:
        """Return the bucket of this deployment that a property (its name and value) of a resource points at,
        or None.
        """
        return _target(resource, name, value, self.buckets)


def gather(resources: Iterable[Resource]) -> Deployment:
    """Sort the resources by URN and put each part to its bucket: by value, else by property
    dependencies.
    """
    everything = sorted(resources, key=lambda resource: resource.urn)
    without_provider = tuple(resource for resource in everything if resource.without_provider)
    ordered = tuple(resource for resource in everything if not resource.without_provider)
    bare = tuple(
        Bucket(resource.urn, _label(resource), _bucket_name(resource), resource)
        for resource in ordered
        if resource.type in kinds.BUCKET
    )
    names = {bucket.name for bucket in bare}
    owned: dict[str, list[Resource]] = {}
    elsewhere: dict[str, list[Resource]] = {}
    unplaced: list[Resource] = []
    in_another_s3: list[Resource] = []
    for resource in ordered:
        if resource.type not in kinds.PARTS:
            continue
        value = resource.value("bucket")
        bucket = _target(resource, "bucket", value, bare)
        if bucket is not None:
            owned.setdefault(bucket.urn, []).append(resource)
        elif not isinstance(value, str):
            unplaced.append(resource)
        elif _name_in(value) in names:
            in_another_s3.append(resource)
        else:
            elsewhere.setdefault(_name_in(value), []).append(resource)
    buckets = [
        Bucket(bucket.urn, bucket.label, bucket.name, bucket.resource, tuple(owned.get(bucket.urn, ())))
        for bucket in bare
    ]
    buckets += [
        Bucket(parts[0].urn, f"`{name}`", name, None, tuple(parts))
        for name, parts in sorted(elsewhere.items())
    ]
    buckets += [
        Bucket(part.urn, f"of `{part.name}` (not known during preview)", None, None, (part,))
        for part in unplaced
        if part.type not in kinds.BUCKET_POLICY
    ]
    return Deployment(ordered, tuple(buckets), tuple(unplaced), tuple(in_another_s3), without_provider)


def _bucket_name(resource: Resource) -> str | None:
    """Return the name of the bucket that this resource declares, or None while it is unknown."""
    return text(resource.value("bucketName" if resource.native else "bucket")) or text(
        resource.outputs.get("id")
    )


def _label(resource: Resource) -> str:
    name = _bucket_name(resource)
    return f"`{name}`" if name else f"`{resource.name}` (its bucket name is not known yet)"


def _target(resource: Resource, name: str, value: Value, buckets: Iterable[Bucket]) -> Bucket | None:
    wanted = _name_in(value) if isinstance(value, str) else None
    source = resource.source(name)
    for bucket in buckets:
        found = bucket.urn == source if wanted is None else bucket.name == wanted
        if found and _same_s3(bucket.provider, resource.provider):
            return bucket
    return None


def _same_s3(one: Provider | None, other: Provider | None) -> bool:
    return one is not None and other is not None and one.same_s3(other)


def _name_in(value: str) -> str:
    """Return a bucket's name, out of the name itself or of its ARN."""
    return value.rpartition(":::")[2].partition("/")[0] if value.startswith("arn:") else value
