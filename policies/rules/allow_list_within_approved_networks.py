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
    description="If the pack's config names the organization's networks, the allow-list contains only those "
    "networks, and only exemptions that the organization has approved.",
    remedy="remove the others from the allow-list, or have them approved",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    properties={
        "approvedNetworks": {
            "type": "array",
            "description": "the organization's networks in CIDR form; by default every network is accepted",
            "items": {"type": "string"},
        },
        "approvedVpcEndpoints": {
            "type": "array",
            "description": (
                "the VPC endpoints that a stack may exempt: ids of endpoints, organizations or accounts, or "
                "ARNs of VPCs, as the stack names them; `*` and `?` are wildcards; by default none if "
                "`approvedNetworks` is set, otherwise any"
            ),
            "items": {"type": "string"},
        },
        "approvedBreakGlass": {
            "type": "array",
            "description": (
                "the ARNs of the principals that a stack may exempt; `*` and `?` are wildcards; by default "
                "none if `approvedNetworks` is set, otherwise any"
            ),
            "items": {"type": "string"},
        },
        "mayTrustAwsServices": {
            "type": "boolean",
            "description": (
                "whether a stack may trust AWS services; by default not if `approvedNetworks` is set, "
                "otherwise it may"
            ),
        },
        "approvedExempt": {
            "type": "object",
            "description": (
                "what the `exempt` of an organization's perimeter may contain, in the same form; by default "
                "nothing if `approvedNetworks` is set, otherwise anything"
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
    """The exemptions that the organization has approved; ``whole`` if those without a setting are refused."""

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

        If it names its networks, every exemption needs approval; otherwise only the kinds of exemptions that
        it has a setting for do.
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
        yield from self._exempted(context, listed)

    def _exempted(self, context: Context, listed: Listed) -> Iterator[Violation]:
        """Yield what an organization's perimeter exempts without approval. Raises PackConfigError."""
        if listed.exempt is None or not (self.whole or self.exempt is not None):
            return
        exempt, approved = exempt_of(listed.exempt, "exempt"), self.exempt or AlsoExempt()
        for key, field in EXEMPT.items():
            given, may = getattr(exempt, field), getattr(approved, field)
            beyond = set(given) - set(may) if isinstance(given, tuple) else {given} - {may, False, ""}
            if beyond:
                named = f"names {', '.join(f'`{each}`' for each in sorted(beyond))} in"
                does = "sets" if beyond == {True} else named
                yield broken(
                    _urn(context, listed),
                    "the allow-list",
                    f"its `exempt` {does} `{key}`, which the organization has not approved",
                    f"remove it from {listed.source.at('exempt')}, or have it added to this rule's "
                    "`approvedExempt`",
                )


def _urn(context: Context, listed: Listed) -> str:
    """Return the URN to report under: the component that the list belongs to, else the stack."""
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
