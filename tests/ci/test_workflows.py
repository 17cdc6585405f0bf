"""What the workflows do by themselves, and what only where somebody calls them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent.parent


def read(path: Path) -> dict[str, Any]:
    """Return a workflow; its triggers as a mapping, however they are written."""
    found: dict[str, Any] = YAML(typ="safe").load(path.read_text())
    triggers = found["on"]
    found["on"] = triggers if isinstance(triggers, dict) else dict.fromkeys([triggers])
    return found


WORKFLOWS = {path.name: read(path) for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
EXAMPLES = {path.name: read(path) for path in sorted((ROOT / "examples" / "workflows").glob("*.yml"))}
CALLED = {name for name, workflow in WORKFLOWS.items() if "workflow_call" in workflow["on"]}


@pytest.mark.parametrize("name", sorted(WORKFLOWS.keys() - CALLED))
def test_nothing_that_runs_by_itself_needs_an_account(name: str) -> None:
    """A copy of this repository without variables and secrets has no red runs."""
    text = (ROOT / ".github" / "workflows" / name).read_text()
    assert "aws-actions/" not in text
    assert set(re.findall(r"\b(?:vars|secrets)\.(\w+)", text)) <= {"PUBLISH_DOCS"}


def test_what_only_others_call_has_an_example_that_calls_it() -> None:
    """With what it requires, and with no other trigger of its own."""
    calls = {
        Path(job["uses"]).name: job
        for workflow in EXAMPLES.values()
        for job in workflow["jobs"].values()
        if "uses" in job
    }
    assert calls.keys() == CALLED
    for name in CALLED:
        assert WORKFLOWS[name]["on"].keys() == {"workflow_call"}
        declared = WORKFLOWS[name]["on"]["workflow_call"]
        assert calls[name]["with"].keys() == declared["inputs"].keys()
        assert calls[name].get("secrets", {}).keys() <= declared["secrets"].keys()
        job = next(iter(WORKFLOWS[name]["jobs"].values()))
        assert calls[name]["permissions"] == job["permissions"]
