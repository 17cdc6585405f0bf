"""allow-list-within-approved-networks: a stack allows only networks that the organisation has approved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perimeter import AddressError, AddressSet
from policies.allow_list import AllowList
from policies.context import Context
from policies.pack_config import PackConfigError
from policies.rule import Rule, Violation, broken


def _judge(context: Context) -> Iterator[Violation]:
    approved = _approved(context)
    if approved is None or not isinstance(context.allow_list, AllowList):
        return
    for listed in context.allow_list.lists:
        beyond = listed.settings.allowed_addresses - approved
        if beyond:
            yield broken(
                context.stack_urn,
                "the allow-list",
                f"it lets in {', '.join(beyond.cidrs())}, which the organisation has not approved",
                f"take it out of {listed.source}, or have it added to this rule's `approvedNetworks`",
            )


def _approved(context: Context) -> AddressSet | None:
    """The organisation's list; None where the pack's config gives none, and the rule asks for nothing."""
    listed = context.settings.get("approvedNetworks")
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
        raise PackConfigError(
            "`approvedNetworks` is not a list of networks\n\nhint: write networks in CIDR form"
        )
    try:
        return AddressSet.parse(listed)
    except AddressError as error:
        raise PackConfigError(f"`approvedNetworks`: {error}") from error


RULE: Final = Rule(
    id="allow-list-within-approved-networks",
    severity="high",
    description="The allow-list holds only networks that the organisation has approved, where it names any.",
    remedy="take the other networks out of the allow-list, or have them approved",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    judge=_judge,
    properties={
        "approvedNetworks": {
            "type": "array",
            "description": "the organisation's networks in CIDR form; without them the rule asks for nothing",
            "items": {"type": "string"},
        }
    },
)
