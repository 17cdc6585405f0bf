"""VPC endpoints that are exempt from the allow-list: one by id, or all of an organization, account or VPC.

Source: IAM User Guide, "AWS global condition context keys" (`aws:SourceVpce`, `aws:VpceOrgID`,
`aws:VpceAccount`, `aws:SourceVpcArn`). A request over the public endpoint carries none of these keys, and one
through an endpoint outside any organization no `aws:VpceOrgID`.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["ENDPOINT_KEYS", "endpoint_key", "endpoint_words", "endpoints_held_by"]

_BY_ID, _OF_ORGANIZATION, _OF_ACCOUNT, _IN_VPC = ENDPOINT_KEYS = (
    "aws:SourceVpce",
    "aws:VpceOrgID",
    "aws:VpceAccount",
    "aws:SourceVpcArn",
)
"""The condition keys that an exemption of VPC endpoints can rest on."""

_WORDS = {
    _BY_ID: "VPC endpoint",
    _OF_ORGANIZATION: "VPC endpoints of organization",
    _OF_ACCOUNT: "VPC endpoints of account",
    _IN_VPC: "VPC endpoints in",
}


def endpoint_key(name: str) -> str:
    """Return the condition key that holds an exemption's name, which its form shows: the organization's id,
    the account's twelve digits, the VPC's ARN, and else the endpoint's own id.
    """
    if name.startswith("o-"):
        return _OF_ORGANIZATION
    if name.isascii() and name.isdigit():
        return _OF_ACCOUNT
    return _IN_VPC if name.startswith("arn:") else _BY_ID


def endpoint_words(name: str, quote: str = "") -> str:
    """Return an exemption as a message names it, with `quote` around the name itself."""
    return f"{_WORDS[endpoint_key(name)]} {quote}{name}{quote}"


def endpoints_held_by(key: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the exemptions among `names` that a condition key, in any case, holds."""
    return tuple(name for name in names if endpoint_key(name).lower() == key.lower())
