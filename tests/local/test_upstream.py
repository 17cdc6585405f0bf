"""The changes to offer to ministack, as docs/upstream/ministack.md has them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.test_patches import BEHAVIORS, World, emulator

PAGE = Path(__file__).parents[2] / "docs" / "upstream" / "ministack.md"
OFFERED = {
    "bucket_settings: unknown operations",
    "stored: the deletion of a configuration",
    "evaluation: NotPrincipal",
    "evaluation: policy variables",
    "iam: SetDefaultPolicyVersion",
    "iam: a group with a user",
    "iam: a user in a group",
}
"""What the emulator does as AWS does with the five changes, without our patches."""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an emulator with the changes of the page, applied to a copy of its source."""
    folder = tmp_path_factory.mktemp("changed")
    found = importlib.util.find_spec("ministack")
    assert found
    assert found.origin
    shutil.copytree(Path(found.origin).parent, folder / "ministack")
    changes = "".join(re.findall(r"^```diff\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL))
    done = subprocess.run(
        ["git", "apply", "-"],
        cwd=folder,
        input=changes,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with emulator(tmp_path_factory.mktemp("state"), str(folder)) as url:
        yield url


@pytest.mark.parametrize("behavior", sorted(OFFERED))
def test_a_change_to_offer_makes_a_patch_unnecessary(changed: str, behavior: str) -> None:
    assert BEHAVIORS[behavior](World(changed, changed, {}))


def test_a_change_to_offer_changes_nothing_else(changed: str) -> None:
    """What it is not about is still what the patches are for."""
    assert not BEHAVIORS["stored: S3 Metadata"](World(changed, changed, {}))
