"""Asked: some layers of policies, asked channel by channel what they let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TypeAlias

from s3_perimeter.documents.layers import Layers
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.attempts import Cheaper
from s3_perimeter.proof.axes.axis import Exempt, Side, Universe
from s3_perimeter.proof.axes.identities import EXAMPLE_ACCOUNT
from s3_perimeter.proof.budget import Budget, TooMuchWork
from s3_perimeter.proof.channels import escaping, is_sealed, open_networks
from s3_perimeter.proof.denies import place_of
from s3_perimeter.proof.result import BUCKET_POLICY, RCPS, Layer, Verdict, Witness
from s3_perimeter.proof.sides import SERVICE_LINKED_ROLES, denies_of
from s3_perimeter.proof.space import Space
from s3_perimeter.semantics.evaluation import evaluate
from s3_perimeter.semantics.networks import MAPPED, NOT_PUBLIC
from s3_perimeter.semantics.request import Channel, Principal, Request

__all__ = ["Answer", "Asked"]

Answer: TypeAlias = Witness | str | None
"""A witness, or why there is neither witness nor proof, or None: the channel is sealed."""

_OF_ROLES = (Channel.PUBLIC_SIGNED, Channel.FORWARD_ACCESS, Channel.VPC_ENDPOINT)
"""The channels in which a service-linked role's requests have the shape of a role's."""
_KNOWN_ROLE = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


class Asked:
    """The Denies of some layers about one perimeter, from a moment on, with what is exempt.

    A layer that seals a channel seals it for all of them, so that each is asked by itself first.
    """

    def __init__(self, layers: Layers, perimeter: Perimeter, since: datetime, exempt: Exempt) -> None:
        self.layers = layers
        self.universes = _universes(perimeter, since)
        self.sides = denies_of(layers)
        self._given = (perimeter, since)
        self._exempt = exempt
        self._place = place_of(perimeter)
        self._known: dict[Channel, Answer] = {}
        self._parts: tuple[Asked, ...] = ()
        if layers.policy and layers.rcps:
            own, organizations = Layers(layers.policy), Layers(None, layers.rcps)
            self._parts = tuple(Asked(each, perimeter, since, exempt) for each in (own, organizations))

    @cached_property
    def space(self) -> Space:
        """All requests about the Denies."""
        return self._made(self.sides, Budget())

    @cached_property
    def cheaper(self) -> Cheaper:
        """The same question where it is too much work."""
        return Cheaper(self.layers, self.sides, self._made)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not documented about the statements, as far as it was met."""
        asked = (*self._parts, self)
        return tuple(dict.fromkeys(name for each in asked for name in each.space.unknown))

    def answer(self, channel: Channel) -> Answer:
        """Return what the layers let through by a channel."""
        found = self._answer(channel)
        if isinstance(found, Witness) or channel is not Channel.AWS_SERVICE or not self.layers.rcps:
            return found
        linked = self._by_service_linked_roles()
        return linked if isinstance(linked, Witness) else found or linked

    def alone(self, channels: Sequence[Channel]) -> tuple[Layer, ...]:
        """Return what each layer seals by itself of those channels; empty where there are no RCPs."""
        if not self.layers.rcps:
            return ()
        return tuple(each._as_layer(channels) for each in self._parts or (self,))

    def _as_layer(self, channels: Sequence[Channel]) -> Layer:
        """Return what these Denies seal by themselves."""
        answers = {channel: self.answer(channel) for channel in channels}
        left = tuple(channel for channel, found in answers.items() if found is not None)
        escapes = any(isinstance(found, Witness) for found in answers.values())
        return Layer(
            RCPS if self.layers.rcps else BUCKET_POLICY,
            Verdict.ESCAPE if escapes else Verdict.UNKNOWN if left else Verdict.PROVED,
            left,
            self._networks(answers.get(Channel.PUBLIC_SIGNED)),
        )

    def _networks(self, found: Answer) -> tuple[str, ...]:
        """Return from where signed requests get past the Denies; where that is too much work, from where one
        does.
        """
        if not isinstance(found, Witness):
            return ()
        try:
            return open_networks(self.space, Channel.PUBLIC_SIGNED).cidrs()
        except TooMuchWork:
            return tuple(filter(None, (found.source_ip,)))

    def _answer(self, channel: Channel) -> Answer:
        """Return what the layers let through by a channel, without service-linked roles as services."""
        if channel not in self._known:
            sealed = any(part._answer(channel) is None for part in self._parts)
            self._known[channel] = None if sealed else self._found(channel)
        return self._known[channel]

    def _found(self, channel: Channel) -> Answer:
        """Return what all Denies together let through by a channel."""
        try:
            if is_sealed(self.space, channel):
                return None
            request = escaping(self.space, channel)
            if request is None:
                return "neither proved nor refuted: what might get through rests on what is not modelled"
            if not evaluate(self.layers, request).surely_not_denied:
                return (
                    "the witness found is denied by the evaluator: an error in this program, please report it"
                )
        except TooMuchWork as reason:
            if self.cheaper.is_sealed(channel):
                return None
            request = self.cheaper.escaping(channel)
            if request is None:
                return f"not decided, {reason}"
        return Witness.of(channel, request, self.layers)

    def _by_service_linked_roles(self) -> Answer:
        """Return what service-linked roles can do: RCPs do not apply to them, so that only the bucket policy
        stops them. They act for their service, and count with those.
        """
        if self._parts and all(self._parts[0]._answer(channel) is None for channel in _OF_ROLES):
            return None
        exempt = self._exempt._replace(all_but=SERVICE_LINKED_ROLES)
        roles = Asked(Layers(self.layers.policy), *self._given, exempt)
        found = [roles._answer(channel) for channel in _OF_ROLES]
        for each in found:
            if isinstance(each, Witness):
                return Witness.of(Channel.AWS_SERVICE, self._by_a_known_role(each.request), self.layers)
        return next((each for each in found if each is not None), None)

    def _by_a_known_role(self, request: Request) -> Request:
        """Return the request as a role that exists sends it, where that makes no difference."""
        who = Principal.of_arn(
            f"arn:{self._place.partition}:iam::{self._place.account or EXAMPLE_ACCOUNT}:role/{_KNOWN_ROLE}"
        )
        keys = {"aws:principalarn": (who.arn or "",), "aws:principalaccount": (who.account or "",)}
        known = replace(request, principal=who, context={**request.context, **keys})
        depends = "aws:userid" in request.context or not evaluate(self.layers, known).surely_not_denied
        return request if depends else known

    def _made(self, some: Sequence[Side], budget: Budget) -> Space:
        """Return the space of some of the Denies."""
        return Space(some, self._place, self.universes, budget, self._exempt)


def _universes(perimeter: Perimeter, since: datetime) -> list[Universe]:
    """Return what counts as outside: what is not allowed, and what is not any more, from that moment on."""
    outside = ~MAPPED - perimeter.allowed
    of_services = perimeter.allowed & NOT_PUBLIC - MAPPED
    expired = [
        Universe(entry.addresses - MAPPED, max(since, entry.until.astimezone(UTC)))
        for entry in perimeter.expiring
    ]
    return [Universe(outside, since, of_services), *expired]
