"""A Pulumi program that declares what an earlier release declared: the resources of graph.json, URN for URN.

It is copied into a project as `__main__.py`, and knows nothing of this checkout.
"""

import json
from pathlib import Path
from typing import Any

import pulumi

made: dict[str, pulumi.Resource] = {}


def value_of(recorded: Any) -> Any:
    """A recorded input, with references resolved to the outputs that they stand for."""
    if isinstance(recorded, dict):
        if "$output" in recorded:
            urn, name = recorded["$output"]
            return pulumi.get(made[urn], name)
        return {key: value_of(value) for key, value in recorded.items()}
    if isinstance(recorded, list):
        return [value_of(value) for value in recorded]
    return recorded


for each in json.loads(Path("graph.json").read_text()):
    options = pulumi.ResourceOptions(
        parent=made.get(each["parent"]),
        protect=each["protect"],
        depends_on=[made[urn] for urn in each["dependencies"]],
        deleted_with=made.get(each["deletedWith"]),
    )
    if each["custom"]:
        # What others take from it has to be among its properties.
        inputs = {**dict.fromkeys(each["outputs"]), **value_of(each["inputs"])}
        made[each["urn"]] = pulumi.CustomResource(each["type"], each["name"], inputs, options)
    else:
        made[each["urn"]] = pulumi.ComponentResource(each["type"], each["name"], {}, options)
