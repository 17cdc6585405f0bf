"""The stand-in's types against the pulumi_aws SDK's own signatures."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider import sdk
from local.provider.general import properties
from local.provider.scalars import Property, Text
from local.provider.structures import Block, Listed, Table
from local.provider.types import RESOURCES


def shape_of(form: Property) -> Any:
    """A property's type, nested fields included. Which texts are documents the SDK does not say of all."""
    match form:
        case Block(fields=fields):
            return {name: shape_of(each) for name, each in fields.items()}
        case Listed(item=item) | Table(item=item):
            return (type(form), shape_of(item))
    return Text if isinstance(form, Text) else type(form)


@pytest.mark.parametrize("token", sorted({each.token for each in RESOURCES.values()}))
def test_names_and_types_are_the_sdks(token: str) -> None:
    """Inputs, outputs, what is required, and every nested field."""
    ours, declared = RESOURCES[token].properties, properties(token)
    assert {name: shape_of(form) for name, form in ours.items()} == {
        name: shape_of(form) for name, form in declared.items()
    }
    for word in ("output", "required"):
        assert {name for name, form in ours.items() if getattr(form, word)} == {
            name for name, form in declared.items() if getattr(form, word)
        }


def test_every_type_is_one_of_the_sdk() -> None:
    """No token is misspelt; the one that is not in the SDK is an alias that its classes declare."""
    known = set(sdk.resources())
    assert {token for token in RESOURCES if token not in known} <= {"aws:s3/BucketObject:BucketObject"}
