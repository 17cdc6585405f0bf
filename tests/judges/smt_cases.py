"""What the questions to the solver are asked about: Denies and Allows, and what AWS does not document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.judges.smt import any_holds
from tests.judges.smt_requests import Question
from tests.s3_perimeter.access.tried_out import FEDERATED, OTHER_ROLE, USER
from tests.s3_perimeter.policies import ACCOUNT, LIST, ROLE, deny

Statement = dict[str, Any]

NOT_SELF = "arn:aws:iam::111122223333:user/${aws:username}"
USUAL = (
    USER,
    ROLE,
    OTHER_ROLE,
    FEDERATED,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/i-0a1b2c3d",
)
DOUBTFUL: Sequence[dict[str, dict[str, object]]] = (
    {"NotIpAddress": {"aws:SourceIp": [*LIST, "office"]}},
    {"IpAddress": {"aws:SourceIp": ["office"]}},
    {"NotIpAddress": {"aws:SourceIp": ["::ffff:0:0/96"]}},
    {"StringEquals": {"s3:LocationConstraint": "eu-west-1"}},
    {"StringNotEquals": {"s3:LocationConstraint": "eu-west-1"}},
    {"StringNotEquals": {"s3:prefix": "x"}},
)


def holds_for_some(question: Question, *asked: str) -> bool:
    """Whether a request as asked for exists, of which these formulas hold too.

    Where one from a usual caller does, the solver need not search for an ARN, which takes ten times as long.
    """
    if question.mentions("arn", *asked):
        usual = any_holds([f'(= arn "{arn}")' for arn in USUAL])
        if question.decide(*asked, usual) == "escape":
            return True
    return question.decide(*asked) == "escape"


def also(**conditions: object) -> dict[str, Any]:
    """The fence's condition with more."""
    return {"NotIpAddress": {"aws:SourceIp": LIST}, **conditions}


def of_list(*values: str, operator: str = "NotIpAddress") -> Statement:
    """A Deny by the office's networks and these values."""
    return deny({operator: {"aws:SourceIp": [*LIST, *values]}})
