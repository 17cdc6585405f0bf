"""The user's permissions boundary is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    answer = (view(iam.user(user.name)) or {}).get("User", {})
    observed = (answer.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    declared = user.resource.text("permissionsBoundary") if user.resource else None
    if observed == declared:
        return
    lifted = declared is not None
    yield changed(
        Severity.HIGH if lifted else Severity.MEDIUM,
        declared,
        observed,
        f"the boundary of {user.name} was {'changed' if observed else 'lifted'}: its policies reach further"
        if lifted
        else f"a boundary that nobody declared narrows what {user.name} may do",
        mend(view),
    )


CONTROL = Control(
    id="user-permissions-boundary",
    title="the user's permissions boundary is as declared",
    scope="user",
    severity=Severity.HIGH,
    lets="The boundary is the outer limit of all the user's policies; lifted, they all reach as far as "
    "they say.",
    reads=lambda user: [iam.user(user.name)],
    judge=judge,
)
