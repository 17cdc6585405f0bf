"""allow-list-within-approved-networks: a stack allows only networks, and names only exemptions, that the
organization has approved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from s3_perimeter import AddressSet, AlsoExempt
from s3_perimeter.semantics.networks import NetworkListError, read_addresses
from s3_perimeter.semantics.patterns import matches
from s3_perimeter.settings.organization import EXEMPT

from ..judging.allow_list import PACK, AllowList, Listed, exempt_of
from ..judging.context import Context
from ..judging.pack_config import PackConfigError
from ..judging.rule import Violation, broken, rule

__all__ = ["judge"]


@rule(
    id="allow-list-within-approved-networks",
    severity="high",
    description="The allow-list holds only networks and exemptions that the organization has approved, where "
    "it names any.",
    remedy="remove the others from the allow-list, or have them approved",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    properties={
        "approvedNetworks": {
            "type": "array",
            "description": "the organization's networks in CIDR form; without them the rule checks nothing",
            "items": {"type": "string"},
        },
        "approvedVpcEndpoints": {
            "type": "array",
            "description": (
                "VPC endpoints that a stack may exempt, by id, or by the organization's id, the account's "
                "id or the VPC's ARN that it names; `*` and `?` are wildcards; once there are "
                "`approvedNetworks`, none but these"
            ),
            "items": {"type": "string"},
        },
        "approvedBreakGlass": {
            "type": "array",
            "description": (
                "principals that a stack may exempt, by ARN, `*` and `?` are wildcards; once there are "
                "`approvedNetworks`, none but these"
            ),
            "items": {"type": "string"},
        },
        "mayTrustAwsServices": {
            "type": "boolean",
            "description": "whether a stack may trust AWS services; with `approvedNetworks`, only if true",
        },
        "approvedExempt": {
            "type": "object",
            "description": (
                "whom an organization's perimeter may spare besides, as the stack's config names it "
                "(`exempt`); once there are `approvedNetworks`, nobody but these"
            ),
        },
    },
)
def judge(context: Context) -> Iterator[Violation]:
    approved = _approved(context)
    if not isinstance(context.allow_list, AllowList):
        return
    for listed in context.allow_list.lists:
        beyond = listed.settings.allowed_addresses - approved if approved is not None else None
        if beyond:
            yield broken(
                _urn(context, listed),
                "the allow-list",
                f"it allows {', '.join(beyond.cidrs())}, which the organization has not approved",
                f"remove it from {listed.where}, or have it added to this rule's `approvedNetworks`",
            )
    exemptions = _Approved.of(context, whole=approved is not None)
    # The lists of single buckets have the exemptions of the one source in common.
    sources = {(each.source, _urn(context, each)): each for each in context.allow_list.lists}
    for listed in sources.values():
        yield from exemptions.beyond(context, listed)


@dataclass(frozen=True, slots=True)
class _Approved:
    """The exemptions that the organization has approved; ``whole`` where it approves none but these."""

    patterns: Mapping[str, Sequence[str] | None]
    trusting: bool | None
    exempt: AlsoExempt | None
    whole: bool

    @classmethod
    def of(cls, context: Context, *, whole: bool) -> _Approved:
        """Return what the rule's settings say. Raises PackConfigError."""
        trusting = context.settings.get("mayTrustAwsServices")
        if trusting is not None and not isinstance(trusting, bool):
            raise PackConfigError(
                "`mayTrustAwsServices` is neither true nor false\n\nhint: write one of them"
            )
        settings = ("approvedVpcEndpoints", "approvedBreakGlass")
        given = context.settings.get("approvedExempt")
        exempt = None if given is None else exempt_of(given, "approvedExempt")
        return cls({setting: _texts(context, setting) for setting in settings}, trusting, exempt, whole)

    def beyond(self, context: Context, listed: Listed) -> Iterator[Violation]:
        """Yield the exemptions of a list that nobody approved; those in the pack's config are approved.

        Where it names its networks, the exemptions are bound as well; else only those that it has a setting
        for.
        """
        if listed.source.kind == PACK:
            return
        for key, setting, given in (
            ("vpcEndpoints", "approvedVpcEndpoints", listed.settings.vpc_endpoints),
            ("breakGlassPrincipals", "approvedBreakGlass", listed.settings.break_glass),
        ):
            approved, place = self.patterns[setting], listed.source.at(key)
            for one in given if self.whole or approved is not None else ():
                if not any(matches(pattern, one, variables=False) for pattern in approved or ()):
                    yield broken(
                        _urn(context, listed),
                        "the allow-list",
                        f"it exempts `{one}`, which the organization has not approved",
                        f"remove it from {place}, or have it added to this rule's `{setting}`",
                    )
        if (
            listed.settings.trust_aws_services
            and not self.trusting
            and (self.whole or self.trusting is False)
        ):
            yield broken(
                _urn(context, listed),
                "the allow-list",
                "it trusts AWS services, which the organization has not approved",
                f"remove {listed.source.at('trustAwsServices')}, or have this rule's "
                "`mayTrustAwsServices` set",
            )
        yield from self._spared(context, listed)

    def _spared(self, context: Context, listed: Listed) -> Iterator[Violation]:
        """Whom an organization's perimeter spares besides without approval. Raises PackConfigError."""
        if listed.spared is None or not (self.whole or self.exempt is not None):
            return
        spared, approved = exempt_of(listed.spared, "exempt"), self.exempt or AlsoExempt()
        for key, field in EXEMPT.items():
            given, may = getattr(spared, field), getattr(approved, field)
            beyond = set(given) - set(may) if isinstance(given, tuple) else {given} - {may, False, ""}
            if beyond:
                named = "" if beyond == {True} else f" {', '.join(f'`{each}`' for each in sorted(beyond))}"
                yield broken(
                    _urn(context, listed),
                    "the allow-list",
                    f"its `exempt` spares{named} by `{key}`, which the organization has not approved",
                    f"remove it from {listed.source.at('exempt')}, or have it added to this rule's "
                    "`approvedExempt`",
                )


def _urn(context: Context, listed: Listed) -> str:
    """Return what to report under: the component that the list is of, else the stack."""
    return context.stack_urn if listed.component is None else listed.component.urn


def _texts(context: Context, setting: str) -> list[str] | None:
    listed = context.settings.get(setting)
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
        raise PackConfigError(f"`{setting}` is not a list of texts\n\nhint: write a list")
    return listed


def _approved(context: Context) -> AddressSet | None:
    """Return the organization's list; None where the pack's config gives none, and the rule asks for
    nothing.
    """
    listed = _texts(context, "approvedNetworks")
    if listed is None:
        return None
    try:
        return read_addresses(listed)
    except NetworkListError as error:
        problems = "; ".join(each.problem for each in error.mistakes)
        remedies = "; ".join(dict.fromkeys(each.remedy for each in error.mistakes))
        raise PackConfigError(f"`approvedNetworks`: {problems}\n\nhint: {remedies}") from error
