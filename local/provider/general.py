"""Any other type of the SDK: inputs are checked, previews shown and states compared; nothing is made."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Never

from local.provider import sdk
from local.provider.failures import ProviderError
from local.provider.resource import AutoName, Resource
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


class General(Resource):
    """A type of which nothing is known but what the SDK declares."""

    def __init__(self, token: str) -> None:
        self.token = self.title = token
        self.properties = properties(token)
        self.regional = "region" in self.properties
        name = self.properties.get("name")
        if isinstance(name, Text) and name.computed:
            self.auto_name = AutoName(longest=255, instead="namePrefix")

    def create(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("make")

    def configure(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("change")

    def read(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("read")

    def delete(self, *_: Any, **__: Any) -> Never:
        raise self.refusal("delete")

    def refusal(self, doing: str) -> ProviderError:
        """Why nothing is done, and what can be."""
        return ProviderError(
            f"the embedded AWS does not {doing} {self.token}; `pulumi preview` and the policy pack work with "
            "it\n\nhint: docs/reference/provider-stand-in.md lists the types that are made, and says how to "
            "use the real provider"
        )


@functools.cache
def general(token: str) -> General | None:
    """The type with this token; None where the SDK has none."""
    try:
        return General(token)
    except KeyError:
        return None


@functools.cache
def properties(token: str) -> Mapping[str, Property]:
    """The properties of a type as the SDK declares them. Raises KeyError where it has no such type.

    What always has a value though a program need not give one is ``computed``: AWS chooses it, or the
    provider has a default, which the SDK does not say.
    """
    spec = sdk.resource(token)
    inputs, outputs = spec["inputProperties"], spec["properties"]
    return MappingProxyType(
        {
            key: form(
                inputs.get(key) or outputs[key],
                required=key in spec["requiredInputs"],
                computed=key in inputs and key in spec["required"] and key not in spec["requiredInputs"],
                output=key not in inputs,
                secret=outputs.get(key, {}).get("secret", False),
                kept=key not in outputs,
            )
            for key in (*inputs, *(key for key in outputs if key not in inputs))
        }
    )


def form(spec: sdk.Spec, **about: Any) -> Property:
    """The property of a type in the schema. A text that may be an object as well is a JSON document."""
    if "oneOf" in spec:
        kinds = [each.get("type") for each in spec["oneOf"]]
        return Document(**about) if kinds == ["string", None] else Free(**about)
    if spec.get("type") == "array":
        return Listed(item=form(spec["items"]), **about)
    if spec.get("type") == "object":
        return Table(item=form(spec["additionalProperties"]), **about)
    reference = spec.get("$ref", "")
    if reference.startswith(sdk.REFERENCE):
        return Block(fields=Fields(reference), **about)
    return SCALARS[reference or spec["type"]](**about)


class Fields(Mapping[str, Property]):
    """The fields of an object type, read when they are asked for: some types hold themselves."""

    def __init__(self, reference: str) -> None:
        self.reference = reference

    @functools.cached_property
    def forms(self) -> Mapping[str, Property]:
        """The properties by name."""
        spec = sdk.structure(self.reference)
        return {key: form(each, required=key in spec["required"]) for key, each in spec["properties"].items()}

    def __getitem__(self, name: str) -> Property:
        return self.forms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)
