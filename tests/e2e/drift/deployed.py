"""A stack of this project, deployed by the real engine into a directory of its own."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.stand import Stand
from tests.conftest import Pulumi, PulumiIn
from tests.e2e.stacks import Stack, new_stack

ROOT = Path(__file__).resolve().parents[3]
STACK = "local-drift"


@dataclass(frozen=True)
class Deployed:
    """The deployed stack: the CLI in its project, its name and outputs, and its exported state."""

    pulumi: Pulumi
    stack: str
    outputs: dict[str, Any]
    document: dict[str, Any]

    def only(self, kind: str, part: str = "") -> dict[str, Any]:
        """The one resource of a type, whose URN ends in `part`."""
        found = [
            resource
            for resource in self.document["deployment"]["resources"]
            if resource["type"] == kind and part in resource["urn"]
        ]
        assert len(found) == 1, [resource["urn"] for resource in found]
        return dict(found[0])


def deploy(stand: Stand, directory: Path, config: dict[str, object], *, passphrase: bool = False) -> Deployed:
    """Bring the program of this checkout up with a config, and export its state."""
    project = directory / "project"
    project.mkdir()
    text = (ROOT / "Pulumi.yaml").read_text()
    text = re.sub(r"virtualenv: .*", f"virtualenv: {sys.prefix}", text)
    (project / "Pulumi.yaml").write_text(text)
    (project / "__main__.py").write_text((ROOT / "__main__.py").read_text())
    lines = ["config:", "  aws:region: ap-northeast-1"]
    lines += [f"  s3-perimeter:{key}: {json.dumps(value)}" for key, value in config.items()]
    (project / f"Pulumi.{STACK}.yaml").write_text("\n".join(lines) + "\n")
    pulumi = PulumiIn(stand, directory)(project)
    new_stack(stand, pulumi, STACK, passphrase=passphrase)
    stack = Stack(STACK, project, pulumi)
    stack.up()
    return Deployed(pulumi, STACK, stack.outputs(), json.loads(stack.exported().read_text()))
