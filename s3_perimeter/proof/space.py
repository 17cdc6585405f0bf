"""Space: the requests that some statements about one bucket tell apart, as boxes, scenario by scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count

from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.axes.address import sample
from s3_perimeter.proof.axes.axis import Atom, Dimension, Exempt, Scenario, Side, Universe, Values
from s3_perimeter.proof.axes.principal import Callers
from s3_perimeter.proof.boxes import Boxes
from s3_perimeter.proof.budget import Budget
from s3_perimeter.proof.denies import Place, known_key
from s3_perimeter.proof.dimensions import Dimensions
from s3_perimeter.proof.keys import Presence, key_named, presence
from s3_perimeter.proof.outside import KINDS, kinds_told_apart, presence_in
from s3_perimeter.proof.question import SOURCE_IP, Question
from s3_perimeter.semantics.request import Channel, Kind, Request, arriving

__all__ = ["Space"]

_SOURCE_VPCE = "aws:sourcevpce"


class Space:
    """All requests about a question. Whatever is computed once is kept for the other scenarios."""

    def __init__(
        self,
        sides: Sequence[Side],
        place: Place,
        universes: Sequence[Universe],
        budget: Budget,
        exempt: Exempt | None = None,
    ) -> None:
        self._question = Question(sides, place, universes, budget, exempt or Exempt())
        self._callers = Callers(self._question)
        self._dimensions = Dimensions(self._question, self._callers)
        self.universes = universes
        self.budget = budget

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not documented about the statements, as far as it was met."""
        return tuple(self._dimensions.unknown)

    def kinds(self, channel: Channel) -> Sequence[Kind]:
        """Return the kinds of principals to look at: one, where nothing tells them apart."""
        if self.tells_principals_apart:
            return KINDS[channel]
        return kinds_told_apart(channel, self._question.keys)

    @property
    def tells_principals_apart(self) -> bool:
        """Whether any statement depends on who makes a request."""
        return self._callers.told_apart

    @cached_property
    def objects_are_like_the_bucket(self) -> bool:
        """Whether no statement tells the bucket from its objects, or one action from another."""
        return (
            "action" not in self._question.names
            and not self.keys_of_some_actions
            and not self._question.doubts_the_bucket
            and all(each.covers_objects is each.covers_bucket for each in self._question.statements)
        )

    @cached_property
    def keys_of_some_actions(self) -> Sequence[str]:
        """The keys of the conditions that only some actions carry."""
        return [name for name in sorted(self._question.keys) if known_key(name).actions is not None]

    def doubtful(self) -> list[str]:
        """Return the names of keys in the conditions about which something is not documented."""
        account = self._question.place.account
        found = []
        for name in sorted(self._question.keys):
            if key_named(name) and any(
                presence_in(Scenario(channel, kind, on_object=True), name, account) is Presence.DOUBTFUL
                for channel in Channel
                for kind in KINDS[channel]
            ):
                found.append(known_key(name).name)
        return found

    def doubtful_channels(self) -> list[Channel]:
        """Return the channels in which something that the conditions ask for is not documented."""
        return [
            channel
            for channel in Channel
            if any(
                presence(known_key(name), channel, kind) is Presence.DOUBTFUL
                for name in self._question.keys
                for kind in KINDS[channel]
            )
            or (
                channel in (Channel.FORWARD_ACCESS, Channel.AWS_SERVICE) and SOURCE_IP in self._question.names
            )
            or (Kind.ROLE in KINDS[channel] and "aws:userid" in self._question.keys)
        ]

    def boxes(self, scenario: Scenario) -> Boxes:
        """Return a scenario as boxes."""
        return Boxes(self._dimensions.of(scenario), self.alive(on_object=scenario.on_object))

    def request(self, scenario: Scenario, atoms: Iterable[Atom]) -> Request:
        """Return the concrete request that the representatives of a region describe."""
        chosen = list(atoms)
        principal = next((atom.principal for atom in chosen if atom.principal), None)
        action = next((atom.action for atom in chosen if atom.action), None)
        resource = next((atom.resource for atom in chosen if atom.resource), None)
        plain_action, plain_resource = self._plain(scenario)
        channel = scenario.channel
        source_ip = None
        if channel not in (Channel.VPC_ENDPOINT, Channel.AWS_SERVICE):
            source_ip = sample(self.universes[scenario.universe].addresses)
        base = arriving(
            channel,
            principal or self._callers.of(scenario)[0],
            action or plain_action,
            resource or plain_resource,
            source_ip=source_ip,
        )
        context: dict[str, Values | None] = {**base.context}
        declared = self._question.exempt.vpc_endpoints
        if channel is Channel.VPC_ENDPOINT and base.context[_SOURCE_VPCE][0] in declared:
            context[_SOURCE_VPCE] = (_other_endpoint(declared),)
        for atom in chosen:
            context |= atom.context
        present = {key: held for key, held in context.items() if held is not None}
        return Request(base.principal, base.action, base.resource, present)

    def asked(
        self, scenario: Scenario, chosen: Mapping[str, Sequence[Atom]]
    ) -> dict[str, tuple[Dimension, int]]:
        """Return a scenario's dimensions by name, each with the classes that its requests can be in; where
        classes are `chosen`, those.
        """
        names = [
            name
            for name in self._question.names
            if name != "object" or self._dimensions.counts(name, scenario)
        ]
        return {
            name: self._dimensions.cut(name, tuple(chosen[name]))
            if name in chosen
            else self._dimensions.one(name, scenario)
            for name in names
        }

    def alive(self, *, on_object: bool) -> Sequence[int]:
        """Return the numbers of the statements that cover the bucket, or some object."""
        return self._question.about_objects if on_object else self._question.about_the_bucket

    def effect(self, number: int) -> str:
        """Return whether a statement is an Allow or a Deny."""
        return self._question.statements[number].side.statement.effect

    @property
    def names(self) -> Sequence[str]:
        """The dimensions that some statement restricts."""
        return self._question.names

    @property
    def keys(self) -> frozenset[str]:
        """The condition keys, in lower case, that are dimensions of their own."""
        return self._question.keys

    @property
    def callers(self) -> Callers:
        """Who makes requests."""
        return self._callers

    def told(self, name: str) -> Sequence[tuple[Condition, bool]]:
        """Return the conditions of a dimension, each with whether its policy knows variables."""
        return self._question.told.get(name, ())

    def _plain(self, scenario: Scenario) -> tuple[str, str]:
        """Return an ordinary action and what it is asked of: an object, or the bucket."""
        bucket = self._question.place.bucket_arn
        return ("s3:GetObject", f"{bucket}/key") if scenario.on_object else ("s3:ListBucket", bucket)


def _other_endpoint(ours: Sequence[str]) -> str:
    """Return the id of a VPC endpoint that is not ours."""
    return next(name for number in count() if (name := f"vpce-0{number:x}") not in ours)
