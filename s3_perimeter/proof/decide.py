"""Decide: is every request from outside the allow-list denied? Channel by channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.bounds import Budget, TooMuchWork
from s3_perimeter.proof.channels import escaping, is_sealed
from s3_perimeter.proof.cheaper import Cheaper
from s3_perimeter.proof.dead_allows import dead_allows
from s3_perimeter.proof.lockouts import lockouts
from s3_perimeter.proof.model import Exempt, Side, Universe
from s3_perimeter.proof.proof import DeadAllow, Lockout, Proof, Verdict, Witness
from s3_perimeter.proof.restrict import place_of
from s3_perimeter.proof.space import Space
from s3_perimeter.semantics.evaluation import evaluate
from s3_perimeter.semantics.networks import MAPPED, NOT_PUBLIC
from s3_perimeter.semantics.request import Channel

__all__ = ["prove"]

_ADDRESSES = ~MAPPED


def prove(
    policy: PolicyDocument,
    perimeter: Perimeter,
    *,
    now: datetime | None = None,
    trusted_services: Iterable[str] = (),
) -> Proof:
    """Prove that every request from outside the perimeter is explicitly denied, or show one that is not.

    The proof is for all times from `now` on; without one, from the clock's. `trusted_services` are service
    principals exempt by name, as the access-log bucket needs one.

    Never *proved* wrongly: whatever AWS does not document counts for the attacker. And every witness has been
    given to the plain evaluator before it is returned.

    Raises ValueError where `now` has no time zone: it would mean another moment on every machine.
    """
    if now is not None and now.utcoffset() is None:
        raise ValueError("`now` needs a time zone: say UTC")
    since = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    sides = [
        Side(statement, policy.version == "2012-10-17")
        for statement in policy.statements
        if statement.effect == "Deny"
    ]
    exempt = Exempt(perimeter.vpc_endpoints, perimeter.break_glass, tuple(trusted_services))
    place = place_of(perimeter)
    universes = _universes(perimeter, since)

    def made(some: Sequence[Side], budget: Budget) -> Space:
        return Space(some, place, universes, budget, exempt)

    space = made(sides, Budget())
    cheaper = Cheaper(policy, sides, made)
    escapes: list[Witness] = []
    undecided: list[str] = []
    for channel in Channel:
        if channel is Channel.AWS_SERVICE and perimeter.trust_aws_services:
            continue
        try:
            found = _channel(policy, space, channel)
        except TooMuchWork as reason:
            found = _cheaply(policy, cheaper, channel, reason)
        if isinstance(found, Witness):
            escapes.append(found)
        elif found is not None:
            undecided.append(f"{channel.value}: {found}")
            if channel is Channel.FORWARD_ACCESS and universes[0].of_services:
                undecided.append(_of_services(universes[0].of_services))
    shut_out, *notes = _shut_out(space, cheaper, sides, perimeter, since, exempt.services)
    dead: tuple[DeadAllow, ...] = ()
    try:
        dead = dead_allows(policy, perimeter, since)
    except TooMuchWork as reason:
        notes.append(f"dead Allows: not decided, {reason}")
    verdict = Verdict.ESCAPE if escapes else Verdict.UNKNOWN if undecided else Verdict.PROVED
    doubtful = [f"condition key `{name}`" for name in space.doubtful()] if undecided else []
    return Proof(
        verdict,
        tuple(escapes),
        shut_out,
        _residual(perimeter),
        (*space.unknown, *doubtful),
        (*undecided, *filter(None, notes)),
        dead,
    )


def _shut_out(
    space: Space,
    cheaper: Cheaper,
    sides: Sequence[Side],
    perimeter: Perimeter,
    since: datetime,
    trusted: Sequence[str],
) -> tuple[tuple[Lockout, ...], str | None]:
    """Return the lock-outs, or why they are not decided. Nobody comes from an address that is not public."""
    members = replace(perimeter, allowed=perimeter.allowed - NOT_PUBLIC)
    try:
        return lockouts(sides, space, members, since, trusted), None
    except TooMuchWork as reason:
        open_question = f"lock-outs: not decided, {reason}"
    try:
        # Some requests are enough to tell that everybody gets through, and too few for the opposite.
        return (), open_question if lockouts(sides, cheaper.sampled, members, since, trusted) else None
    except TooMuchWork:
        return (), open_question


def _universes(perimeter: Perimeter, since: datetime) -> list[Universe]:
    """Return what counts as outside: what is not allowed, and what is not any more, from that moment on."""
    outside = _ADDRESSES - perimeter.allowed
    of_services = perimeter.allowed & NOT_PUBLIC - MAPPED
    expired = [
        Universe(entry.addresses - MAPPED, max(since, entry.until.astimezone(UTC)))
        for entry in perimeter.expiring
    ]
    return [Universe(outside, since, of_services), *expired]


def _channel(policy: PolicyDocument, space: Space, channel: Channel) -> Witness | str | None:
    """Return a witness, or why there is neither witness nor proof, or None: the channel is sealed."""
    if is_sealed(space, channel):
        return None
    request = escaping(space, channel)
    if request is None:
        return "neither proved nor refuted: what might get through rests on what is not modelled"
    if not evaluate(policy, request).surely_not_denied:
        return "the witness found is denied by the evaluator: an error in this program, please report it"
    return Witness.of(channel, request, policy)


def _cheaply(
    policy: PolicyDocument, cheaper: Cheaper, channel: Channel, reason: TooMuchWork
) -> Witness | str | None:
    """Return what can be told about a channel of which to tell all is too much work."""
    if cheaper.is_sealed(channel):
        return None
    request = cheaper.escaping(channel)
    return f"not decided, {reason}" if request is None else Witness.of(channel, request, policy)


def _of_services(addresses: AddressSet) -> str:
    """Return why a channel may be open through addresses that are not public."""
    return (
        f"{Channel.FORWARD_ACCESS}: AWS services may send anybody's requests from addresses that are not "
        f"public, such as `{addresses.cidrs()[0]}`: take what is not public out of the list"
    )


def _residual(perimeter: Perimeter) -> tuple[str, ...]:
    """Return what no bucket policy prevents, and what was declared exempt."""
    whose = f" of account {perimeter.account}" if perimeter.account else " of the owner's account"
    found = [
        f"the root user{whose} can always read, replace and delete the bucket policy, whatever it says",
        "the organization's management account, or a delegated one, can delete it by `sts:AssumeRoot` with "
        "the task policy `S3UnlockBucketPolicy`",
    ]
    if not_public := perimeter.allowed & NOT_PUBLIC:
        found.append(f"on the allow-list and not public, so that nobody comes from there: {not_public}")
    found += [f"declared exempt: requests through VPC endpoint {name}" for name in perimeter.vpc_endpoints]
    found += [f"declared exempt: {arn} over the public endpoint" for arn in perimeter.break_glass]
    if perimeter.trust_aws_services:
        found.append("declared exempt: AWS services acting for themselves")
    found += [
        f"good until {entry.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}: {entry.addresses}"
        for entry in perimeter.expiring
    ]
    return tuple(found)
