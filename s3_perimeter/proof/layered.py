"""Layered: some layers of policies, asked channel by channel what they let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from s3_perimeter.documents.layers import Layers
from s3_perimeter.proof.attempts import Attempts, Found, open_networks
from s3_perimeter.proof.axes.identities import service_linked
from s3_perimeter.proof.outside import Outside
from s3_perimeter.proof.result import BUCKET_POLICY, RCPS, Layer, Verdict
from s3_perimeter.proof.witness import Witness
from s3_perimeter.proof.work import TooMuchWork
from s3_perimeter.semantics.evaluation import evaluate
from s3_perimeter.semantics.request import Channel, Request

__all__ = ["Answer", "Layered"]

Answer: TypeAlias = Witness | str | None
"""A witness, or why there is neither witness nor proof, or None: the channel is sealed."""

_OF_ROLES = (Channel.PUBLIC_SIGNED, Channel.FORWARD_ACCESS, Channel.VPC_ENDPOINT)
"""The channels in which a service-linked role's requests have the shape of a role's."""


class Layered:
    """The Denies of some layers about what is outside.

    A layer that seals a channel seals it for all of them, so that each is asked by itself first.
    """

    def __init__(self, layers: Layers, outside: Outside) -> None:
        self.attempts = Attempts(layers, outside)
        self._layers = layers
        self._outside = outside
        self._known: dict[Channel, Found] = {}
        self._parts: tuple[Layered, ...] = ()
        if layers.policy and layers.rcps:
            own, organizations = Layers(layers.policy), Layers(None, layers.rcps)
            self._parts = tuple(Layered(each, outside) for each in (own, organizations))

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not documented about the statements, as far as it was met."""
        asked = (*self._parts, self)
        return tuple(dict.fromkeys(name for each in asked for name in each.attempts.full.unknown))

    def answers(self, channels: Sequence[Channel]) -> dict[Channel, Answer]:
        """Return what the layers let through by each channel."""
        if self.attempts.full.sealed_by_one and not self._layers.rcps:
            return dict.fromkeys(channels)
        return {channel: self._answer(channel) for channel in channels}

    def _answer(self, channel: Channel) -> Answer:
        """Return what the layers let through by a channel."""
        found = self._found(channel)
        return Witness.of(channel, found, self._layers) if isinstance(found, Request) else found

    def alone(self, channels: Sequence[Channel]) -> tuple[Layer, ...]:
        """Return what each layer seals by itself of those channels; empty where there are no RCPs."""
        if not self._layers.rcps:
            return ()
        return tuple(each._as_layer(channels) for each in self._parts or (self,))

    def _as_layer(self, channels: Sequence[Channel]) -> Layer:
        """Return what these Denies seal by themselves. RCPs stop no service-linked role, which counts as a
        service.
        """
        answers = {channel: self._by_anybody_else(channel) for channel in channels}
        unstopped = {Channel.AWS_SERVICE}.intersection(channels) if self._layers.rcps else set()
        left = tuple(
            channel for channel, found in answers.items() if found is not None or channel in unstopped
        )
        escapes = unstopped or any(isinstance(found, Request) for found in answers.values())
        return Layer(
            RCPS if self._layers.rcps else BUCKET_POLICY,
            Verdict.ESCAPE if escapes else Verdict.UNKNOWN if left else Verdict.PROVED,
            left,
            self._networks(answers.get(Channel.PUBLIC_SIGNED)),
        )

    def _networks(self, found: Found) -> tuple[str, ...]:
        """Return from where signed requests get past the Denies; where that is too much work, from where one
        does.
        """
        if not isinstance(found, Request):
            return ()
        try:
            return open_networks(self.attempts.full, Channel.PUBLIC_SIGNED).cidrs()
        except TooMuchWork:
            return tuple(filter(None, (found.source_ip,)))

    def _found(self, channel: Channel) -> Found:
        """Return what the layers let through by a channel, service-linked roles counting as services."""
        found = self._by_anybody_else(channel)
        if isinstance(found, Request) or channel is not Channel.AWS_SERVICE or not self._layers.rcps:
            return found
        linked = self._by_service_linked_roles()
        return linked if isinstance(linked, Request) else found or linked

    def _by_anybody_else(self, channel: Channel) -> Found:
        """Return what the layers let through by a channel, without service-linked roles as services."""
        if channel not in self._known:
            sealed = any(part._by_anybody_else(channel) is None for part in self._parts)
            self._known[channel] = None if sealed else self.attempts.found(channel)
        return self._known[channel]

    def _by_service_linked_roles(self) -> Found:
        """Return what service-linked roles can do: RCPs do not apply to them, so that only the bucket policy
        stops them. They act for their service, and count with those.
        """
        if self._parts and all(self._parts[0]._by_anybody_else(channel) is None for channel in _OF_ROLES):
            return None
        exempt = self._outside.exempt._replace(all_but_service_linked=True)
        roles = Layered(Layers(self._layers.policy), self._outside._replace(exempt=exempt))
        undecided: Found = None
        for channel in _OF_ROLES:
            found = roles._by_anybody_else(channel)
            if isinstance(found, Request):
                return self._by_a_known_role(found)
            undecided = undecided or found
        return undecided

    def _by_a_known_role(self, request: Request) -> Request:
        """Return the request as a role that exists sends it, where that makes no difference."""
        bucket = self._outside.bucket
        who = service_linked(bucket.partition, bucket.account)
        keys = {"aws:principalarn": (who.arn or "",), "aws:principalaccount": (who.account or "",)}
        known = replace(request, principal=who, context={**request.context, **keys})
        depends = "aws:userid" in request.context or not evaluate(self._layers, known).surely_not_denied
        return request if depends else known
