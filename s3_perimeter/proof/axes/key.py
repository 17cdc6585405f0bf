"""The axis of one condition key: its values as far as conditions distinguish them, and its absence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.endpoints import endpoints_held_by
from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.condition_key import ANY_SERVICE, BASES, Presence, Shape, form_steps
from s3_perimeter.proof.denies import AnalyzedStatement
from s3_perimeter.proof.keys import known_key
from s3_perimeter.proof.outside import Doubt, Outside, Scenario, presence_in
from s3_perimeter.proof.values import address_parts, element_sets, moments, numbers, texts
from s3_perimeter.proof.work import Budget, TooMuchWork
from s3_perimeter.semantics.globs import Steps
from s3_perimeter.semantics.special_networks import MAPPED

__all__ = ["KeyAxis"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IPV4 = AddressSet.parse(["0.0.0.0/0"])


class KeyAxis(Axis):
    """One condition key that is decided by itself; its name in lower case is the only one of `keys`."""

    def __init__(
        self, statements: Sequence[AnalyzedStatement], outside: Outside, budget: Budget, keys: Iterable[str]
    ) -> None:
        super().__init__(statements, outside, budget, keys)
        (self.name,) = self.keys
        self.key = known_key(self.name)

    def counts(self, scenario: Scenario) -> bool:
        """Whether the key is looked at: not for a witness where it is doubtful, which counts as matching."""
        return not scenario.is_for_witness or self._presence(scenario) is not Presence.DOUBTFUL

    def variant(self, scenario: Scenario) -> Hashable:
        """Return whether the key is there, what it can hold, and how doubt is taken."""
        kind = scenario.kind if self.key.differs_by_kind else None
        return self._presence(scenario), self._constant(scenario), kind, scenario.doubt

    def taken_by(self, action: str) -> bool:
        """Whether requests for an action may carry the key."""
        return self.key.may_be_of(action)

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the values that the conditions distinguish, and the absence of the key where that can be.

        While proving, a key may hold what is not in AWS's documentation today; for a witness, only what
        surely can be.
        """
        how, constant = self._presence(scenario), self._constant(scenario)
        absent = [] if how is Presence.PRESENT else [RequestClass({self.name: None})]
        if constant is not None and how in (Presence.PRESENT, Presence.FREE):
            return [RequestClass({self.name: (constant,)}), *absent]
        if how is Presence.ABSENT:
            return absent
        if self.key.shape is Shape.ADDRESS:
            parts = address_parts(_IPV4 if self.key.ipv4_only else ~MAPPED, self.conditions)
            return [*(RequestClass.of_addresses(self.name, part) for part in parts), *absent]
        base = self._base(scenario)
        listed = self._values(scenario, base)
        empty = []
        any_text = self.key.shape is Shape.TEXT and base is None
        about_absence = any(condition.operator == "Null" for condition in self.conditions)
        if scenario.doubt is Doubt.PROVING and any_text and about_absence:
            # Whether `Null` takes an empty text for a value is not documented.
            empty.append(RequestClass({self.name: ("",)}, empty_text=True))
        sets = [(value,) for value in listed] if not self.key.many else self._sets(listed)
        return [*absent, *empty, *(RequestClass({self.name: chosen}) for chosen in sets)]

    def _presence(self, scenario: Scenario) -> Presence:
        """Return whether the scenario's requests carry the key."""
        return presence_in(scenario, self.name, self.outside.bucket.account)

    def _constant(self, scenario: Scenario) -> str | None:
        """Return the one value that the key has in a scenario, None where it can have several."""
        return self.key.constant(scenario.channel, self.outside.bucket.account)

    def _base(self, scenario: Scenario) -> Steps | None:
        """Return what the key's values look like, besides what all of their shape do; None where that is not
        known.
        """
        key = self.key
        documented = not scenario.doubt.takes_in_the_undocumented
        forms = key.usual_forms if documented else key.forms
        form = forms.get(scenario.kind, key.form)
        if scenario.is_for_witness:
            form = form or key.usual_form
        if scenario.doubt is Doubt.PROVING and key.shape is Shape.SERVICE:
            return ANY_SERVICE
        return form_steps(form, self.outside.bucket.partition) if form else None

    def _values(self, scenario: Scenario, base: Steps | None) -> list[str]:
        """Return one value of every class."""
        key, asked = self.key, self.conditions
        if key.shape is Shape.CHOICE:
            listed = list(key.choices)
            if scenario.doubt is Doubt.PROVING and set(listed) != {"true", "false"}:
                listed += texts([BASES[Shape.TEXT]], asked, self.budget, excluded=key.choices)
            return listed
        if key.shape is Shape.NUMBER:
            return numbers(asked, likely=scenario.is_for_witness)
        if key.shape is Shape.MOMENT:
            since = _EPOCH
            if scenario.is_for_witness and key.longest_age is not None:
                since = self.outside.periods[0].since - key.longest_age
            found = moments(asked, [since], finer=not scenario.is_for_witness)
            return [moment.isoformat().replace("+00:00", "Z") for moment in found]
        preferred = [*([key.example] if key.example else []), *self._named()]
        excluded = endpoints_held_by(self.name, self.outside.exempt.vpc_endpoints)
        bases = [base or BASES[key.shape]]
        return texts(bases, asked, self.budget, preferred=preferred, excluded=excluded)

    def _named(self) -> list[str]:
        """Return the values that conditions name, which read better in a witness than made-up ones."""
        return [
            value
            for condition in self.conditions
            if condition.positive.startswith("String")
            for value in condition.values
        ]

    def _sets(self, listed: Sequence[str]) -> list[tuple[str, ...]]:
        """Return sets of values that stand for all that the key can hold."""
        conditions = len({each for each in self.conditions if each.qualifier})
        sets = element_sets(listed, conditions)
        if sets is not None:
            return sets
        if self.budget.sampling:
            return [(value,) for value in listed]
        raise TooMuchWork(f"too many values of `{self.key.name}` to try all sets of them")
