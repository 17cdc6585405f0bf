"""Lock-outs in words: why somebody is locked out, and what to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from s3_perimeter.documents.document import Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.nodes import listed
from s3_perimeter.endpoints import endpoint_key
from s3_perimeter.fence import LOG_DELIVERY
from s3_perimeter.proof.jobs import ACTIONS, Job, Whom
from s3_perimeter.proof.keys import SOURCE_IP, TIME_KEYS
from s3_perimeter.semantics.explanation import named
from s3_perimeter.semantics.readings import written

__all__ = ["WAY_BACK", "because", "fix"]

_MOST_ACTIONS = 4
WAY_BACK = (
    "the account's root user, or the organization's management account or a delegated one, by "
    "`sts:AssumeRoot` with the task policy `S3UnlockBucketPolicy`"
)
"""Who can still take a policy away that denies it to everybody ("DeleteBucketPolicy", Amazon S3 API
Reference; "Perform a privileged task on an AWS Organizations member account", IAM User Guide)."""

WAY_BACK_FROM_AN_RCP = (
    "to change or detach the resource control policy from the organization's management account or a "
    "delegated one"
)
"""Who can still take an RCP away: it holds the account's root user, too ("Resource control policies (RCPs)").
"""


def because(
    statements: Sequence[Statement],
    whom: Whom,
    networks: Sequence[str],
    jobs: Mapping[Job, Sequence[str]],
    begins: datetime | None,
    ends: datetime | None,
    *,
    for_good: bool,
) -> str:
    """Return why somebody is locked out; `jobs` holds the actions of each that are denied. `for_good` says
    that nobody who has to get in can then change the policy.
    """
    subject = listed([named(statement) for statement in statements])
    verb = "denies" if len(statements) == 1 else "together deny"
    actions = [
        f"`{action}`" for job, each in jobs.items() if len(each) < len(ACTIONS[job]) for action in each
    ]
    if len(actions) > _MOST_ACTIONS:
        actions[_MOST_ACTIONS:] = [f"{len(actions) - _MOST_ACTIONS} more actions"]
    what = f" {listed(actions)}" if actions else ""
    when = f", from {written(begins)} on" if begins else ""
    when += f", until {written(ends)}" if ends else ""
    if for_good:
        held = any(statement.rcp is not None for statement in statements)
        when += f"; the way to regain access is then {WAY_BACK_FROM_AN_RCP if held else WAY_BACK}"
    if whom.are_members:
        return f"{subject} {verb} them{what}{_by(statements, networks)}{when}"
    return f"{subject} {verb} {whom}{what}, although declared exempt{when}"


def fix(statements: Sequence[Statement], whom: Whom) -> str:
    """Return what to change so that somebody gets in."""
    there = listed([named(statement) for statement in statements])
    if whom.endpoint is not None:
        key = endpoint_key(whom.endpoint)
        operator = "ArnNotEquals" if key.endswith("Arn") else "StringNotEquals"
        return f"add `{operator}` on `{key}` with `{whom.endpoint}` to {there}"
    if whom.arn is not None:
        return f"add `ArnNotEquals` on `aws:PrincipalArn` with `{whom.arn}` to {there}"
    if whom.service == "":
        return f"add `BoolIfExists` on `aws:PrincipalIsAWSService` with `false` to {there}"
    if whom.service is not None:
        condition = f"`StringNotEquals` on `aws:PrincipalServiceName` with `{whom.service}`"
        needs = ", and leave it `s3:PutObject`" if whom.service == LOG_DELIVERY else ""
        return f"add {condition} to {there}{needs}"
    keys = {folded(condition.key) for statement in statements for condition in statement.conditions}
    if SOURCE_IP in keys:
        return f"name every allowed network in the one `NotIpAddress` condition of {there}"
    if not keys.isdisjoint(TIME_KEYS):
        return f"remove the date from {there}, or add `NotIpAddress` on `aws:SourceIp` with the allow-list"
    return (
        f"add `NotIpAddress` on `aws:SourceIp` with the allow-list to {there}, or `ArnNotEquals` on "
        "`aws:PrincipalArn` with the principals who have to do this"
    )


def _by(statements: Sequence[Statement], networks: Sequence[str]) -> str:
    """Return which condition locks networks out."""
    about = [
        condition
        for statement in statements
        for condition in statement.conditions
        if folded(condition.key) == SOURCE_IP
    ]
    if not about:
        whose = "it has" if len(statements) == 1 else "they have"
        return f" like everybody else: {whose} no condition on `aws:SourceIp`"
    whose = "its condition" if len(about) == 1 else "the conditions"
    values = [value for each in about for value in each.values]
    if networks and all(":" in each for each in networks) and not any(":" in value for value in values):
        return f": {whose} on `aws:SourceIp` lists no IPv6 network"
    return f" by {whose} on `aws:SourceIp`"
