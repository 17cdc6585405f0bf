"""The stand-in's types against the pulumi_aws SDK's own signatures."""

from __future__ import annotations

import pytest

from local.provider.scalars import Content, Flag, Property, Whole
from local.provider.structures import Block, Listed, Table
from local.provider.types import RESOURCES
from tests.local.provider.sdk import Shape, by_token, declared


def shape_of(form: Property) -> Shape:
    """A property's shape in the words of ``sdk``."""
    match form:
        case Block(fields=fields):
            return ("block", {name: shape_of(each) for name, each in fields.items()})
        case Listed(item=item):
            return ("list", shape_of(item))
        case Table(item=item):
            return ("map", shape_of(item))
        case Flag():
            return "flag"
        case Whole():
            return "whole"
        case Content():
            return "content"
    return "text"


@pytest.mark.parametrize("token", sorted(token for token in RESOURCES if token in by_token()))
def test_names_and_types_are_the_sdks(token: str) -> None:
    """Inputs, outputs, what is required, and every nested field."""
    ours, sdk = RESOURCES[token].properties, declared(token)
    inputs = {name: shape_of(form) for name, form in ours.items() if not form.output}
    assert inputs == sdk.inputs
    assert {name for name, form in ours.items() if form.required} == sdk.required
    assert {name: shape_of(form) for name, form in ours.items()} == sdk.outputs


def test_every_type_is_one_of_the_sdk() -> None:
    """No token is misspelt; the one that is not in the SDK is an alias that its classes declare."""
    assert {token for token in RESOURCES if token not in by_token()} <= {"aws:s3/BucketObject:BucketObject"}
