"""The axis of principals: who makes a request, one of every class, as far as anything distinguishes them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property

from s3_perimeter.documents.document import Principals, Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.layers import SERVICE_LINKED_ROLES
from s3_perimeter.proof.axes.axis import Axis, Element
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.axes.identities import (
    Naming,
    is_of_a_service,
    of_cloudfront,
    of_instance,
    ordinary,
    principals,
    service_linked,
    services,
)
from s3_perimeter.proof.axes.unmodelled import of_principals, shown_principals
from s3_perimeter.proof.denies import AnalyzedStatement
from s3_perimeter.proof.keys import PRINCIPAL_KEYS
from s3_perimeter.proof.outside import Doubt, Outside, Scenario
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.conditions import negation
from s3_perimeter.semantics.evaluation import exempts, principal_matches
from s3_perimeter.semantics.patterns import arn_matches
from s3_perimeter.semantics.request import Channel, Kind, Principal, arriving

__all__ = ["PrincipalAxis"]

_LONGEST_NAME = 64
_UNSAID_OF_SERVICES = frozenset({"aws:principalaccount", "aws:principaltype"})
_UNSAID_OF_INSTANCES = frozenset({"aws:principalarn"})
_UNSAID_OF_CLOUDFRONT = frozenset(PRINCIPAL_KEYS)


class PrincipalAxis(Axis):
    """Who makes a request, by `Principal`, `NotPrincipal` and the keys that follow from who it is.

    The principals of each kind are listed once.
    """

    def __init__(self, statements: Sequence[AnalyzedStatement], outside: Outside, budget: Budget) -> None:
        super().__init__(statements, outside, budget, PRINCIPAL_KEYS)
        self._known: dict[Kind, list[Principal]] = {}

    @cached_property
    def is_distinguished(self) -> bool:
        """Whether anything depends on who makes a request."""
        return self._are_named or self.outside.exempt.all_but_service_linked

    @property
    def _are_named(self) -> bool:
        """Whether statements or exemptions name principals."""
        return self.restricted or bool(self.outside.exempt.break_glass)

    def counts(self, scenario: Scenario) -> bool:  # noqa: ARG002 - it is the same for all
        """Whether anything depends on who makes a request."""
        return self.is_distinguished

    def variant(self, scenario: Scenario) -> Hashable:
        """Return the kind of principal, and which of them there are."""
        return scenario.kind, scenario.channel is Channel.PUBLIC_SIGNED, scenario.doubt

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the principals of a scenario with the condition keys that follow from each."""
        found = self.of(scenario)
        classes = [_class_of(who, scenario.doubt) for who in found]
        if not scenario.is_for_witness:
            # Whether CloudFront's requests carry the keys of an identity is not documented.
            bare: dict[str, tuple[str, ...] | None] = dict.fromkeys(PRINCIPAL_KEYS)
            classes += [RequestClass(bare, principal=who) for who in found if of_cloudfront(who)]
        if scenario.doubt is Doubt.PROVING:
            if scenario.kind is Kind.SERVICE:
                classes += self._services_with_arn(scenario, found)
            named = {each for one in self.statements for each in one.statement.named_principals.aws}
            classes += [
                _class_of(who)._replace(recreated=True)
                for who in found
                if not named.isdisjoint((who.arn, who.session_arn))
            ]
        return classes

    def elements(self, analyzed: AnalyzedStatement) -> Iterator[Element]:
        """Yield the element of principals, where the statement is not about everybody, and the conditions."""
        if analyzed.restricts_principals:
            named, negated = analyzed.statement.named_principals, analyzed.statement.principals is None
            yield Element(
                lambda each: _names(analyzed.statement, each),
                lambda: of_principals(named, negated=negated),
                lambda: shown_principals(named, negated=negated),
            )
        yield from super().elements(analyzed)

    def of(self, scenario: Scenario) -> list[Principal]:
        """Return the principals of a scenario, one of every class, but for those that are exempt."""
        found = self._known.get(scenario.kind)
        if found is None:
            linked_only = self.outside.exempt.all_but_service_linked
            found = self._known[scenario.kind] = [
                who for who in self._listed(scenario.kind) if who.is_service_linked or not linked_only
            ]
        documented = not scenario.doubt.takes_in_the_undocumented
        if scenario.kind is Kind.SERVICE and documented:
            named = {
                folded(name) for each in self.statements for name in each.statement.named_principals.service
            }
            return [who for who in found if _has_known_form(who) or who.service in named]
        if scenario.channel is not Channel.PUBLIC_SIGNED:
            # CloudFront fetches over S3's public endpoint, and for itself.
            found = [who for who in found if not of_cloudfront(who)]
        if documented:
            found = [who for who in found if who.session or not of_instance(who)]
        if scenario.is_for_witness:
            found = [who for who in found if _fits_iam_quotas(who)]
        exempt = self.outside.exempt.break_glass if scenario.channel is Channel.PUBLIC_SIGNED else ()
        return [who for who in found if not _any_is(exempt, who)] if exempt else found

    def members(self, kind: Kind) -> list[RequestClass]:
        """Return ordinary principals of the owner's account, one of every class: nobody as whom only an AWS
        service acts, and nobody who is exempt.
        """
        if not self.is_distinguished:
            return [_class_of(ordinary(kind, self._naming()))]
        found = principals(kind, self._naming(), self.budget, self.outside.bucket.account)
        exempt = self.outside.exempt.break_glass
        return [
            _class_of(who)
            for who in found
            if not (is_of_a_service(who) or of_instance(who) or _any_is(exempt, who))
        ]

    def with_arn(self, kind: Kind, arn: str) -> list[RequestClass]:
        """Return the principals that a break-glass ARN stands for, one of every class."""
        found = principals(kind, self._naming(), self.budget)
        return [_class_of(who) for who in found if _any_is((arn,), who)]

    def services(self, name: str | None) -> list[RequestClass]:
        """Return the service of that name, or without one the services that are not trusted by name."""
        if name:
            return [_class_of(Principal.of_service(name))]
        scenario = Scenario(Channel.AWS_SERVICE, Kind.SERVICE, on_object=True, doubt=Doubt.DOCUMENTED)
        return [_class_of(who) for who in self.of(scenario)]

    def _listed(self, kind: Kind) -> list[Principal]:
        """Return the principals of a kind, one of every class; only one where nothing distinguishes them."""
        if kind is Kind.SERVICE:
            return services(self._naming(), self.budget, self.outside.exempt.services)
        if self._are_named:
            return principals(kind, self._naming(), self.budget)
        if self.outside.exempt.all_but_service_linked:
            return [service_linked(self.outside.bucket.partition, self.outside.bucket.account)]
        return [ordinary(kind, self._naming())]

    def _naming(self) -> Naming:
        """Return what the statements and exemptions say about principals."""
        bucket, exempt = self.outside.bucket, self.outside.exempt
        return Naming(
            bucket.partition,
            bucket.account,
            tuple(each.statement.named_principals for each in self.statements),
            tuple(self.conditions),
            (*exempt.break_glass, *((SERVICE_LINKED_ROLES,) if exempt.all_but_service_linked else ())),
        )

    def _services_with_arn(self, scenario: Scenario, services: Sequence[Principal]) -> list[RequestClass]:
        """Return services whose requests have ``aws:PrincipalArn``: by the documentation every signed request
        does. It is no ARN that is declared exempt.
        """
        if not any(condition.name == "aws:principalarn" for condition in self.conditions):
            return []
        roles = self.of(scenario._replace(channel=Channel.PUBLIC_SIGNED, kind=Kind.ROLE))
        return [
            _class_of(who)._replace(context={**_context(who), "aws:principalarn": (arn,)})
            for who in services
            for arn in dict.fromkeys(role.arn for role in roles if role.arn)
        ]


def _class_of(principal: Principal, doubt: Doubt = Doubt.PROVING) -> RequestClass:
    """Return a principal as a class, with the keys that follow from who it is, and those of which AWS does
    not say what they hold for it.

    To compare is to take them for absent on both sides. Of CloudFront and of instances there is a class for
    each way, which for a witness is not enough.
    """
    unsaid = frozenset[str]()
    if doubt is Doubt.WITNESS and of_instance(principal):
        unsaid = _UNSAID_OF_INSTANCES
    elif principal.kind is Kind.SERVICE and not doubt.is_comparing:
        unsaid = _UNSAID_OF_SERVICES
    elif doubt is Doubt.WITNESS and of_cloudfront(principal):
        unsaid = _UNSAID_OF_CLOUDFRONT
    return RequestClass(_context(principal), principal=principal, unsaid=unsaid)


def _names(statement: Statement, each: RequestClass) -> bool | None:
    """Whether a statement covers a principal by its Principal element."""
    principal = each.principal
    if principal is None:
        raise LookupError("a class of principals without one")
    if statement.principals is not None:
        others = _others(statement.principals, principal.arn, principal.session_arn)
        return principal_matches(others if each.recreated else statement.principals, principal)
    exempt = statement.not_principals
    if exempt is None or exempt == Principals():
        return None
    others = _others(exempt, principal.arn)
    return negation(exempts(others if each.recreated else exempt, principal))


def _others(named: Principals, *arns: str | None) -> Principals:
    """Return whom an element names in addition to a user or role of an ARN.

    S3 keeps the unique id of a user or role in the place of its ARN, so that the element means nobody once it
    is deleted, be there another one of its name ("AWS JSON policy elements: Principal").
    """
    return named._replace(aws=tuple(each for each in named.aws if each not in arns))


def _any_is(arns: Iterable[str], principal: Principal) -> bool:
    """Whether one of the ARNs is that of a principal."""
    return any(arn_matches(arn, principal.arn or "", variables=False) for arn in arns)


def _context(principal: Principal) -> dict[str, tuple[str, ...] | None]:
    """Return the keys that follow from who makes the request, the absent ones included."""
    context = arriving(Channel.PUBLIC_SIGNED, principal, "s3:GetObject", "").context
    return {key: context.get(key) for key in PRINCIPAL_KEYS}


def _has_known_form(principal: Principal) -> bool:
    """Whether a service's name has the form that the documentation shows."""
    return (principal.service or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _fits_iam_quotas(principal: Principal) -> bool:
    """Whether the names of a principal are as short as IAM takes them ("IAM and AWS STS quotas")."""
    name = (principal.arn or "").rpartition("/")[2]
    return len(name) <= _LONGEST_NAME and len(principal.session or "") <= _LONGEST_NAME
