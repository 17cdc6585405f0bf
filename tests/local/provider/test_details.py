"""What the types say of their properties, against what the SDK declares."""

from __future__ import annotations

import pytest

from local.provider import sdk
from local.provider.scalars import Property
from local.provider.structures import Block, Listed, Table
from local.provider.types import RESOURCES


def paths(form: Property, path: str) -> set[str]:
    """The path of a property and of everything in it."""
    match form:
        case Block(fields=fields):
            return {path}.union(*(paths(each, f"{path}.{name}") for name, each in fields.items()))
        case Listed(item=item) | Table(item=item):
            return {path} | paths(item, path)
    return {path}


@pytest.mark.parametrize("token", sorted({each.token for each in RESOURCES.values()}))
def test_a_type_speaks_of_properties_that_it_has(token: str) -> None:
    """A misspelled path would say nothing, and nobody would hear of it."""
    resource, details = RESOURCES[token], RESOURCES[token].details
    known = set().union(*(paths(form, name) for name, form in resource.properties.items()))
    words = " ".join([details.replaces, details.kept, details.unordered, details.documents, details.computed])
    shared = {"group", "role", "user"}  # of which a policy's type has one
    assert {*words.split(), *details.defaults, *details.forms} - known - shared == set()


def test_every_type_is_one_of_the_sdk() -> None:
    """No token is misspelled; the one that is not in the SDK is an alias that its classes declare."""
    known = set(sdk.resources())
    assert {token for token in RESOURCES if token not in known} <= {"aws:s3/BucketObject:BucketObject"}
