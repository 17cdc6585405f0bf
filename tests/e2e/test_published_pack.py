"""The folder that `pulumi policy publish` sends away judges as the pack of this checkout does."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from local.stand import Stand
from tests.e2e.stacks import ROOT, program_stack

pytestmark = pytest.mark.e2e


def test_the_pack_that_is_published_refuses_an_open_bucket(stand: Stand, tmp_path: Path) -> None:
    """Wherever the folder is: it takes the rules from the installed package, and nothing from nearby."""
    pack = shutil.copytree(ROOT / "examples/published_pack", tmp_path / "elsewhere" / "pack")
    program = "import pulumi_aws as aws\naws.s3.Bucket('data', bucket='acme-bare')\n"
    stack = program_stack(stand, tmp_path, "bare", program)
    refused = stack("preview", "--policy-pack", str(pack), expect=None)
    assert refused.code != 0
    assert "bucket-policy-denies-outside" in refused.text
    assert "it has no bucket policy" in refused.text


@pytest.mark.parametrize("command", [["preview"], ["plan", "--no-logs"]], ids=["preview", "plan"])
def test_a_program_without_a_pack_of_its_own_is_judged_by_ours(
    command: list[str], stand: Stand, tmp_path: Path
) -> None:
    """In a project outside the checkout neither command needs an option to refuse an open bucket, and each
    reports what judged it.
    """
    program = "import pulumi_aws as aws\naws.s3.Bucket('data', bucket='acme-bare')\n"
    stack = program_stack(stand, tmp_path, "elsewhere", program)
    ran = stack.run("perimeter", *command, "--stack", "test")
    assert ran.code == 1, ran.text
    assert "mandatory: bucket-policy-denies-outside (data)" in ran.out
    assert f"policy pack: s3-perimeter {version('s3-perimeter')}, installed" in ran.out
