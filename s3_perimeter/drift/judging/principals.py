"""The unique ids that AWS shows in a policy in place of principals' names, read as whom they stand for.

IAM User Guide, "IAM identifiers": the id of a deleted user or role stays in the policies that named it, and
S3 shows ids for a while for principals that exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

from s3_perimeter.documents.identity import compare_policies
from s3_perimeter.documents.statements import policy_of, statements_of
from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.judging.control import Context

__all__ = ["Named", "named"]

_KINDS: Final = {"AIDA": "user", "AROA": "role"}
_MOST_TRIED: Final = 4


@dataclass(frozen=True, slots=True)
class Named:
    """A declared and an observed policy with ids read as names; `strangers` are the observed ids that are
    nobody's in the account."""

    declared: Any
    observed: Any
    strangers: tuple[str, ...] = ()

    def explained(self) -> list[str]:
        """Return a clause about each id that is nobody's."""
        return [
            f"{name} is not a {_KINDS[name[:4]]} of this account: the id of one that was deleted, or another "
            "spelling"
            for name in self.strangers
        ]

    def spelled_otherwise(self) -> dict[str, str]:
        """Return the declared name that each of the strangers stands for, where that makes both policies mean
        the same; else empty. Raises PolicyShapeError.
        """
        missing = sorted(set(_principals(self.declared)) - set(_principals(self.observed)))
        if not self.strangers or len(missing) > _MOST_TRIED or len(self.strangers) > len(missing):
            return {}
        for chosen in permutations(missing, len(self.strangers)):
            names = dict(zip(self.strangers, chosen, strict=True))
            if compare_policies(self.declared, self.meant(names)).equal:
                return names
        return {}

    def meant(self, spelled: Mapping[str, str]) -> Any:
        """Return the observed policy with the strangers read as `spelled`; without it, less what they are
        allowed.

        The Allow of a principal that is nobody's gives nobody access.
        """
        if spelled:
            return _renamed(self.observed, lambda name: spelled.get(name, name))
        dropped = set(self.strangers)
        statements = []
        for statement in statements_of(self.observed):
            who = statement.get("Principal")
            if statement.get("Effect") == "Allow" and isinstance(who, dict) and "AWS" in who:
                left = [name for name in _listed(who["AWS"]) if name not in dropped]
                rest = {sort: names for sort, names in who.items() if sort != "AWS"}
                who = {**rest, **({"AWS": left} if left else {})}
                if not who:
                    continue
                statement = {**statement, "Principal": who}
            statements.append(statement)
        return {**policy_of(self.observed), "Statement": statements}


def named(declared: object, observed: object, context: Context) -> Named:
    """Return both policies with every id of a principal of the account read as its ARN.

    The documents come back as they are where no id stands in them. Raises UnknownError where whose ids they
    are could not be read, and PolicyShapeError where a document is no policy.
    """
    if not any((*_ids(declared), *_ids(observed))):
        return Named(declared, observed)
    details = context(iam.authorization_details()) or {}
    arns = {str(user["UserId"]): str(user["Arn"]) for user in details.get("UserDetailList", ())}
    arns |= {str(role["RoleId"]): str(role["Arn"]) for role in details.get("RoleDetailList", ())}

    def as_arn(name: str) -> str:
        return arns.get(name, name)

    before, after = _renamed(declared, as_arn), _renamed(observed, as_arn)
    strangers = sorted(set(_ids(after)) - set(_ids(before)))
    return Named(before, after, tuple(strangers))


def _ids(policy: object) -> Iterator[str]:
    if iam.UNIQUE_ID.search(policy if isinstance(policy, str) else json.dumps(policy)):
        yield from (name for name in _principals(policy) if iam.UNIQUE_ID.fullmatch(name))


def _principals(policy: object) -> Iterator[str]:
    for statement in statements_of(policy):
        for element in ("Principal", "NotPrincipal"):
            who = statement.get(element)
            if isinstance(who, dict):
                yield from _listed(who.get("AWS", []))


def _renamed(policy: object, rename: Callable[[str], str]) -> dict[str, Any]:
    def one(statement: Mapping[str, Any]) -> dict[str, Any]:
        edited = dict(statement)
        for element in ("Principal", "NotPrincipal"):
            who = statement.get(element)
            if isinstance(who, dict) and "AWS" in who:
                edited[element] = {**who, "AWS": [rename(name) for name in _listed(who["AWS"])]}
        return edited

    return {**policy_of(policy), "Statement": [one(statement) for statement in statements_of(policy)]}


def _listed(names: object) -> list[str]:
    return [str(name) for name in names] if isinstance(names, list) else [str(names)]
