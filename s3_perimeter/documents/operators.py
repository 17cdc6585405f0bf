"""The names of IAM's condition operators, and how to take one apart.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from s3_perimeter.documents.folding import folded

__all__ = ["COMPARISONS", "NEGATED", "OPERATORS", "Qualifier", "split_operator"]

Qualifier: TypeAlias = Literal["ForAnyValue", "ForAllValues"]

COMPARISONS = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
"""How numbers and dates can be compared."""

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
"""Each negated operator with the one that it negates."""

OPERATORS: tuple[str, ...] = (
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    *(f"{sort}{how}" for sort in ("Numeric", "Date") for how in COMPARISONS),
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "ArnEquals",
    "ArnLike",
    "Null",
    *NEGATED,
)

BY_LOWER_CASE = {name.lower(): name for name in OPERATORS}
QUALIFIERS: dict[str, Qualifier] = {"foranyvalue": "ForAnyValue", "forallvalues": "ForAllValues"}
IF_EXISTS = "ifexists"


@lru_cache(maxsize=256)
def split_operator(name: str) -> tuple[str, Qualifier | None, bool] | None:
    """Take a condition operator apart as (base name in AWS's spelling, qualifier, whether IfExists).

    None where there is no such operator. Case is not looked at: whatever S3 makes of another case, it has no
    second meaning. `Null` takes no `IfExists`, says the same page.
    """
    lowered = folded(name)
    prefix, colon, base = lowered.rpartition(":")
    if colon and prefix not in QUALIFIERS:
        return None
    if_exists = base.endswith(IF_EXISTS)
    if if_exists:
        base = base[: -len(IF_EXISTS)]
    operator = BY_LOWER_CASE.get(base)
    if operator is None or (operator == "Null" and if_exists):
        return None
    return operator, QUALIFIERS.get(prefix), if_exists
