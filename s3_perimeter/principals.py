"""Principal: who may assume a role, recognized by its ARN.

Source: IAM User Guide, "IAM identifiers" and "AWS JSON policy elements: Principal"; IAM Identity Center User
Guide, "Referencing permission sets in resource policies"; IAM Roles Anywhere User Guide, "The IAM Roles
Anywhere trust model".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from s3_perimeter.partitions import PARTITIONS

__all__ = ["SHARED_ISSUERS", "Principal", "PrincipalKind"]

_ARN = rf"arn:(?P<partition>{'|'.join(PARTITIONS)})"
_IAM = _ARN + r":iam::(?P<account>[0-9]{12})"
_NAME = r"[A-Za-z0-9+=,.@_-]{1,64}"
_PATH = r"(?:[\x21-\x29\x2b-\x3e\x40-\x7e]{1,510}/)?"
_SSO = r"aws-reserved/sso\.amazonaws\.com/(?:(?P<region>[a-z0-9-]+)/)?"


class PrincipalKind(StrEnum):
    """How a principal proves who it is."""

    ROLE = "role"
    PERMISSION_SET = "permission set"
    USER = "user"
    SAML = "SAML provider"
    OIDC = "OIDC provider"
    TRUST_ANCHOR = "trust anchor"


_FORMS = {
    PrincipalKind.PERMISSION_SET: (
        rf"{_IAM}:role/{_SSO}AWSReservedSSO_(?P<name>[\w+=,.@-]{{1,32}})_(?:[0-9a-f]{{16}}|\*)"
    ),
    PrincipalKind.ROLE: rf"{_IAM}:role/(?!aws-reserved/sso\.){_PATH}(?P<name>{_NAME})",
    PrincipalKind.USER: rf"{_IAM}:user/{_PATH}(?P<name>{_NAME})",
    PrincipalKind.SAML: rf"{_IAM}:saml-provider/(?P<name>[\w.-]{{1,128}})",
    PrincipalKind.OIDC: rf"{_IAM}:oidc-provider/(?P<name>[a-z0-9.-]+(?::[0-9]+)?(?:/[\w.~/-]+)?)",
    PrincipalKind.TRUST_ANCHOR: (
        rf"{_ARN}:rolesanywhere:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{{12}})"
        r":trust-anchor/(?P<name>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    ),
}
_READERS = {kind: re.compile(form, re.ASCII) for kind, form in _FORMS.items()}

SHARED_ISSUERS = re.compile(
    r"(?:.+\.)?(?:accounts\.google\.com|agent\.buildkite\.com|api\.pulumi\.com|app\.terraform\.io"
    r"|bitbucket\.org|cognito-identity\.amazonaws\.com|gitlab\.com|graph\.facebook\.com|oidc\.circleci\.com"
    r"|oidc\.vercel\.com|token\.actions\.githubusercontent\.com|tokens?\.azure-?devops\.com"
    r"|vstoken\.dev\.azure\.com|www\.amazon\.com)(?:[:/].*)?",
    re.ASCII,
)
"""Issuers that give tokens to customers of any company: without `sub`, a trust in one is a trust in all.

IAM User Guide, "Identity-provider controls for shared OIDC providers", and issuers of the same kind.
"""


@dataclass(frozen=True, slots=True)
class Principal:
    """One principal. `name` is the user's, role's or permission set's, the provider's, or the issuer.

    `region` is that of Identity Center (None for us-east-1, which its ARNs leave out) or of the trust anchor.
    """

    arn: str
    kind: PrincipalKind
    partition: str
    account: str
    name: str
    region: str | None = None

    @classmethod
    def parse(cls, arn: str) -> Principal | None:
        """Return the principal that the ARN names; None where it names nobody who can assume a role."""
        for kind, reader in _READERS.items():
            found = reader.fullmatch(arn)
            if found:
                parts = found.groupdict()
                return cls(
                    arn, kind, parts["partition"], parts["account"], parts["name"], parts.get("region")
                )
        return None

    @property
    def any_suffix(self) -> bool:
        """Whether it is a permission set whose role may have any suffix (`…_*`), as a new one has."""
        return self.kind is PrincipalKind.PERMISSION_SET and self.arn.endswith("_*")
