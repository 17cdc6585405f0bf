"""What the composite action runs: the script of its one step, with the inputs that a workflow gives."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
POLICIES = "tests/ci/policies"
ACTION = YAML(typ="safe").load((ROOT / "action.yml").read_text())
STEP = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "run")


@dataclass(frozen=True, slots=True)
class Ran:
    """How the step ended, what it printed, its outputs, the summary and the SARIF file."""

    code: int
    said: str
    outputs: dict[str, str]
    summary: str

    @property
    def findings(self) -> list[dict[str, str]]:
        """The rule and place of each finding in the SARIF file."""
        results = json.loads(Path(self.outputs["sarif"]).read_text())["runs"][0]["results"]
        return [
            {
                "rule": each["ruleId"],
                "file": each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            }
            for each in results
        ]


def run(temporary: Path, **inputs: str) -> Ran:
    """Run the action's step as the runner does: every input with its default, as action.yml hands it on."""
    given = {name: str(declared.get("default", "")) for name, declared in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() == ACTION["inputs"].keys()

    def filled(expression: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], expression)

    output, summary = temporary / "output", temporary / "summary"
    for file in (output, summary):
        file.write_text("")
    done = subprocess.run(
        ["bash", "-c", STEP["run"]],
        cwd=ROOT,
        env={
            **os.environ,
            **{name: filled(value) for name, value in STEP["env"].items()},
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(temporary),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Ran(done.returncode, done.stdout + done.stderr, outputs, summary.read_text())


CHECK = {"command": "check", "bucket": "my-bucket", "allow": "203.0.113.0/24"}


@pytest.mark.parametrize(
    ("files", "code", "title", "rules"),
    [
        pytest.param(f"{POLICIES}/fenced.json", "0", "✅ nothing found", set(), id="a fence that holds"),
        pytest.param(f"{POLICIES}/open.json", "1", "❌ findings", {"escape"}, id="one that does not"),
        pytest.param(f"{POLICIES}/*.json", "1", "❌ findings", {"escape"}, id="a pattern"),
        pytest.param(
            f"{POLICIES}/gone.json",
            "2",
            "could not be determined",
            {"bad-input"},
            id="a file that is missing",
        ),
    ],
)
def test_policies_are_judged_and_the_verdict_is_an_output(
    tmp_path: Path, files: str, code: str, title: str, rules: set[str]
) -> None:
    """The step itself succeeds, so that the upload follows; the action's last step ends with the code."""
    ran = run(tmp_path, **CHECK, files=files)
    assert ran.code == 0, ran.said
    assert ran.outputs["exit-code"] == code
    assert ran.outputs["category"] == "s3-perimeter-check"
    assert title in ran.summary.splitlines()[0]
    assert {found["rule"] for found in ran.findings} == rules
    assert all(f"| {rule} |" in ran.summary for rule in rules)


def test_lists_may_be_written_in_lines(tmp_path: Path) -> None:
    """Networks and patterns one a line, as YAML block text has them, and further arguments."""
    ran = run(
        tmp_path,
        **{**CHECK, "allow": "203.0.113.0/24\n2001:db8::/48\n"},
        files=f"{POLICIES}/open.json\n{POLICIES}/fenced.json\n",
        arguments="--account 111122223333",
    )
    assert ran.outputs["exit-code"] == "1", ran.said
    assert {found["file"] for found in ran.findings} == {f"{POLICIES}/open.json", f"{POLICIES}/fenced.json"}


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        pytest.param(
            {"command": "chekc"},
            'the input `command` is "chekc"; write check, preview or drift',
            id="command",
        ),
        pytest.param({"command": "drift"}, "the command drift needs the input `stack`", id="no stack"),
        pytest.param({**CHECK, "files": "nowhere/*.json"}, "no file matches the input `files`", id="no file"),
        pytest.param(
            {"command": "check", "files": "a", "allow": "::/0"}, "needs the input `bucket`", id="no bucket"
        ),
        pytest.param(
            {"command": "check", "files": "a", "bucket": "b"}, "needs the input `allow`", id="no networks"
        ),
    ],
)
def test_inputs_that_say_too_little_are_refused(tmp_path: Path, inputs: dict[str, str], says: str) -> None:
    """As an annotation of the run, with what to write."""
    ran = run(tmp_path, **inputs)
    assert ran.code == 2
    assert says in ran.said
    assert ran.said.startswith("::error ")


def test_inputs_are_never_run_as_commands(tmp_path: Path) -> None:
    """What a workflow hands on (a branch's name, a file's) stays text."""
    marker = tmp_path / "run"
    hostile = f'$(touch {marker}) `touch {marker}` "; touch {marker}; "'
    for name in ("files", "bucket", "allow", "arguments", "stack", "working-directory"):
        run(tmp_path, **{**CHECK, "files": f"{POLICIES}/open.json", name: hostile})
    assert not marker.exists()


def test_every_input_reaches_the_script() -> None:
    """One that no step reads would be ignored in silence."""
    read = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))
    assert read == ACTION["inputs"].keys()


def findings(tmp_path: Path, document: str, code: str, directory: str = "") -> tuple[str, str]:
    """Run findings.py; return its Markdown and the file afterwards."""
    file = tmp_path / "x.sarif"
    file.write_text(document)
    said = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "findings.py"), str(file), code, "drift of stack dev", directory],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return said, file.read_text()


RESULT = {
    "ruleId": "bucket-policy",
    "level": "error",
    "message": {"text": "a | b\n<img src=x> **bold**"},
    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "Pulumi.dev.yaml"}}}],
}


def test_a_summary_shows_text_as_text_and_paths_of_the_repository(tmp_path: Path) -> None:
    """A name in a finding cannot write HTML or another row, and code scanning finds the file."""
    document = json.dumps({"runs": [{"results": [RESULT]}]})
    said, after = findings(tmp_path, document, "1", "infra/./prod")
    text = "a \\| b<br>&lt;img src=x&gt; \\*\\*bold\\*\\*"
    assert said.splitlines()[-1] == f"| error | bucket-policy | infra/prod/Pulumi.dev.yaml:1 | {text} |"
    assert "infra/prod/Pulumi.dev.yaml" in after


def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    """An error of the tool stands in the summary, and an empty file is no clean answer."""
    note = {"toolExecutionNotifications": [{"message": {"text": "stack dev: AccessDenied"}}]}
    said, _ = findings(tmp_path, json.dumps({"runs": [{"invocations": [note], "results": []}]}), "2")
    assert "could not be determined" in said
    assert "- stack dev: AccessDenied" in said
    said, _ = findings(tmp_path, "", "2")
    assert "the log of the step says why" in said
