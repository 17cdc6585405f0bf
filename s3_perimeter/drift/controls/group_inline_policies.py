"""Exactly the declared inline policies are on the group, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.holder_policies import inline
from s3_perimeter.drift.subjects import Group

__all__ = ["judge"]


@control(
    about=Group,
    id="group-inline-policies",
    title="exactly the declared inline policies are on the group, and mean what is declared",
    severity=Severity.CRITICAL,
    impact="Every member may do what it allows, and no list of policies shows it.",
    reads=lambda group: [iam.group_inline(group.name)],
    follows=lambda group: [iam.group_policy(group.name, "NAME")],
    parts=("iam/groupPolicy",),
)
def judge(group: Group, context: Context) -> Iterator[Difference]:
    yield from inline(group, "group", iam.group_inline, iam.group_policy, context)
