"""The deployment as rules see it: every bucket with what is declared about it, gathered before any rule
judges.

What is declared stands in a resource's inputs; a stack's final resources carry outputs, which can be stale (a
bucket's own ``policy`` after a refresh) or unknown. So inputs are preferred wherever the engine showed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from policies import kinds
from policies.values import Properties, Value, text


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. ``inputs`` is None for one that this deployment only reads, or leaves alone by
    ``--target``.

    ``links`` names, for each property, the URNs that its value depends on; ``region`` is where its provider
    works.
    """

    urn: str
    type: str
    name: str
    outputs: Properties
    inputs: Properties | None = None
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)
    region: str | None = None

    @property
    def declared(self) -> Properties:
        """What the program asks for; where the engine did not show that, what is there."""
        return self.outputs if self.inputs is None else self.inputs

    def value(self, *names: str) -> Value:
        """The first of these properties that is declared, else that is there; None where none is.

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


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket and the resources that configure it.

    ``resource`` is None for a bucket that is only configured here and made elsewhere. ``name`` is None while
    the engine does not know it.
    """

    urn: str
    label: str
    name: str | None
    resource: Resource | None
    sidecars: tuple[Resource, ...] = ()

    def attached(self, kind: frozenset[str]) -> tuple[Resource, ...]:
        """The sidecar resources of these types, by URN."""
        return tuple(sidecar for sidecar in self.sidecars if sidecar.type in kind)

    def inline(self, *names: str) -> Value:
        """The first of these arguments that stands on the bucket resource itself; None where none does."""
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

    ``adrift`` holds the sidecars whose bucket cannot be told: the name is unknown and nothing links them to
    exactly one bucket.
    """

    resources: tuple[Resource, ...]
    buckets: tuple[Bucket, ...]
    adrift: tuple[Resource, ...]

    def of(self, kind: frozenset[str]) -> Iterator[Resource]:
        """The resources of these types, by URN."""
        return (resource for resource in self.resources if resource.type in kind)

    def bucket_at(self, resource: Resource, name: str, value: Value) -> Bucket | None:
        """The bucket of this deployment that a property (its name and value) of a resource points at, or
        None.
        """
        return _target(resource, name, value, self.buckets)


def gather(resources: Iterable[Resource]) -> Deployment:
    """Sort the resources by URN and put each sidecar to its bucket: by value, else by property
    dependencies.
    """
    ordered = tuple(sorted(resources, key=lambda resource: resource.urn))
    bare = tuple(
        Bucket(resource.urn, _label(resource), bucket_name(resource), resource)
        for resource in ordered
        if resource.type in kinds.BUCKET
    )
    owned: dict[str, list[Resource]] = {}
    elsewhere: dict[str, list[Resource]] = {}
    adrift: list[Resource] = []
    for resource in ordered:
        if resource.type not in kinds.SIDECARS:
            continue
        value = resource.value("bucket")
        bucket = _target(resource, "bucket", value, bare)
        if bucket is not None:
            owned.setdefault(bucket.urn, []).append(resource)
        elif isinstance(value, str):
            elsewhere.setdefault(_name_in(value), []).append(resource)
        else:
            adrift.append(resource)
    buckets = [
        Bucket(bucket.urn, bucket.label, bucket.name, bucket.resource, tuple(owned.get(bucket.urn, ())))
        for bucket in bare
    ]
    buckets += [
        Bucket(sidecars[0].urn, f"`{name}`", name, None, tuple(sidecars))
        for name, sidecars in sorted(elsewhere.items())
    ]
    return Deployment(ordered, tuple(buckets), tuple(adrift))


def bucket_name(resource: Resource) -> str | None:
    """The name of the bucket that this resource declares, or None while it is unknown."""
    return text(resource.value("bucketName" if resource.native else "bucket")) or text(
        resource.outputs.get("id")
    )


def _label(resource: Resource) -> str:
    name = bucket_name(resource)
    return f"`{name}`" if name else f"`{resource.name}` (its bucket name is not known yet)"


def _target(resource: Resource, name: str, value: Value, buckets: Iterable[Bucket]) -> Bucket | None:
    if isinstance(value, str):
        wanted = _name_in(value)
        return next((bucket for bucket in buckets if bucket.name == wanted), None)
    linked = [bucket for bucket in buckets if bucket.urn in resource.links.get(name, frozenset())]
    return linked[0] if len(linked) == 1 else None


def _name_in(value: str) -> str:
    """A bucket's name, out of the name itself or of its ARN."""
    return value.rpartition(":::")[2].partition("/")[0] if value.startswith("arn:") else value
