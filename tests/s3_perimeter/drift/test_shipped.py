"""What is generated from the controls is as they are now."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import s3_perimeter.drift
from s3_perimeter.drift import controls
from s3_perimeter.drift.check import Options, asked_controls
from s3_perimeter.drift.controls import CONTROLS, ChoiceError
from s3_perimeter.drift.operations import UNASKED, asked, reading
from s3_perimeter.drift.options import parse
from s3_perimeter.drift.permissions import actions, policy, policy_text
from s3_perimeter.drift.reference import PAGE, explain, listing, page

ROOT = Path(__file__).resolve().parents[3]


def test_the_reference_page_is_fresh() -> None:
    """`python -m s3_perimeter.drift.reference` writes it."""
    assert PAGE.read_text() == page()


def test_the_shipped_policy_is_fresh() -> None:
    """`drift-check --strict --print-policy > s3_perimeter/drift/iam-policy.json` writes it."""
    shipped = (ROOT / "s3_perimeter/drift/iam-policy.json").read_text()
    assert shipped == parse(["--strict", "--print-policy"]) == policy_text()


@pytest.mark.parametrize(
    "more", [[], ["--skip", "bucket-cors"], ["--only", "bucket-file-shares"]], ids=" ".join
)
def test_the_policy_that_is_printed_is_for_a_check_with_the_same_options(more: list[str]) -> None:
    """Advisory controls, that only `--strict` or their name runs, ask for nothing without either."""
    printed = parse(["--print-policy", *more])
    assert isinstance(printed, str)
    options = Options(
        only=frozenset(more[1:] * ("--only" in more)), skip=frozenset(more[1:] * ("--skip" in more))
    )
    allowed = {action for each in json.loads(printed)["Statement"] for action in each["Action"]}
    assert allowed == set(actions(asked_controls(options))) < set(actions())


def test_the_shipped_policy_only_reads() -> None:
    """Every action gets or lists or describes, and none reads an object or decrypts."""
    actions = [action for statement in policy()["Statement"] for action in statement["Action"]]
    assert all(action.partition(":")[2].startswith(("Get", "List", "Describe")) for action in actions)
    assert not {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"} & set(actions)


def test_every_file_of_controls_is_a_control_named_after_it() -> None:
    """One control a file."""
    files = {path.stem for path in Path(controls.__path__[0]).glob("*.py")} - {"__init__"}
    assert sorted(control.id.replace("-", "_") for control in CONTROLS) == sorted(files)


def test_a_file_of_controls_without_a_control_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten `@control(…)` would otherwise leave the control out."""
    undecorated = ModuleType("undecorated")
    monkeypatch.setattr(undecorated, "judge", lambda *_: (), raising=False)
    monkeypatch.setitem(sys.modules, "s3_perimeter.drift.controls.undecorated", undecorated)
    with pytest.raises(TypeError, match=r"undecorated.py has no function `judge`"):
        controls._control_in("undecorated")


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_each_control_explains_itself(control: Any) -> None:
    """What it reads, how bad it can be, and what a difference lets someone do."""
    said = explain(control.id)
    assert control.id in listing()
    assert "severity:" in said
    assert "reads:" in said


def test_an_unknown_control_is_reported_with_the_nearest_name() -> None:
    with pytest.raises(ChoiceError, match="did you mean `bucket-acl`"):
        explain("bucket-alc")


@pytest.mark.parametrize("service", sorted(UNASKED))
def test_every_operation_that_reports_something_is_accounted_for(service: str) -> None:
    """In the installed botocore: asked by a control, or not with a reason, and never both."""
    operations = {name.lower() for name in reading(service)}
    reasons = {name.lower() for name in UNASKED[service]}
    assert operations - set(asked(service)) == reasons
    assert all(len(reason) > 10 for reason in UNASKED[service].values())


@pytest.mark.parametrize("name", s3_perimeter.drift.__all__)
def test_each_public_name_is_there(name: str) -> None:
    """The package's list and its contents agree."""
    assert getattr(s3_perimeter.drift, name) is not None
    assert name in s3_perimeter.drift._HOMES
