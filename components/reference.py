"""The reference page of stack config, outputs and component arguments, written from what declares them.

``python -m components.reference`` writes docs/reference/configuration.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.component import ComponentProvider
from ruamel.yaml import YAML

from .organization_perimeter import OrganizationPerimeter
from .private_bucket import PrivateBucket

__all__ = ["configuration_page", "package_schema"]

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "configuration.md"

INTRODUCTION = """\
# Configuration

<!-- Written by `python -m components.reference` from Pulumi.yaml and components/: change those instead. -->

## Stack config

Set these keys with `pulumi config set`, or edit `Pulumi.STACK.yaml`. All mistakes are reported at once,
before anything is deployed; [which values the config accepts](config-rules.md) has the details. For lists
and objects use `--path`:

```sh
pulumi config set --path 's3-perimeter:allowedNetworks[0]' 203.0.113.0/24
```

| key | type | default | meaning |
| --- | --- | --- | --- |
"""
# Pulumi.yaml declares no types, so that every mistake is reported at once: the defaults have them.
KIND_OF = {str: "text", bool: "true or false", list: "list", dict: "object"}
KINDS = {"s3-perimeter:encryption": "text or object"}
OUTPUTS = """
## Outputs

The component has all of these outputs. The stack has them too, except `policy`, and has `roles` only if the
config has roles. `pulumi stack output NAME` prints one; add `--show-secrets` for a secret.

| output | meaning |
| --- | --- |
"""
ARGUMENTS = """
## Arguments of the component

A program of your own, in any Pulumi language, passes these arguments to `PrivateBucket`. In Python their
names have underscores (`allowed_networks`). The value of a *plain* argument must be known when the program
runs. The others may come from other resources, but then the bucket policy is unknown during preview, and the
policy pack refuses it.

| argument | type | meaning |
| --- | --- | --- |
"""

ORGANIZATION = """
## An organization's perimeter

`OrganizationPerimeter` puts the fence around the buckets of many accounts, with resource control policies
([how](../how-to/fence-a-whole-organization.md)). A program that calls `organization_spec()` reads the same
names from the stack config, except `temporaryNetworks`: those networks are entries of `allowedNetworks` with
a last day, as for one bucket.

| argument or config key | type | meaning |
| --- | --- | --- |
"""
ORGANIZATION_OUTPUTS = """
| output | meaning |
| --- | --- |
"""


def package_schema() -> dict[str, Any]:
    """Return the Pulumi package's schema, as ``pulumi package get-schema ./components`` prints it."""
    schema: dict[str, Any] = json.loads(
        ComponentProvider([PrivateBucket, OrganizationPerimeter], "s3-perimeter").schema or ""
    )
    return schema


def configuration_page(project: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return the page, from the decoded Pulumi.yaml and the package's schema."""
    component = schema["resources"]["s3-perimeter:index:PrivateBucket"]
    page = INTRODUCTION
    for key, declared in project["config"].items():
        kind = KINDS.get(key) or KIND_OF[type(declared["default"])]
        default = json.dumps(declared["default"])
        page += f"| `{key}` | {kind} | `{default}` | {_cell(declared['description'])} |\n"
    page += OUTPUTS
    for name, declared in component["properties"].items():
        page += f"| `{name}` | {_cell(declared['description'])} |\n"
    page += ARGUMENTS
    page += _rows(component["inputProperties"], component["requiredInputs"])
    organization = schema["resources"]["s3-perimeter:index:OrganizationPerimeter"]
    page += ORGANIZATION + _rows(organization["inputProperties"], organization["requiredInputs"])
    page += ORGANIZATION_OUTPUTS
    for name, declared in organization["properties"].items():
        page += f"| `{name}` | {_cell(declared['description'])} |\n"
    for token, declared in schema["types"].items():
        page += f"\n### {token.rsplit(':', 1)[1]}\n\n{declared['description']}\n\n"
        page += "| field | type | meaning |\n| --- | --- | --- |\n"
        page += _rows(declared["properties"], declared.get("required", []))
    return page


def _rows(properties: Mapping[str, Any], required: list[str]) -> str:
    """Return table rows for typed properties, the required ones first."""
    names = sorted(properties, key=lambda name: name not in required)
    return "".join(
        f"| `{name}`{' (required)' if name in required else ''} | {_kind(properties[name])} "
        f"| {_cell(properties[name]['description'])} |\n"
        for name in names
    )


def _kind(declared: Mapping[str, Any]) -> str:
    """Return a property's type in words."""
    plain = "plain " if declared.get("plain") else ""
    if "$ref" in declared:
        name = declared["$ref"].rsplit("/", 1)[1].rsplit(":", 1)[-1]
        return f"{plain}{'anything' if name == 'Any' else name}"
    if declared["type"] == "array":
        return f"{plain}list of {_kind({**declared['items'], 'plain': False})}"
    if declared["type"] == "object":
        return f"{plain}map of {_kind({**declared['additionalProperties'], 'plain': False})}"
    return f"{plain}{declared['type']}"


def _cell(text: str) -> str:
    """Return text as it may stand in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the page."""
    project = YAML(typ="safe").load((ROOT / "Pulumi.yaml").read_text())
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(configuration_page(project, package_schema()))


if __name__ == "__main__":
    main()
