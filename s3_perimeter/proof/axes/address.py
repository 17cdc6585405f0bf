"""The axis of source addresses: where a request comes from."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import Cut, RequestClass
from s3_perimeter.proof.condition_key import Presence
from s3_perimeter.proof.denies import AnalyzedStatement
from s3_perimeter.proof.keys import SOURCE_IP
from s3_perimeter.proof.outside import Scenario, may_bring_what_is_undocumented, presence_in
from s3_perimeter.proof.values import address_parts, address_set
from s3_perimeter.semantics.conditions import holds

__all__ = ["AddressAxis"]


def _holds_outside(condition: Condition, outside: Iterable[AddressSet]) -> bool:
    """Whether a condition on the source address holds for every address outside, and for the absent one."""
    named = address_set(condition)
    return (
        named is not None
        and condition.is_negated
        and holds(condition, None) is True
        and all(named.isdisjoint(each) for each in outside)
    )


class AddressAxis(Axis):
    """Where a request comes from, by ``aws:SourceIp``."""

    def variant(self, scenario: Scenario) -> Hashable:
        """Return the period, and who may come from more addresses than those of it."""
        return scenario.period, scenario.is_for_witness, may_bring_what_is_undocumented(scenario)

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the addresses that conditions distinguish, and the absent key."""
        period = self.outside.periods[scenario.period]
        addresses = period.addresses
        if may_bring_what_is_undocumented(scenario):
            addresses |= period.of_services
        parts = address_parts(addresses, self.conditions)
        return [
            *(RequestClass.of_addresses(SOURCE_IP, part) for part in parts),
            RequestClass({SOURCE_IP: None}),
        ]

    def denies_all_outside(self, statement: AnalyzedStatement) -> bool:
        """Whether a plain statement covers every request from outside, whatever else distinguishes them: for
        every resource, it has no condition but that the address is not allowed.
        """
        outside = [part for each in self.outside.periods for part in (each.addresses, each.of_services)]
        return bool(statement.covers_bucket and statement.covers_objects) and all(
            each.condition.name == SOURCE_IP and _holds_outside(each.condition, outside)
            for each in statement.conditions
        )

    def possible(self, scenario: Scenario, cut: Cut) -> int:
        """Return the addresses, or the absent key where the channel has none; of a service's, both."""
        if may_bring_what_is_undocumented(scenario):
            return cut.full
        absent = cut.without(SOURCE_IP)
        how = presence_in(scenario, SOURCE_IP, self.outside.bucket.account)
        return absent if how is Presence.ABSENT else cut.full & ~absent
