"""Decide: is every request from outside the allow-list denied? Channel by channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.documents.layers import Layers
from s3_perimeter.documents.rcp import ResourceControlPolicy
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.asked import Asked
from s3_perimeter.proof.bounds import TooMuchWork
from s3_perimeter.proof.dead_allows import dead_allows
from s3_perimeter.proof.lockouts import lockouts
from s3_perimeter.proof.model import Exempt
from s3_perimeter.proof.proof import RCPS, DeadAllow, Layer, Lockout, Proof, Verdict, Witness
from s3_perimeter.semantics.networks import NOT_PUBLIC
from s3_perimeter.semantics.request import Channel

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

    Raises ValueError where `now` has no time zone: it would mean another moment on every machine.
    """
    if now is not None and now.utcoffset() is None:
        raise ValueError("`now` needs a time zone: say UTC")
    since = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    trusted = tuple(trusted_services)
    layers = Layers(policy, tuple(rcps))
    exempt = Exempt(perimeter.vpc_endpoints, perimeter.break_glass, trusted)
    asked = Asked(layers, perimeter, since, exempt)
    channels = [
        each for each in Channel if each is not Channel.AWS_SERVICE or not perimeter.trust_aws_services
    ]
    escapes: list[Witness] = []
    undecided: list[str] = []
    for channel in channels:
        found = asked.answer(channel)
        if isinstance(found, Witness):
            escapes.append(found)
        elif found is not None:
            undecided.append(f"{channel.value}: {found}")
            if channel is Channel.FORWARD_ACCESS and asked.universes[0].of_services:
                undecided.append(_of_services(asked.universes[0].of_services))
    shut_out, *notes = _shut_out(asked, perimeter, since, trusted)
    dead: tuple[DeadAllow, ...] = ()
    try:
        dead = dead_allows(layers, perimeter, since)
    except TooMuchWork as reason:
        notes.append(f"dead Allows: not decided, {reason}")
    doubtful = [f"condition key `{name}`" for name in asked.space.doubtful()] if undecided else []
    alone = asked.alone(channels)
    return Proof(
        Verdict.ESCAPE if escapes else Verdict.UNKNOWN if undecided else Verdict.PROVED,
        tuple(escapes),
        shut_out,
        tuple(_residual(perimeter, alone)),
        (*asked.unknown, *doubtful),
        (*undecided, *filter(None, notes)),
        dead,
        alone,
    )


def _shut_out(
    asked: Asked, perimeter: Perimeter, since: datetime, trusted: Sequence[str]
) -> tuple[tuple[Lockout, ...], str | None]:
    """Return the lock-outs, or why they are not decided. Nobody comes from an address that is not public."""
    members = replace(perimeter, allowed=perimeter.allowed - NOT_PUBLIC)
    try:
        return lockouts(asked.sides, asked.space, members, since, trusted), None
    except TooMuchWork as reason:
        open_question = f"lock-outs: not decided, {reason}"
    try:
        # Some requests are enough to tell that everybody gets through, and too few for the opposite.
        sampled = asked.cheaper.sampled
        return (), open_question if lockouts(asked.sides, sampled, members, since, trusted) else None
    except TooMuchWork:
        return (), open_question


def _of_services(addresses: AddressSet) -> str:
    """Return why a channel may be open through addresses that are not public."""
    return (
        f"{Channel.FORWARD_ACCESS}: AWS services may send anybody's requests from addresses that are not "
        f"public, such as `{addresses.cidrs()[0]}`: take what is not public out of the list"
    )


def _residual(perimeter: Perimeter, layers: Sequence[Layer]) -> Iterator[str]:
    """Yield what no policy prevents, what is taken as given, and what was declared exempt."""
    whose = f" of account {perimeter.account}" if perimeter.account else " of the owner's account"
    organizations = next((layer for layer in layers if layer.name == RCPS), None)
    if organizations and set(organizations.open) <= {Channel.AWS_SERVICE}:
        yield (
            f"the root user{whose} can replace and delete the bucket policy, but only from inside: resource "
            "control policies hold it too, and go on denying requests from outside"
        )
    else:
        yield f"the root user{whose} can always read, replace and delete the bucket policy, whatever it says"
        yield (
            "the organization's management account, or a delegated one, can delete it by `sts:AssumeRoot` "
            "with the task policy `S3UnlockBucketPolicy`"
        )
    if organizations:
        yield (
            "taken as given: the resource control policies apply to the bucket's account; to buckets of the "
            "organization's management account they never do"
        )
        yield (
            "the organization's management account, or a delegated one, can change and detach resource "
            "control policies"
        )
        yield "service-linked roles are held by the bucket policy alone: no resource control policy applies"
    if not_public := perimeter.allowed & NOT_PUBLIC:
        yield f"on the allow-list and not public, so that nobody comes from there: {not_public}"
    yield from (f"declared exempt: requests through VPC endpoint {name}" for name in perimeter.vpc_endpoints)
    yield from (f"declared exempt: {arn} over the public endpoint" for arn in perimeter.break_glass)
    if perimeter.trust_aws_services:
        yield "declared exempt: AWS services acting for themselves"
    yield from (
        f"good until {entry.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}: {entry.addresses}"
        for entry in perimeter.expiring
    )
