"""A stack of every earlier release is taken over as it is: nothing that it has is replaced or deleted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.releases.record import FOLDER, STACK
from tests.e2e.stacks import INSIDE, ROOT, checkout_stack, credentials

pytestmark = pytest.mark.e2e

RELEASES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("release", RELEASES, ids=lambda file: file.stem)
def test_a_release_is_taken_over_without_a_replacement(stand: Stand, tmp_path: Path, release: Path) -> None:
    """A moved or renamed resource needs an alias; without one its bucket or somebody's key would be lost."""
    recorded = json.loads(release.read_text())
    stack = checkout_stack(stand, tmp_path, STACK, **recorded["config"])
    shutil.copy(FOLDER / "replay.py", stack.directory / "__main__.py")
    (stack.directory / "graph.json").write_text(json.dumps(recorded["resources"]))
    stack.up()
    deployed = stack.resources()
    before = {each["urn"]: each["id"] for each in deployed if "id" in each}
    assert {each["urn"] for each in recorded["resources"]} <= {each["urn"] for each in deployed}
    (bucket,) = (
        each["inputs"]["bucket"]
        for each in deployed
        if each["type"] == "aws:s3/bucket:Bucket" and not each["inputs"]["bucket"].endswith("-logs")
    )
    Aws(stand)("s3").put_object(Bucket=bucket, Key="old", Body=b"old")

    shutil.copy(ROOT / "__main__.py", stack.directory / "__main__.py")
    assert set(stack.planned()) <= {"create", "update"}
    stack.up()
    now = {each["id"] for each in stack.resources() if "id" in each}
    assert {id_ for urn, id_ in before.items() if "pulumi:providers" not in urn} <= now
    person = Aws(stand)("s3", stand.vantage(INSIDE[0]), **credentials(stack.outputs(), "kenji"))
    assert person.get_object(Bucket=bucket, Key="old")["Body"].read() == b"old"
    stack.up("--expect-no-changes")
    stack("destroy", "--yes", "--skip-preview")


def test_there_is_a_release_to_take_over() -> None:
    """Without any record the test above would be passed by running nothing."""
    assert RELEASES
