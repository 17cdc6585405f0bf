"""Space: the requests that some statements about one bucket distinguish, as boxes, scenario by scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count

from s3_perimeter.documents.document import Statement
from s3_perimeter.proof.axes.action import ActionAxis
from s3_perimeter.proof.axes.address import AddressAxis
from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import Cut, RequestClass, Values
from s3_perimeter.proof.axes.key import KeyAxis
from s3_perimeter.proof.axes.object import ObjectAxis
from s3_perimeter.proof.axes.principal import PrincipalAxis
from s3_perimeter.proof.axes.time import TimeAxis
from s3_perimeter.proof.axes.transport import TransportAxis
from s3_perimeter.proof.boxes import Boxes
from s3_perimeter.proof.condition_key import Presence, presence
from s3_perimeter.proof.denies import ambiguous_keys, analyzed
from s3_perimeter.proof.keys import JOINT_KEYS, SOURCE_IP, TIME_KEYS, TRANSPORT_KEYS, key_named, known_key
from s3_perimeter.proof.outside import KINDS, Doubt, Outside, Scenario, distinguished_kinds, presence_in
from s3_perimeter.proof.values import sample
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.request import Channel, Kind, Request, arriving

__all__ = ["Space"]

_SOURCE_VPCE = "aws:sourcevpce"


class Space:
    """All requests about some statements. Whatever is computed once is kept for the other scenarios."""

    def __init__(self, rules: Sequence[Statement], outside: Outside, budget: Budget) -> None:
        ambiguous = ambiguous_keys(rules)
        self.rules = rules
        self.outside = outside
        self.budget = budget
        self.statements = [analyzed(each, outside.bucket, ambiguous) for each in rules]
        self.address = AddressAxis(self.statements, outside, budget, [SOURCE_IP])
        self.time = TimeAxis(self.statements, outside, budget, TIME_KEYS)
        self._unknown: dict[str, None] = {}

    # What a plain policy does not need is made when it is asked for.

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys, in lower case, that are axes of their own."""
        asked = {each.condition.name for statement in self.statements for each in statement.conditions}
        return frozenset(asked.difference(JOINT_KEYS))

    @cached_property
    def action(self) -> ActionAxis:
        """What is asked for."""
        return ActionAxis(self.statements, self.outside, self.budget)

    @cached_property
    def object(self) -> ObjectAxis:
        """Which object, or the bucket."""
        return ObjectAxis(self.statements, self.outside, self.budget)

    @cached_property
    def transport(self) -> TransportAxis:
        """How a request is sent."""
        return TransportAxis(self.statements, self.outside, self.budget, TRANSPORT_KEYS)

    @cached_property
    def principal(self) -> PrincipalAxis:
        """Who makes a request."""
        return PrincipalAxis(self.statements, self.outside, self.budget)

    @cached_property
    def _of_key(self) -> Mapping[str, Axis]:
        """The axes of single condition keys, by their names in lower case."""
        given = (self.statements, self.outside, self.budget)
        return {
            name: self.address if name == SOURCE_IP else KeyAxis(*given, [name]) for name in sorted(self.keys)
        }

    @cached_property
    def axes(self) -> Sequence[Axis]:
        """Every axis on which some statement, or an exemption, distinguishes requests."""
        restricted = [axis for axis in (self.object, self.time, self.transport) if axis.restricted]
        return (self.action, *self._of_key.values(), *restricted, self.principal)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not documented about the statements, as far as it was met."""
        return tuple(self._unknown)

    def axis_of(self, key: str) -> Axis | None:
        """Return the axis of a condition key, named in lower case; None where no statement asks for it."""
        return self._of_key.get(key)

    def scenarios(
        self, channel: Channel, doubt: Doubt = Doubt.PROVING, periods: Iterable[int] | None = None
    ) -> Iterator[Scenario]:
        """Yield the scenarios that make up a channel, in some periods or all that count in it. Where no
        statement distinguishes the bucket from its objects, those of objects stand for both.
        """
        targets = (True,) if self.bucket_and_objects_indistinguishable else (True, False)
        for period in self.outside.period_numbers(channel) if periods is None else periods:
            for kind in self.kinds(channel):
                for on_object in targets:
                    yield Scenario(channel, kind, on_object, period, doubt)

    def kinds(self, channel: Channel) -> Sequence[Kind]:
        """Return the kinds of principals to look at: one, where nothing distinguishes them."""
        if self.outside.exempt.all_but_service_linked:
            return (Kind.ROLE,)
        return KINDS[channel] if self.principal.is_distinguished else distinguished_kinds(channel, self.keys)

    @cached_property
    def bucket_and_objects_indistinguishable(self) -> bool:
        """Whether no statement distinguishes the bucket from its objects, or one action from another."""
        return (
            not self.action.restricted
            and not self.keys_of_some_actions
            and not self.object.doubts_the_bucket
            and all(each.covers_objects is each.covers_bucket for each in self.statements)
        )

    @cached_property
    def sealed_by_one(self) -> bool:
        """Whether one statement covers every request from outside, and nothing about any is undocumented."""
        return all(each.is_plain for each in self.statements) and any(
            map(self.address.denies_all_outside, self.statements)
        )

    @cached_property
    def keys_of_some_actions(self) -> Sequence[str]:
        """The keys of the conditions that only some actions carry."""
        return [name for name in sorted(self.keys) if known_key(name).actions is not None]

    def doubtful_keys(self) -> list[str]:
        """Return the names of keys in the conditions about which something is not documented."""
        account = self.outside.bucket.account
        return [
            known_key(name).name
            for name in sorted(self.keys)
            if key_named(name)
            and any(
                presence_in(Scenario(channel, kind, on_object=True), name, account) is Presence.DOUBTFUL
                for channel in Channel
                for kind in KINDS[channel]
            )
        ]

    def doubtful_channels(self) -> list[Channel]:
        """Return the channels in which something that the conditions ask for is not documented."""
        return [
            channel
            for channel in Channel
            if any(
                presence(known_key(name), channel, kind) is Presence.DOUBTFUL
                for name in self.keys
                for kind in KINDS[channel]
            )
            or (channel in (Channel.FORWARD_ACCESS, Channel.AWS_SERVICE) and SOURCE_IP in self.keys)
            or (Kind.ROLE in KINDS[channel] and any(known_key(name).differs_by_kind for name in self.keys))
        ]

    def about(self, *, on_object: bool) -> Sequence[int]:
        """Return the numbers of the statements that may cover the bucket, or some object."""
        return self._about[on_object]

    @cached_property
    def _about(self) -> Sequence[Sequence[int]]:
        """The statements that may cover the bucket, and those that may cover some object."""
        covers = [(each.covers_bucket, each.covers_objects) for each in self.statements]
        return [[number for number, each in enumerate(covers) if each[sort] is not False] for sort in (0, 1)]

    def boxes(
        self,
        scenario: Scenario,
        chosen: Mapping[Axis, Iterable[RequestClass]] | None = None,
        among: Iterable[int] | None = None,
    ) -> Boxes:
        """Return a scenario as boxes: where classes of an axis are `chosen`, of those alone; with `among`, of
        the statements with those numbers alone.
        """
        cuts: list[tuple[Axis, Cut, int]] = []
        for axis in self.axes:
            if not axis.counts(scenario):
                continue
            if chosen and axis in chosen:
                cut = axis.cut_into(chosen[axis])
                bits = cut.full
            else:
                cut = axis.cut(scenario)
                bits = axis.possible(scenario, cut)
            if cut.unknown:
                self._unknown.update(dict.fromkeys(cut.unknown))
            cuts.append((axis, cut, bits))
        return Boxes(cuts, self.about(on_object=scenario.on_object) if among is None else among)

    def request(self, scenario: Scenario, classes: Iterable[RequestClass]) -> Request:
        """Return the concrete request that the representatives of a region describe."""
        chosen = list(classes)
        principal = next((each.principal for each in chosen if each.principal), None)
        action = next((each.action for each in chosen if each.action), None)
        resource = next((each.resource for each in chosen if each.resource), None)
        plain_action, plain_resource = self._plain(scenario)
        channel = scenario.channel
        source_ip = None
        if channel not in (Channel.VPC_ENDPOINT, Channel.AWS_SERVICE):
            source_ip = sample(self.outside.periods[scenario.period].addresses)
        base = arriving(
            channel,
            principal or self.principal.of(scenario)[0],
            action or plain_action,
            resource or plain_resource,
            source_ip=source_ip,
        )
        context: dict[str, Values | None] = {**base.context}
        declared = self.outside.exempt.vpc_endpoints
        if channel is Channel.VPC_ENDPOINT and base.context[_SOURCE_VPCE][0] in declared:
            context[_SOURCE_VPCE] = (_other_endpoint(declared),)
        for each in chosen:
            context |= each.context
        present = {key: held for key, held in context.items() if held is not None}
        return Request(base.principal, base.action, base.resource, present)

    def _plain(self, scenario: Scenario) -> tuple[str, str]:
        """Return an ordinary action and what it is asked of: an object, or the bucket."""
        bucket = self.outside.bucket.arn
        return ("s3:GetObject", f"{bucket}/key") if scenario.on_object else ("s3:ListBucket", bucket)


def _other_endpoint(ours: Sequence[str]) -> str:
    """Return the id of a VPC endpoint that is not ours."""
    return next(name for number in count() if (name := f"vpce-0{number:x}") not in ours)
