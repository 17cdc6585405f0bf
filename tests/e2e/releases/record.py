"""Record what the component of this release declares, for every later release to take over.

``python -m tests.e2e.releases.record`` deploys a stack on an embedded AWS and writes
tests/e2e/releases/VERSION.json: resources with their inputs, and never an output, so no secret.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

from local.stand import Stand
from tests.e2e.stacks import ROOT, checkout_stack

FOLDER: Final = Path(__file__).parent
STACK: Final = "release"
CONFIG: Final[dict[str, Any]] = {
    "encryption": "aws:kms",
    "users": [{"name": "kenji", "keys": ["a", "b"]}, {"name": "hanako", "access": ["list", "read"]}],
    "vpcEndpoints": ["vpce-1a2b3c4d"],
    "tags": {"team": "reports"},
}
"""What makes the component declare each kind of resource that it has."""
GIVEN_OUT: Final = {"aws:kms/key:Key": ("arn", "keyId")}
"""Outputs that differ with every deployment, and that other resources take as inputs."""


def graph(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The resources of an exported state in order, without providers, the stack itself, and outputs."""
    given = {
        each["outputs"][name]: [each["urn"], name]
        for each in resources
        for name in GIVEN_OUT.get(each["type"], ())
    }
    kept = [each for each in resources if not each["type"].startswith("pulumi:")]
    urns = {each["urn"] for each in kept}
    return [
        {
            "urn": each["urn"],
            "type": each["type"],
            "name": each["urn"].rpartition("::")[2],
            "custom": each["custom"],
            "parent": each.get("parent"),
            "protect": each.get("protect", False),
            "deletedWith": each.get("deletedWith"),
            "dependencies": [urn for urn in each.get("dependencies", []) if urn in urns],
            "outputs": list(GIVEN_OUT.get(each["type"], ())),
            "inputs": declared(each.get("inputs", {}), given) if each["custom"] else {},
        }
        for each in kept
    ]


def declared(value: Any, given: dict[str, list[str]]) -> Any:
    """An input without the provider's own notes on it; what another resource gave becomes a reference."""
    if isinstance(value, dict):
        return {key: declared(each, given) for key, each in value.items() if key != "__defaults"}
    if isinstance(value, list):
        return [declared(each, given) for each in value]
    if isinstance(value, str) and value in given:
        return {"$output": given[value]}
    return value


def record(directory: Path) -> dict[str, Any]:
    """Deploy the checkout's program and return what it declared."""
    with Stand(directory / "stand") as stand:
        stack = checkout_stack(stand, directory, STACK, **CONFIG)
        stack.up()
        return {"config": CONFIG, "resources": graph(stack.resources())}


def main() -> None:
    """Write the file of the version in pyproject.toml."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    with tempfile.TemporaryDirectory() as directory:
        recorded = record(Path(directory))
    file = FOLDER / f"{version}.json"
    file.write_text(json.dumps(recorded, indent=1) + "\n")
    print(f"{file.relative_to(ROOT)}: {len(recorded['resources'])} resources", file=sys.stderr)


if __name__ == "__main__":
    main()
