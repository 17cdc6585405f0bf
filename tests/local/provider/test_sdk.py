"""What is read from the SDK's source, against what the SDK says of itself when it is imported."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from pulumi import _types

from local.provider import sdk
from local.provider.general import general
from local.provider.schema import schema

KINDS = {str: "string", bool: "boolean", int: "integer", float: "number"}


def kind(spec: sdk.Spec) -> str:
    """A word for a type of the schema."""
    return str(spec.get("type", "object" if spec.get("$ref", "").startswith(sdk.REFERENCE) else "other"))


def kind_of(python: Any) -> str:
    """A word for a type of Python."""
    origin = str(getattr(python, "__origin__", ""))
    if "Sequence" in origin:
        return "array"
    return KINDS.get(python) or ("object" if "Mapping" in origin or isinstance(python, type) else "other")


@pytest.mark.parametrize(
    "token",
    [
        "aws:cloudfront/distribution:Distribution",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:iam/outboundWebIdentityFederation:OutboundWebIdentityFederation",
        "aws:s3/bucketVersioningV2:BucketVersioningV2",
        "aws:sqs/queue:Queue",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ],
)
def test_a_resource_type_is_read_as_the_sdk_has_it(token: str) -> None:
    """Inputs, outputs and their types."""
    name = token.rpartition(":")[2]
    module = importlib.import_module(f"pulumi_aws.{sdk.module_of(token)}")
    found = sdk.resource(token)
    inputs = _types.input_type_types(getattr(module, f"{name}Args"))
    outputs = _types.resource_types(getattr(module, name))
    assert {key: kind(each) for key, each in found["inputProperties"].items()} == {
        key: kind_of(each) for key, each in inputs.items()
    }
    assert {key: kind(each) for key, each in found["properties"].items()} == {
        key: kind_of(each) for key, each in outputs.items()
    }


def test_secrets_and_requirements_are_read() -> None:
    """What the SDK hides, what it asks for, and what always has a value."""
    found = sdk.resource("aws:rds/instance:Instance")
    assert found["properties"]["password"]["secret"]
    assert "secret" not in found["properties"]["username"]
    assert found["requiredInputs"] == ["instanceClass"]
    assert "arn" in found["required"]
    assert "password" not in found["required"]


def test_a_function_is_read() -> None:
    """Arguments with and without which it can be called, and its result."""
    found = sdk.function("aws:lambda/getFunction:getFunction")
    assert found["inputs"]["required"] == ["functionName"]
    assert found["outputs"]["properties"]["memorySize"] == {"type": "integer"}


def test_the_schema_has_every_type_and_names_none_that_is_missing() -> None:
    """Each reference leads to an object type, and each getter of the SDK was read."""
    found = json.loads(schema("7.51.1"))
    references = {each.removeprefix(sdk.REFERENCE) for each in sdk.references(found)}
    assert references <= found["types"].keys()
    init = (sdk.package() / "__init__.py").read_text()
    modules = json.loads(init.partition('resource_modules="""')[2].partition('"""')[0])
    assert {token for module in modules for token in module["classes"]} == found["resources"].keys()
    assert "region" in found["provider"]["inputProperties"]


@pytest.mark.parametrize(
    "token", ["aws:s3/bucket:Bukket", "aws:nowhere/thing:Thing", "aws:../s3:Bucket", "aws", ""]
)
def test_a_token_that_the_sdk_does_not_have_is_no_type(token: str) -> None:
    """Whatever it looks like."""
    assert general(token) is None
