"""The axis of source addresses: where a request comes from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from s3_perimeter.proof.axes.axis import Axis, Cut, RequestClass
from s3_perimeter.proof.key import Presence
from s3_perimeter.proof.keys import SOURCE_IP
from s3_perimeter.proof.networks import address_parts
from s3_perimeter.proof.outside import Scenario, may_bring_what_is_undocumented, presence_in

__all__ = ["AddressAxis"]


class AddressAxis(Axis):
    """Where a request comes from, by ``aws:SourceIp``."""

    def variant(self, scenario: Scenario) -> Hashable:
        """Return the universe, and who may come from more addresses than those of it."""
        return scenario.universe, scenario.is_for_witness, may_bring_what_is_undocumented(scenario)

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the addresses that conditions distinguish, and the absent key."""
        universe = self.outside.universes[scenario.universe]
        addresses = universe.addresses
        if may_bring_what_is_undocumented(scenario):
            addresses |= universe.of_services
        parts = address_parts(addresses, self.conditions)
        return [
            *(RequestClass.of_addresses(SOURCE_IP, part) for part in parts),
            RequestClass({SOURCE_IP: None}),
        ]

    def possible(self, scenario: Scenario, cut: Cut) -> int:
        """Return the addresses, or the absent key where the channel has none; of a service's, both."""
        if may_bring_what_is_undocumented(scenario):
            return cut.full
        absent = cut.without(SOURCE_IP)
        how = presence_in(scenario, SOURCE_IP, self.outside.place.account)
        return absent if how is Presence.ABSENT else cut.full & ~absent
