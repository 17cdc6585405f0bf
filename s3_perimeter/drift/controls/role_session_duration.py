"""A session of the role lasts no longer than declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]

# What IAM takes where nothing is said (IAM API Reference, CreateRole).
_HOUR: Final = 3600


@control(
    about=Role,
    id="role-session-duration",
    title="a session of the role lasts no longer than declared",
    severity=Severity.MEDIUM,
    impact="A session keeps working until it ends, even if its holder may no longer assume the role.",
    reads=lambda role: [iam.role(role.name)],
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    if role.resource is None:
        return
    declared = role.resource.properties.number("maxSessionDuration") or _HOUR
    observed = int((context(iam.role(role.name)) or {}).get("Role", {}).get("MaxSessionDuration") or _HOUR)
    if observed != declared:
        longer = observed > declared
        effect = (
            "whoever has a session keeps it for longer" if longer else "people have to sign in more often"
        )
        yield Difference(
            Kind.CHANGED,
            Severity.MEDIUM if longer else Severity.LOW,
            declared,
            observed,
            f"a session of {role.name} may last {observed:,} seconds, {declared:,} are declared: {effect}",
            redeploy(context),
        )
