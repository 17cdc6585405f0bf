"""What is generated from the controls is as they are now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import s3_perimeter.drift
from s3_perimeter.drift.controls import CONTROLS, ChoiceError
from s3_perimeter.drift.operations import UNASKED, asked, reading
from s3_perimeter.drift.permissions import policy, policy_text
from s3_perimeter.drift.reference import PAGE, explain, listing, page
from s3_perimeter.drift.subjects import (
    ON_A_BUCKET,
    ON_A_GROUP,
    ON_A_KEY,
    ON_A_ROLE,
    ON_A_USER,
    ON_AN_ORGANIZATION_POLICY,
    ON_THE_ACCOUNT,
)

ROOT = Path(__file__).resolve().parents[3]


def test_the_reference_page_is_fresh() -> None:
    """`python -m s3_perimeter.drift.reference` writes it."""
    assert PAGE.read_text() == page()


def test_the_shipped_policy_is_fresh() -> None:
    """`drift-check --print-policy > s3_perimeter/drift/iam-policy.json` writes it."""
    assert (ROOT / "s3_perimeter/drift/iam-policy.json").read_text() == policy_text()


def test_the_shipped_policy_only_reads() -> None:
    """Every action gets or lists or describes, and none reads an object or decrypts."""
    actions = [action for statement in policy()["Statement"] for action in statement["Action"]]
    assert all(action.partition(":")[2].startswith(("Get", "List", "Describe")) for action in actions)
    assert not {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"} & set(actions)


def test_each_control_is_in_a_file_of_its_name() -> None:
    """One control a file."""
    files = {path.stem for path in (ROOT / "s3_perimeter/drift/controls").glob("*.py")}
    assert {control.id.replace("-", "_") for control in CONTROLS} <= files
    assert len({control.id for control in CONTROLS}) == len(CONTROLS)


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


SORTED = {
    "account": ON_THE_ACCOUNT,
    "bucket": ON_A_BUCKET,
    "group": ON_A_GROUP,
    "key": ON_A_KEY,
    "organization": ON_AN_ORGANIZATION_POLICY,
    "role": ON_A_ROLE,
    "user": ON_A_USER,
}
SORTED_BY_WHAT_THEY_SAY = {
    "iam/groupMembership",
    "iam/policyAttachment",
    "s3control/accessPointPolicy",
    "s3control/multiRegionAccessPoint",
    "s3control/multiRegionAccessPointPolicy",
}
"""Parts that can be about several subjects: `declared.py` finds out which."""


def test_every_kind_of_part_that_is_read_belongs_to_a_control() -> None:
    """A kind that is sorted to a subject and that no control compares would hide behind "in sync"."""
    compared = {kind for control in CONTROLS for kind in control.parts}
    assert frozenset().union(*SORTED.values()) <= compared


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_every_part_of_a_control_is_sorted_to_its_subject(control: Any) -> None:
    """A control never sees a part that `s3_perimeter/drift/subjects.py` does not list."""
    assert set(control.parts) <= SORTED.get(control.scope, frozenset()) | SORTED_BY_WHAT_THEY_SAY


@pytest.mark.parametrize("name", s3_perimeter.drift.__all__)
def test_each_public_name_is_there(name: str) -> None:
    """The package's list and its contents agree."""
    assert getattr(s3_perimeter.drift, name) is not None
    assert name in s3_perimeter.drift._HOMES
