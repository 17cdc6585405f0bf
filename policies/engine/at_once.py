"""What is refused before it is made. During a deployment the rules over the whole stack run after the fact; a
bucket policy that opens its bucket, whatever else the deployment holds, must not get that far.
"""

from __future__ import annotations

from typing import Final

from ..declared import kinds
from ..declared.deployment import Resource, gather
from ..declared.strays import impostors
from ..declared.unjudged_buckets import disguise, disguised_buckets
from ..judging import exemptions
from ..judging.allow_list import SEALING_RULE, allow_list
from ..judging.context import Context
from ..judging.rule import Violation
from ..rules.bucket_policy_denies_outside import open_policies
from .session import Session


def refusals(session: Session, resource: Resource) -> tuple[Violation, ...]:
    """Why this resource may not be made or changed; empty in a preview, where the stack rules come in time.

    It is judged alone: that a bucket has no policy at all, or is a log bucket, shows only over the whole
    stack. So a policy is held to what is asked of either kind of bucket.
    """
    judged = resource.impostor or resource.type in _FENCING or disguise(resource) is not None
    if not judged or not session.deploying or session.levels.get(SEALING_RULE) in _NOT_REFUSING:
        return ()
    deployment = gather([resource])
    context = Context(
        deployment,
        session.pack_config.get(SEALING_RULE, {}),
        allow_list(session, deployment),
        session.now,
    )
    exempt = exemptions.parse(context.settings.get("exemptions"))
    found = (*disguised_buckets(context), *impostors(deployment), *open_policies(context))
    return tuple(exemptions.apply(found, exempt, session.today))


_FENCING: Final = kinds.BUCKET_POLICY | kinds.BUCKET
_NOT_REFUSING: Final = ("advisory", "disabled")
