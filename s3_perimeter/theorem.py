"""The theorem: every request from outside the perimeter is explicitly denied, or here is one that is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from s3_perimeter.access.lockouts import lockouts
from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.documents.layers import Layers
from s3_perimeter.endpoints import endpoint_words
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.attempts import Attempts, first_answer
from s3_perimeter.proof.layered import Answer, Layered
from s3_perimeter.proof.outside import Outside
from s3_perimeter.proof.result import RCPS, DeadAllow, Layer, Lockout, Proof, Verdict
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.witness import Witness
from s3_perimeter.proof.work import TooMuchWork
from s3_perimeter.semantics.readings import written
from s3_perimeter.semantics.request import Channel

if TYPE_CHECKING:
    from s3_perimeter.documents.rcp import ResourceControlPolicy

__all__ = ["prove"]


def prove(
    policy: PolicyDocument | None,
    perimeter: Perimeter,
    *,
    rcps: Iterable[ResourceControlPolicy] = (),
    now: datetime | None = None,
    trusted_services: Iterable[str] = (),
) -> Proof:
    """Prove that every request from outside the perimeter is explicitly denied, or show one that is not.

    `policy` is None for a bucket without one, and `rcps` are the resource control policies that apply to its
    account: a Deny of any of them counts. The proof is for all times from `now` on; without one, from the
    clock's. `trusted_services` are service principals exempt by name, as the access-log bucket needs one.

    Never *proved* wrongly: whatever AWS does not document counts for the attacker. And every witness has been
    given to the plain evaluator before it is returned.

    A policy whose statements cover neither the bucket nor any object in it denies nothing there, so every
    request escapes. S3 refuses such a policy: the bucket or the partition may be mistyped. `compare` and
    ``perimeter check`` do not judge it and say so.

    Raises ValueError where `now` has no time zone: it would mean another moment on every machine.
    """
    if now is not None and now.utcoffset() is None:
        raise ValueError("`now` needs a time zone, such as UTC")
    since = (now.astimezone(UTC) if now else datetime.now(UTC)).replace(microsecond=0)
    trusted = tuple(trusted_services)
    layers = Layers(policy, tuple(rcps))
    outside = Outside.of(perimeter, since, trusted)
    denies = Layered(layers, outside)

    channels = list(Channel)
    if perimeter.trust_aws_services:
        channels.remove(Channel.AWS_SERVICE)
    answers = denies.answers(channels)
    escapes = tuple(found for found in answers.values() if isinstance(found, Witness))
    undecided = tuple(_undecided(answers, outside))
    verdict = Verdict.ESCAPE if escapes else Verdict.UNKNOWN if undecided else Verdict.PROVED

    locked_out, open_lockouts = _locked_out(denies.attempts, perimeter, outside.not_public, since, trusted)
    dead, open_dead = _dead_allows(layers, perimeter, since)
    alone = denies.alone(channels)
    doubtful = denies.attempts.full.doubtful_keys() if undecided else []
    return Proof(
        verdict,
        escapes,
        locked_out,
        tuple(_remaining_risk(perimeter, outside.not_public, alone)),
        (*denies.unknown, *(f"condition key `{name}`" for name in doubtful)),
        (*undecided, *open_lockouts, *open_dead),
        dead,
        alone,
    )


def _undecided(answers: dict[Channel, Answer], outside: Outside) -> Iterator[str]:
    """Yield why there is neither witness nor proof of a channel."""
    of_services = outside.periods[0].of_services
    for channel, found in answers.items():
        if isinstance(found, str):
            yield f"{channel.value}: {found}"
            if channel is Channel.FORWARD_ACCESS and of_services:
                yield (
                    f"{channel}: AWS services may send anybody's requests from addresses that are not "
                    f"public, such as `{of_services.cidrs()[0]}`: remove what is not public from the list"
                )


def _locked_out(
    attempts: Attempts,
    perimeter: Perimeter,
    not_public: AddressSet,
    since: datetime,
    trusted: Sequence[str],
) -> tuple[tuple[Lockout, ...], Sequence[str]]:
    """Return the lock-outs, and why they are not decided. Nobody comes from an address that is not public."""
    members = replace(perimeter, allowed=perimeter.allowed - not_public) if not_public else perimeter

    def found(space: Space) -> tuple[Lockout, ...]:
        return lockouts(space, members, since, trusted)

    def nobody() -> tuple[Lockout, ...]:
        # Some requests are enough to say that everybody gets through, and too few for the opposite.
        if found(attempts.sampled):
            raise TooMuchWork("somebody may be locked out")
        return ()

    try:
        return first_answer((lambda: found(attempts.full), nobody)), ()
    except TooMuchWork as reason:
        return (), (f"lock-outs: not decided, {reason}",)


def _dead_allows(
    layers: Layers, perimeter: Perimeter, since: datetime
) -> tuple[tuple[DeadAllow, ...], Sequence[str]]:
    """Return the dead Allows, and why they are not decided."""
    if layers.policy is None or all(each.effect == "Deny" for each in layers.policy.statements):
        return (), ()
    # Most policies have no Allow, and to load what asks about them takes longer than a proof.
    from s3_perimeter.access.dead_allows import dead_allows

    try:
        return dead_allows(layers, perimeter, since), ()
    except TooMuchWork as reason:
        return (), (f"dead Allows: not decided, {reason}",)


def _remaining_risk(perimeter: Perimeter, not_public: AddressSet, layers: Sequence[Layer]) -> Iterator[str]:
    """Yield what no policy prevents, what is taken as given, and what was declared exempt; `not_public`
    are the addresses of the allow-list from which no request comes.
    """
    whose = f" of account {perimeter.account}" if perimeter.account else " of the owner's account"
    organizations = next((layer for layer in layers if layer.name == RCPS), None)
    if organizations and set(organizations.open) <= {Channel.AWS_SERVICE}:
        yield (
            f"the root user{whose} can replace and delete the bucket policy, but only from inside: resource "
            "control policies apply to root too, and still deny requests from outside"
        )
    else:
        yield f"the root user{whose} can always read, replace and delete the bucket policy, whatever it says"
        yield (
            "the organization's management account, or a delegated one, can delete it by `sts:AssumeRoot` "
            "with the task policy `S3UnlockBucketPolicy`"
        )
    if organizations:
        yield (
            "assumed: the resource control policies apply to the bucket's account; to buckets of the "
            "organization's management account they never do"
        )
        yield (
            "the organization's management account, or a delegated one, can change and detach resource "
            "control policies"
        )
        yield "only the bucket policy applies to service-linked roles, and no resource control policy"
    if not_public:
        yield f"on the allow-list and not public, so no request comes from there: {not_public}"
    for name in perimeter.vpc_endpoints:
        yield f"declared exempt: requests through {endpoint_words(name)}"
    for arn in perimeter.break_glass:
        yield f"declared exempt: {arn} over the public endpoint"
    if perimeter.trust_aws_services:
        yield "declared exempt: AWS services acting for themselves"
    for entry in perimeter.expiring:
        yield f"allowed until {written(entry.until)}: {entry.addresses}"
