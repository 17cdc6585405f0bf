"""The package's whole schema, which the hosts of YAML programs and ``pulumi package`` ask a provider for."""

from __future__ import annotations

import functools
import json

from local.provider import sdk


@functools.cache
def schema(version: str) -> str:
    """Return the schema as JSON: every resource type, function and object type of the SDK, without
    descriptions.
    """
    resources = {token: sdk.resource(token) for token in sdk.resources()}
    functions = {token: sdk.function(token) for token in sdk.functions()}
    types: dict[str, sdk.Spec] = {}
    provider = sdk.provider()
    todo = list(sdk.references([resources, functions, provider]))
    while todo:
        reference = todo.pop()
        if reference not in types:
            types[reference] = sdk.structure(reference)
            todo += sdk.references(types[reference])
    return json.dumps(
        {
            "name": "aws",
            "version": version,
            "meta": {"moduleFormat": "(.*)(?:/[^/]*)"},
            "provider": provider,
            "resources": resources,
            "functions": functions,
            "types": {reference.removeprefix(sdk.REFERENCE): spec for reference, spec in types.items()},
        },
        separators=(",", ":"),
    )
