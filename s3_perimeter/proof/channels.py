"""Channels: the scenarios that make up each, whether the Denies cover all of them, and what they leave."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.addresses import AddressSet
from s3_perimeter.proof.axes.axis import Scenario
from s3_perimeter.proof.boxes import uncovered
from s3_perimeter.proof.doubt import Doubt
from s3_perimeter.proof.question import SOURCE_IP
from s3_perimeter.proof.space import Space
from s3_perimeter.semantics.request import Channel, Request

__all__ = ["escaping", "is_sealed", "open_networks"]

_WITH_ADDRESS = (Channel.PUBLIC_SIGNED, Channel.PUBLIC_ANONYMOUS, Channel.FORWARD_ACCESS)


def is_sealed(space: Space, channel: Channel) -> bool:
    """Whether the Denies cover every request of a channel."""
    return all(_covered(space, scenario) for scenario in _scenarios(space, channel))


def escaping(space: Space, channel: Channel) -> Request | None:
    """Return a request of a channel that gets past the Denies for certain, None where none is found."""
    for scenario in _for_a_witness(space, channel):
        boxes = space.boxes(scenario)
        if not all(boxes.universe):
            continue
        region = uncovered(boxes.universe, list(boxes.of.values()), space.budget)
        if region is not None:
            return space.request(scenario, boxes.atoms(region))
    return None


def open_networks(space: Space, channel: Channel) -> AddressSet:
    """Return the source addresses from which some request of a channel gets past the Denies for certain.

    Raises TooMuchWork where that takes more steps than the space's bound.
    """
    found = AddressSet.nothing()
    for scenario in _for_a_witness(space, channel):
        boxes = space.boxes(scenario)
        if SOURCE_IP not in boxes.names:
            if (
                all(boxes.universe)
                and uncovered(boxes.universe, list(boxes.of.values()), space.budget) is not None
            ):
                found |= space.universes[scenario.universe].addresses
            continue
        at = boxes.names.index(SOURCE_IP)
        left = boxes.universe
        while all(left):
            region = uncovered(left, list(boxes.of.values()), space.budget)
            if region is None:
                break
            for number, atom in enumerate(boxes.parts[at].atoms):
                if region[at] >> number & 1 and atom.addresses is not None:
                    found |= atom.addresses
            left = (*left[:at], left[at] & ~region[at], *left[at + 1 :])
    return found


def _covered(space: Space, scenario: Scenario) -> bool:
    """Whether the Denies cover every request of a scenario."""
    boxes = space.boxes(scenario)
    nobody = not all(boxes.universe)
    if nobody:
        return True
    covers = [box for each in boxes.exact.values() for box in each]
    return uncovered(boxes.universe, covers, space.budget) is None


def _scenarios(space: Space, channel: Channel) -> Iterator[Scenario]:
    """Yield the scenarios that make up a channel, every doubt being the attacker's."""
    targets = (True,) if space.objects_are_like_the_bucket else (True, False)
    for universe in _universe_numbers(space, channel):
        for kind in space.kinds(channel):
            for on_object in targets:
                yield Scenario(channel, kind, on_object, universe)


def _for_a_witness(space: Space, channel: Channel) -> Iterator[Scenario]:
    """Yield the scenarios in which an escape is one for certain, those that need no special key first."""
    scenarios = list(_scenarios(space, channel))
    for key in (None, *space.keys_of_some_actions):
        for each in scenarios:
            yield Scenario(each.channel, each.kind, each.on_object, each.universe, Doubt.WITNESS, key)


def _universe_numbers(space: Space, channel: Channel) -> list[int]:
    """Return the universes that count in a channel; one without addresses has only the first one's time."""
    if channel not in _WITH_ADDRESS:
        # A service's request may come from an address that has expired, and from none.
        return list(range(len(space.universes))) if channel is Channel.AWS_SERVICE else [0]
    return [number for number, universe in enumerate(space.universes) if universe.addresses]
