"""Also exempt: whom a resource control policy exempts in addition to a perimeter's own exemptions.

Source: the examples of network perimeters in aws-samples/data-perimeter-policy-examples.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from s3_perimeter.documents.document import Condition
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.sealing import BuildError, Conditions

__all__ = ["NOTHING", "AlsoExempt"]

_FORMS = {
    "services": (
        re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?"),
        "a service principal",
        "NAME.amazonaws.com",
    ),
    "principal_accounts": (re.compile(r"[0-9]{12}"), "an account id", "its twelve digits"),
    "principal_tag": (re.compile(r"[A-Za-z0-9 +=._:/@-]{1,128}"), "the key of a tag", "such as `exempt`"),
    "resource_tag": (re.compile(r"[A-Za-z0-9 +=._:/@-]{1,128}"), "the key of a tag", "such as `exempt`"),
}


@dataclass(frozen=True, slots=True)
class AlsoExempt:
    """Exemptions of AWS's data-perimeter guidance in addition to a perimeter's own; by default none.

    `services` are service principals by name, `forward_access` is what any service does for a caller, with
    the caller's credentials (``aws:ViaAWSService``). `principal_accounts` are the accounts of callers that
    are exempt. Callers with the tag `principal_tag`, and resources with the tag `resource_tag`, are exempt
    where its value is ``true``. VPC endpoints, also all of an organization's or account's, are the
    perimeter's own exemption (`Perimeter.vpc_endpoints`).
    """

    services: tuple[str, ...] = ()
    forward_access: bool = False
    principal_accounts: tuple[str, ...] = ()
    principal_tag: str = ""
    resource_tag: str = ""

    def __post_init__(self) -> None:
        for name, (form, what, instead) in _FORMS.items():
            given = getattr(self, name)
            for value in (given,) if isinstance(given, str) else given:
                if value and not form.fullmatch(value):
                    raise BuildError(f"`{name}`: `{clipped(value)}` is not {what}\n\nhint: write {instead}")

    @property
    def conditions(self) -> Conditions:
        """The conditions that exempt them, each of which is true where its key is absent."""
        different: dict[str, object] = {}
        accounts = sorted(self.principal_accounts)
        if accounts:
            different["aws:PrincipalAccount"] = accounts[0] if len(accounts) == 1 else accounts
        if self.principal_tag:
            different[f"aws:PrincipalTag/{self.principal_tag}"] = "true"
        if self.resource_tag:
            different[f"aws:ResourceTag/{self.resource_tag}"] = "true"
        found: Conditions = {"StringNotEqualsIfExists": different} if different else {}
        if self.forward_access:
            found["BoolIfExists"] = {"aws:ViaAWSService": "false"}
        return found

    def asks_for(self, condition: Condition) -> bool:
        """Whether a condition of a Deny exempts nobody but those who are exempt here."""
        # A plain Bool is false on an absent key, so that it exempts more than those with the key.
        exempting = condition.if_exists if condition.operator == "Bool" else condition.is_negated
        if condition.qualifier is not None or not exempting:
            return False
        conditions = self.conditions.get(f"{condition.operator}IfExists", {})
        exempt = {folded(key): value for key, value in conditions.items()}
        allowed = exempt.get(condition.name, ())
        return bool(condition.values) and set(condition.values) <= set(
            (allowed,) if isinstance(allowed, str) else cast(Sequence[str], allowed)
        )


NOTHING = AlsoExempt()
