"""What is refused before it is created.

During a deployment, the rules over the whole stack run only afterwards. A bucket policy that opens its
bucket must be refused before that.
"""

from __future__ import annotations

from typing import Final

from ..declared.deployment import Resource, gather
from ..declared.own_component import components_of, may_be_made
from ..judging import exemptions
from .session import Session

__all__ = ["refusals"]


def refusals(session: Session, resource: Resource) -> tuple[str, ...]:
    """Return why this resource may not be made or changed; empty in a preview, where the stack rules come in
    time.
    """
    if not session.deploying:
        return ()
    # Half of the pack's start: see catalog.py.
    from ..judging.context import Context
    from ..rules.bucket_policy_denies_outside import concerns, judge, judge_alone

    if may_be_made(resource) or any(components_of([resource])):
        session.own[resource.urn] = resource
    if session.levels.get(judge.id) in _NOT_REFUSING or not concerns(resource):
        return ()
    # The deployment also has what says whether the bucket is a component's, and what that was given.
    deployment = gather({**session.own, resource.urn: resource}.values())
    settings = session.pack_config.get(judge.id, {})
    context = Context(deployment, settings, session.allow_list(deployment), session.now)
    exempt = exemptions.parse(settings.get("exemptions"))
    violations = (each for each in judge_alone(context) if each.urn == resource.urn)
    found = exemptions.apply(violations, exempt, session.today)
    return tuple(map(judge.message, found))


_NOT_REFUSING: Final = ("advisory", "disabled")
