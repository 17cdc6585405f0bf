"""Callers: the principals that make a scenario's requests, one of every class, as far as anything tells them
apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from s3_perimeter.proof.axes.axis import Atom, Scenario
from s3_perimeter.proof.axes.identities import (
    Naming,
    known_service,
    nameable,
    of_cloudfront,
    of_instance,
    ordinary,
    principals,
    services,
)
from s3_perimeter.proof.doubt import Doubt
from s3_perimeter.proof.keys import IDENTITY, SERVICE
from s3_perimeter.proof.question import Question
from s3_perimeter.proof.services import is_of_a_service
from s3_perimeter.semantics.patterns import arn_matches, folded
from s3_perimeter.semantics.request import Channel, Kind, Principal, arriving

__all__ = ["Callers"]

_KEYS = (*IDENTITY, *SERVICE)
_UNSAID_OF_SERVICES = frozenset({"aws:principalaccount", "aws:principaltype"})
_UNSAID_OF_INSTANCES = frozenset({"aws:principalarn"})
_UNSAID_OF_CLOUDFRONT = frozenset(_KEYS)


class Callers:
    """The principals of a question's scenarios, those of each kind listed once."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._known: dict[Kind, list[Principal]] = {}

    @property
    def told_apart(self) -> bool:
        """Whether any statement depends on who makes a request."""
        return "who" in self._question.names

    def of(self, scenario: Scenario) -> list[Principal]:
        """Return the principals of a scenario, one of every class, but for those that are exempt."""
        exempt = self._question.exempt.break_glass if scenario.channel is Channel.PUBLIC_SIGNED else ()
        all_but = self._question.exempt.all_but
        found = self._known.get(scenario.kind)
        if found is None:
            found = self._listed(scenario.kind)
            found = self._known[scenario.kind] = [
                who for who in found if not all_but or _any_is((all_but,), who)
            ]
        if scenario.kind is Kind.SERVICE and not scenario.doubt.takes_in_the_undocumented:
            statements = self._question.statements
            named = {folded(name) for each in statements for name in each.named.service}
            return [who for who in found if known_service(who) or who.service in named]
        if scenario.channel is not Channel.PUBLIC_SIGNED:
            # CloudFront fetches over S3's public endpoint, and for itself.
            found = [who for who in found if not of_cloudfront(who)]
        if not scenario.doubt.takes_in_the_undocumented:
            found = [who for who in found if who.session or not of_instance(who)]
        if scenario.doubt is Doubt.WITNESS:
            found = [who for who in found if nameable(who)]
        if not exempt:
            return found
        return [who for who in found if not _any_is(exempt, who)]

    def members(self, kind: Kind) -> list[Atom]:
        """Return ordinary principals of the owner's account, one of every class: nobody as whom only an AWS
        service acts, and nobody who is exempt.
        """
        if not self.told_apart:
            return [self._atom(ordinary(kind, self._naming()))]
        found = principals(kind, self._naming(), self._question.budget, self._question.place.account)
        exempt = self._question.exempt.break_glass
        return [
            self._atom(who)
            for who in found
            if not (is_of_a_service(who) or of_instance(who) or _any_is(exempt, who))
        ]

    def exempt(self, kind: Kind, arn: str) -> list[Atom]:
        """Return the principals that a break-glass ARN stands for, one of every class."""
        found = principals(kind, self._naming(), self._question.budget)
        return [self._atom(who) for who in found if _any_is((arn,), who)]

    def services(self, name: str | None) -> list[Atom]:
        """Return the service of that name, or without one the services that are not trusted by name."""
        if name:
            return [self._atom(Principal.of_service(name))]
        scenario = Scenario(Channel.AWS_SERVICE, Kind.SERVICE, on_object=True, doubt=Doubt.DOCUMENTED)
        return [self._atom(who) for who in self.of(scenario)]

    def atoms(self, scenario: Scenario) -> list[Atom]:
        """Return the principals of a scenario with the condition keys that follow from each."""
        found = self.of(scenario)
        atoms = [self._atom(who, scenario.doubt) for who in found]
        if scenario.doubt is not Doubt.WITNESS:
            # Whether CloudFront's requests carry the keys of an identity is not documented.
            bare: dict[str, tuple[str, ...] | None] = dict.fromkeys(_KEYS)
            atoms += [Atom(bare, principal=who) for who in found if of_cloudfront(who)]
        if scenario.doubt is Doubt.PROVING:
            if scenario.kind is Kind.SERVICE:
                atoms += self._services_with_arn(scenario, found)
            named = {each for one in self._question.statements for each in one.named.aws}
            atoms += [
                self._atom(who)._replace(recreated=True)
                for who in found
                if not named.isdisjoint((who.arn, who.session_arn))
            ]
        return atoms

    def _listed(self, kind: Kind) -> list[Principal]:
        """Return the principals of a kind, one of every class; only one where nothing tells them apart."""
        naming, budget = self._naming(), self._question.budget
        if kind is Kind.SERVICE:
            return services(naming, budget, self._question.exempt.services)
        return principals(kind, naming, budget) if self.told_apart else [ordinary(kind, naming)]

    def _naming(self) -> Naming:
        """Return what the statements and exemptions say about principals."""
        place = self._question.place
        return Naming(
            place.partition,
            place.account,
            tuple(each.named for each in self._question.statements),
            tuple(self._question.told.get("who", ())),
            tuple(filter(None, (*self._question.exempt.break_glass, self._question.exempt.all_but))),
        )

    def _services_with_arn(self, scenario: Scenario, services: Sequence[Principal]) -> list[Atom]:
        """Return services whose requests have ``aws:PrincipalArn``: by the documentation every signed request
        does. It is no ARN that is declared exempt.
        """
        told = self._question.told.get("who", ())
        if not any(folded(condition.key) == "aws:principalarn" for condition, _ in told):
            return []
        roles = self.of(scenario._replace(channel=Channel.PUBLIC_SIGNED, kind=Kind.ROLE))
        return [
            self._atom(who)._replace(context={**_context(who), "aws:principalarn": (arn,)})
            for who in services
            for arn in dict.fromkeys(role.arn for role in roles if role.arn)
        ]

    def _atom(self, principal: Principal, doubt: Doubt = Doubt.PROVING) -> Atom:
        """Return a principal as a class of the dimension, with the keys that follow from who it is, and those
        of which AWS does not say what they hold for it.

        To compare is to take them for absent on both sides. Of CloudFront and of instances there is a class
        for each way, which for a witness is not enough.
        """
        unsaid = frozenset[str]()
        if doubt is Doubt.WITNESS and of_instance(principal):
            unsaid = _UNSAID_OF_INSTANCES
        elif principal.kind is Kind.SERVICE and not doubt.is_comparing:
            unsaid = _UNSAID_OF_SERVICES
        elif doubt is Doubt.WITNESS and of_cloudfront(principal):
            unsaid = _UNSAID_OF_CLOUDFRONT
        return Atom(_context(principal), principal=principal, unsaid=unsaid)


def _any_is(arns: Iterable[str], principal: Principal) -> bool:
    """Whether one of the ARNs is that of a principal."""
    return any(arn_matches(arn, principal.arn or "", variables=False) for arn in arns)


def _context(principal: Principal) -> dict[str, tuple[str, ...] | None]:
    """Return the keys that follow from who makes the request, the absent ones included."""
    context = arriving(Channel.PUBLIC_SIGNED, principal, "s3:GetObject", "").context
    return {key: context.get(key) for key in _KEYS}
