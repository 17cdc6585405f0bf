"""The role was used within the days that --unused-for gives."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-use",
    title="the role was used within the days of `--unused-for`",
    severity=Severity.LOW,
    impact="An unused role is a risk without a benefit: nobody notices when a stranger begins to use it.",
    reads=lambda role: [iam.role(role.name)],
    strict=True,
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    """Yield a difference if the role was not used lately. IAM keeps the last use for 400 days."""
    found = (context(iam.role(role.name)) or {}).get("Role", {})
    used, made = found.get("RoleLastUsed", {}).get("LastUsedDate"), found.get("CreateDate")
    since = used or made
    if since is None or context.now - since <= context.limits.key_idle:
        return
    days = (context.now - since).days
    observed = f"last used {days} days ago" if used else f"never used in {days} days"
    yield Difference(
        Kind.CHANGED,
        Severity.LOW,
        "in use",
        observed,
        f"role {role.name} was {observed}: a way in that nobody needs",
        f"ask whoever it is for; if nobody needs {role.name}, take it out of the program",
    )
