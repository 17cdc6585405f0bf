"""The properties of a type: what the SDK declares of them, and what it does not say."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from local.provider import sdk
from local.provider.scalars import Content, Document, Flag, Free, Number, Property, Text, Whole
from local.provider.structures import Block, Listed, Table

SCALARS: Mapping[str, type[Property]] = {
    "string": Text,
    "boolean": Flag,
    "integer": Whole,
    "number": Number,
    "pulumi.json#/Any": Free,
    "pulumi.json#/Asset": Content,
    "pulumi.json#/Archive": Content,
}
REPLACES = frozenset({"expectedBucketOwner", "namePrefix", "pgpKey", "region"})
"""What every type that has it is made anew for."""

KEPT = frozenset({"expectedBucketOwner", "namePrefix", "pgpKey", "skipDestroy"})
"""What AWS never gives back."""


@dataclass(frozen=True, slots=True)
class Details:
    """What the SDK does not say of a type's properties, by their paths: ``policy``, or ``rules.filter``.

    Paths stand in one text with blanks between them. See ``Property`` for what each word means.
    """

    replaces: str = ""
    kept: str = ""
    unordered: str = ""
    documents: str = ""
    computed: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    forms: Mapping[str, type[Property]] = field(default_factory=dict)
    """Properties that compare in a way of their own."""

    def about(self, path: str) -> dict[str, Any]:
        """Return what is said of one property."""
        return {
            "replaces": path in REPLACES or path in self.replaces.split(),
            "kept": path in KEPT or path in self.kept.split(),
            "default": self.defaults.get(path),
            **({"computed": True} if path in self.computed.split() else {}),
        }


def properties(token: str, details: Details) -> Mapping[str, Property]:
    """Return the properties of a type, by Pulumi's name. Raises KeyError where the SDK has no such type.

    What always has a value though a program need not give one is ``computed``: AWS chooses it, or the
    provider has a default, which the SDK does not say.
    """
    spec = sdk.resource(token)
    inputs, outputs = spec["inputProperties"], spec["properties"]
    found = {}
    for key in (*inputs, *(key for key in outputs if key not in inputs)):
        required = key in spec["requiredInputs"]
        about = {
            "required": required,
            "computed": key in inputs and key in spec["required"] and not required,
            "output": key not in inputs,
            "secret": outputs.get(key, {}).get("secret", False),
            **details.about(key),
        }
        found[key] = form(inputs.get(key) or outputs[key], key, details, **about)
    return MappingProxyType(found)


def form(spec: sdk.Spec, path: str, details: Details, **about: Any) -> Property:
    """Return the property of a type in the schema. A text that may be an object as well is a JSON
    document.
    """
    if path in details.forms:
        return details.forms[path](**about)
    if "oneOf" in spec:
        kinds = [each.get("type") for each in spec["oneOf"]]
        return Document(**about) if kinds == ["string", None] else Free(**about)
    if spec.get("type") == "array":
        item = form(spec["items"], f"{path}[]", details, **details.about(f"{path}[]"))
        return Listed(item=item, ordered=path not in details.unordered.split(), **about)
    if spec.get("type") == "object":
        return Table(item=form(spec["additionalProperties"], f"{path}[]", details), **about)
    reference = spec.get("$ref", "")
    if reference.startswith(sdk.REFERENCE):
        return Block(fields=Fields(reference, path.removesuffix("[]"), details), **about)
    if path in details.documents.split():
        return Document(**about)
    return SCALARS[reference or spec["type"]](**about)


class Fields(Mapping[str, Property]):
    """The fields of an object type, read when they are asked for: some types hold themselves."""

    def __init__(self, reference: str, path: str, details: Details) -> None:
        self.reference = reference
        self.path = path
        self.details = details

    @functools.cached_property
    def forms(self) -> Mapping[str, Property]:
        """The properties by name."""
        spec, found = sdk.structure(self.reference), {}
        for key, each in spec["properties"].items():
            path = f"{self.path}.{key}"
            about = {"required": key in spec["required"], **self.details.about(path)}
            found[key] = form(each, path, self.details, **about)
        return found

    def __getitem__(self, name: str) -> Property:
        return self.forms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)
