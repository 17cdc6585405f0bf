"""Dimensions: what the requests of a scenario can differ in, each cut into classes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from s3_perimeter.proof import values
from s3_perimeter.proof.axes import key as atoms
from s3_perimeter.proof.axes.action import action_classes
from s3_perimeter.proof.axes.axis import Atom, Dimension, Scenario
from s3_perimeter.proof.axes.principal import Callers
from s3_perimeter.proof.covers import action_patterns, covered, resource_patterns
from s3_perimeter.proof.denies import known_key
from s3_perimeter.proof.doubt import Doubt
from s3_perimeter.proof.keys import Presence
from s3_perimeter.proof.outside import LONGEST_SESSION, by_service, presence_in
from s3_perimeter.proof.question import SOURCE_IP, TLS_VERSION, Question
from s3_perimeter.proof.shapes import user_id_base, usual_shape
from s3_perimeter.semantics.patterns import folded, widened
from s3_perimeter.semantics.request import Channel

__all__ = ["Dimensions"]

Variant: TypeAlias = tuple[object, ...]


class Dimensions:
    """The dimensions of a question, each made once for all scenarios that cut it alike."""

    def __init__(self, question: Question, callers: Callers) -> None:
        self._question = question
        self._callers = callers
        self._known: dict[tuple[str, Variant], Dimension] = {}
        transport = question.told.get("transport", ())
        told = [each for each in transport if folded(each[0].key) == TLS_VERSION]
        self._versions = tuple(values.versions(told, question.budget)) if told else None
        self._moments: dict[bool, list[datetime]] = {}
        self.unknown: dict[str, None] = {}
        """What turned out not to be documented, in the order met."""

    def of(self, scenario: Scenario) -> dict[str, tuple[Dimension, int]]:
        """Return a scenario's dimensions by name, each with the classes that its requests can be in, as
        bits.
        """
        names = self._question.names
        found = {name: self.one(name, scenario) for name in names if self.counts(name, scenario)}
        if scenario.only_actions_with_key:
            found["action"] = self.one("action", scenario)
        return found

    def counts(self, name: str, scenario: Scenario) -> bool:
        """Whether a dimension is one in this scenario; what is doubtful is taken to match for a
        witness.
        """
        if name == "object":
            return scenario.on_object or self._question.doubts_the_bucket
        if name.startswith("key:") and scenario.doubt is Doubt.WITNESS:
            return self._presence(name, scenario) is not Presence.DOUBTFUL
        return True

    def _presence(self, name: str, scenario: Scenario) -> Presence:
        """Return whether the scenario's requests carry the key of a dimension."""
        return presence_in(scenario, name.removeprefix("key:"), self._question.place.account)

    def one(self, name: str, scenario: Scenario) -> tuple[Dimension, int]:
        """Return one dimension of a scenario, and the classes that its requests can be in."""
        if name == "transport":
            known = self._once(name, (scenario.doubt is Doubt.WITNESS,), scenario)
            # A service alone may come without a version, which is the last class where it is one.
            last = self._versions is None or scenario.doubt is Doubt.WITNESS or by_service(scenario)
            return known, known.full if last else known.full >> 1
        if name == SOURCE_IP:
            known = self._once(
                name, (scenario.universe, scenario.doubt is Doubt.WITNESS, by_service(scenario)), scenario
            )
            if by_service(scenario):
                return known, known.full
            # The last class is the absent key.
            absent = self._presence(name, scenario) is Presence.ABSENT
            return known, known.full ^ known.full >> 1 if absent else known.full >> 1
        known = self._once(name, self._variant(name, scenario), scenario)
        return known, known.full if name != "time" else known.full & self._from_then_on(scenario)

    def _once(self, name: str, variant: Variant, scenario: Scenario) -> Dimension:
        """Return a dimension that was made for that variant, or make it; what differs between scenarios of
        one variant are the classes that they can be in.
        """
        known = self._known.get((name, variant))
        if known is None:
            known = self._known[name, variant] = self._made(name, scenario)
        return known

    def _made(self, name: str, scenario: Scenario) -> Dimension:
        """Return a dimension with its classes and what each statement covers of them."""
        return self._masked(name, tuple(self._atoms(name, scenario)), doubt=scenario.doubt is Doubt.WITNESS)

    def cut(self, name: str, classes: tuple[Atom, ...]) -> tuple[Dimension, int]:
        """Return a dimension of the given classes alone, all of which can occur; what is doubtful
        covers none.
        """
        made = self._masked(name, classes, doubt=False)
        return made, made.full

    def _masked(self, name: str, found: tuple[Atom, ...], *, doubt: bool) -> Dimension:
        """Return a dimension of these classes with what each statement covers of them."""
        question = self._question
        told = sum(len(condition.values) for condition, _ in question.told.get(name, ()))
        question.budget.spend(len(found) * told // 2, "too many values in the conditions of the policy")
        covers = [covered(each, name, found, doubt=doubt) for each in question.statements]
        self.unknown.update(dict.fromkeys(text for each in covers for text in each.unknown))
        doubts = {number: each.doubts for number, each in enumerate(covers) if each.doubts}
        return Dimension(found, tuple([each.bits for each in covers]), doubts)

    def _variant(self, name: str, scenario: Scenario) -> Variant:
        """Return everything about a scenario that a dimension depends on."""
        if name == "who":
            signed = scenario.channel is Channel.PUBLIC_SIGNED
            return (scenario.kind, signed, scenario.doubt)
        if name == "action":
            return (scenario.on_object, scenario.only_actions_with_key, scenario.doubt is Doubt.WITNESS)
        if name == "time":
            return (scenario.doubt is Doubt.WITNESS,)
        if name == "object":
            return (scenario.on_object, scenario.doubt is Doubt.WITNESS)
        if name.startswith("key:"):
            constant = atoms.constant_of(name[4:], scenario.channel, self._question.place.account)
            kind = scenario.kind if name == "key:aws:userid" else None
            return (self._presence(name, scenario), constant, kind, scenario.doubt)
        return ()

    def _atoms(self, name: str, scenario: Scenario) -> Sequence[Atom]:
        """Return the classes of a dimension."""
        question = self._question
        if name == "who":
            return self._callers.atoms(scenario)
        if name == "action":
            only = (
                known_key(scenario.only_actions_with_key).actions if scenario.only_actions_with_key else None
            )
            elements = [action_patterns(each) for each in question.statements if each.action]
            actions = action_classes(elements, scenario.on_object, question.budget, only)
            return [Atom(action=action) for action in actions]
        if name == "object" and not scenario.on_object:
            return [Atom(resource=question.place.bucket_arn)]
        if name == "object":
            patterns = [
                (widened(pattern, wildcards=True), True) if each.side.variables else (pattern, False)
                for each in question.statements
                if each.covers_objects is None
                for pattern in resource_patterns(each)
            ]
            return atoms.object_atoms(question.place.bucket_arn, patterns, question.budget)
        if name == "time":
            return atoms.moment_atoms(self._moments_of(scenario))
        if name == "transport":
            return atoms.transport_atoms(self._versions, plausible=scenario.doubt is Doubt.WITNESS)
        if name == SOURCE_IP:
            return self._source_ip(scenario)
        return self._key_atoms(name, scenario)

    def _from_then_on(self, scenario: Scenario) -> int:
        """Return the classes of moments that are not before a scenario's, as bits."""
        since = self._question.universes[scenario.universe].since
        return -1 << bisect_left(self._moments_of(scenario), since)

    def _moments_of(self, scenario: Scenario) -> list[datetime]:
        """Return the moments that the conditions tell apart, from the first of all universes on."""
        found = self._moments.get(scenario.doubt is Doubt.WITNESS)
        if found is None:
            since = [universe.since for universe in self._question.universes]
            found = values.moments(
                self._question.told["time"], since, finer=scenario.doubt is not Doubt.WITNESS
            )
            self._moments[scenario.doubt is Doubt.WITNESS] = found
        return found

    def _source_ip(self, scenario: Scenario) -> list[Atom]:
        """Return the addresses that conditions on ``aws:SourceIp`` tell apart, and last the absent key."""
        universe = self._question.universes[scenario.universe]
        addresses = universe.addresses
        if by_service(scenario):
            addresses |= universe.of_services
        parts = atoms.address_parts(addresses, self._question.told[SOURCE_IP])
        return atoms.address_atoms("aws:sourceip", parts, absent=True)

    def _key_atoms(self, name: str, scenario: Scenario) -> list[Atom]:
        """Return the classes of one condition key."""
        question = self._question
        key_name = name.removeprefix("key:")
        key = known_key(key_name)
        how = self._presence(name, scenario)
        constant = atoms.constant_of(key_name, scenario.channel, question.place.account)
        if constant is not None and how in (Presence.PRESENT, Presence.FREE):
            absent = [Atom({key_name: None})] if how is Presence.FREE else []
            return [Atom({key_name: (constant,)}), *absent]
        base = None
        if key_name == "aws:userid":
            base = user_id_base(scenario.kind, surely=not scenario.doubt.takes_in_the_undocumented)
        if scenario.doubt is Doubt.WITNESS:
            base = base or usual_shape(key_name, question.place.partition)
        excluded = question.exempt.vpc_endpoints if key_name == "aws:sourcevpce" else ()
        since = None
        if key_name == "aws:tokenissuetime" and scenario.doubt is Doubt.WITNESS:
            since = question.universes[0].since - LONGEST_SESSION
        return atoms.key_atoms(
            key,
            key_name,
            question.told[name],
            question.budget,
            how=how,
            base=base,
            excluded=excluded,
            since=since,
            doubting=scenario.doubt is Doubt.PROVING,
            plausible=scenario.doubt is Doubt.WITNESS,
        )
