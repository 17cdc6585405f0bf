"""`pulumi new` with the template of this repository gives a project whose preview the policy pack passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from local.stand import Stand
from tests.conftest import PulumiIn
from tests.e2e.checkout import ROOT
from tests.e2e.stacks import new_stack

pytestmark = pytest.mark.e2e
NETWORKS = '["203.0.113.0/24","2001:db8:1234::/48"]'


def test_a_new_project_previews_as_it_is(stand: Stand, pulumi: PulumiIn, tmp_path: Path) -> None:
    """Two answers are all that it asks for; name, description and config stand where they belong."""
    project = tmp_path / "my-data"
    project.mkdir()
    cli = pulumi(project, PULUMI_STACK="dev")
    cli(
        *("new", str(ROOT / "template"), "--yes", "--generate-only", "--dir", str(project)),
        *("--name", "my-data", "--description", "Data for the office"),
    )
    written = (project / "Pulumi.yaml").read_text()
    assert YAML(typ="safe").load(written)["name"] == "my-data"
    assert "${" not in written
    assert (project / "requirements.txt").read_text().startswith("s3-perimeter")

    # The new project would install from the registry; here it runs in this checkout's environment.
    (project / "venv").symlink_to(ROOT / ".venv")
    new_stack(stand, cli, "dev")
    cli("config", "set", "aws:region", "ap-northeast-1")
    cli("config", "set", "s3-perimeter:allowedNetworks", NETWORKS)
    refused = cli("preview", "--policy-pack", str(ROOT / "policies"), expect=None)
    assert "documentation" in refused.text, "example networks are refused on a stack that is not local"
    cli("config", "set", "s3-perimeter:allowedNetworks", '["8.8.8.0/24"]')
    seen = cli("preview", "--policy-pack", str(ROOT / "policies"))
    assert "s3-perimeter:index:PrivateBucket" in seen.text


def test_what_the_template_exports_the_program_here_exports_too() -> None:
    """The commands read these outputs, so that they work on a new project as well."""
    template, program = (
        set(re.findall(r"pulumi\.export\(\"(\w+)", (ROOT / name).read_text()))
        for name in ("template/__main__.py", "__main__.py")
    )
    assert template
    assert template <= program
