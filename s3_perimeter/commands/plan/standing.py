"""What the planned policy means by itself: whom it locks out, and which of its Allows nobody can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from s3_perimeter.commands.plan.effect import Effect
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.documents.nodes import visible
from s3_perimeter.documents.rcp import ResourceControlPolicy
from s3_perimeter.previews.preview import Preview
from s3_perimeter.proof import DeadAllow, Lockout
from s3_perimeter.settings import Settings, SettingsError
from s3_perimeter.stack.config import own_config
from s3_perimeter.theorem import prove

__all__ = ["standing_sentences", "with_standing"]


def with_standing(
    effect: Effect, preview: Preview, stack: str, rcps: Sequence[ResourceControlPolicy] = ()
) -> Effect:
    """Return the effect with the lock-outs and dead Allows of the planned policy, by the planned config; with
    RCPs, behind those as well, and with what each layer seals.
    """
    config = own_config(preview.config)
    if not config or preview.after is None:
        return effect
    try:
        settings = Settings.parse(config, project="", stack=stack, today=datetime.now(UTC).date())
    except SettingsError as error:
        reason = f"whom the policy locks out ({error.mistakes[0].problem})"
        return replace(effect, untold=(*effect.untold, reason))
    policy = PolicyDocument.parse(preview.after)
    perimeter = settings.perimeter(partition=_partition(policy), bucket=preview.bucket)
    proof = prove(policy, perimeter, rcps=rcps)
    notes = (note for note in proof.undecided if note.startswith(("lock-outs", "dead Allows")))
    return replace(
        effect,
        lockouts=proof.lockouts,
        dead_allows=proof.dead_allows,
        layers=proof.layers,
        untold=(*effect.untold, *notes),
    )


def standing_sentences(lockouts: Sequence[Lockout], dead_allows: Sequence[DeadAllow]) -> list[str]:
    """Return one sentence for each, as a person reads it before `pulumi up`."""
    found = [f"locked out: {each.summary}: {each.because}; fix: {each.fix}" for each in lockouts]
    found += [
        f"an Allow that nobody can use: {each.whom}: {each.because}; fix: {each.fix}" for each in dead_allows
    ]
    return [visible(sentence) for sentence in found]


def _partition(policy: PolicyDocument) -> str:
    """Return the partition of the resources that a policy names."""
    for statement in policy.statements:
        for name in (*(statement.resources or ()), *(statement.not_resources or ())):
            parts = name.split(":")
            if len(parts) > 1 and parts[1].startswith("aws"):
                return parts[1]
    return "aws"
