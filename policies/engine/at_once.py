"""What is refused before it is made. During a deployment the rules over the whole stack run after the fact; a
bucket policy that opens its bucket, whatever else the deployment holds, must not get that far.
"""

from __future__ import annotations

from typing import Final

from ..declared.deployment import Resource, gather
from ..judging import exemptions
from ..judging.context import Context
from ..rules.bucket_policy_denies_outside import concerns, judge, judge_alone
from .session import Session


def refusals(session: Session, resource: Resource) -> tuple[str, ...]:
    """Why this resource may not be made or changed; empty in a preview, where the stack rules come in "
    "time."""
    if not session.deploying or session.levels.get(judge.id) in _NOT_REFUSING or not concerns(resource):
        return ()
    deployment = gather([resource])
    settings = session.pack_config.get(judge.id, {})
    context = Context(deployment, settings, session.allow_list(deployment), session.now)
    exempt = exemptions.parse(settings.get("exemptions"))
    found = exemptions.apply(judge_alone(context), exempt, session.today)
    return tuple(map(judge.message, found))


_NOT_REFUSING: Final = ("advisory", "disabled")
