"""allow-list-not-too-wide: the allow-list is no larger than one network of the widest size that is
reasonable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..judging.allow_list import AllowList
from ..judging.context import Context
from ..judging.pack_config import PackConfigError
from ..judging.rule import Violation, broken, rule

__all__ = ["judge"]

WIDEST: Final = {4: ("widestIPv4", 32, 8), 6: ("widestIPv6", 128, 19)}


@rule(
    id="allow-list-not-too-wide",
    severity="medium",
    description="The allow-list as a whole is no larger than one network of a reasonable size.",
    remedy="list only the networks that people use",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    enforcement="advisory",
    properties={
        "widestIPv4": {
            "type": "number",
            "minimum": 1,
            "maximum": 32,
            "description": "prefix length of the widest IPv4 network (default: 8)",
        },
        "widestIPv6": {
            "type": "number",
            "minimum": 1,
            "maximum": 128,
            "description": "prefix length of the widest IPv6 network (default: 19)",
        },
    },
)
def judge(context: Context) -> Iterator[Violation]:
    if not isinstance(context.allow_list, AllowList):
        return
    for listed in context.allow_list.lists:
        allowed = listed.settings.allowed_addresses
        for version, ranges in ((4, allowed.v4), (6, allowed.v6)):
            setting, bits, default = WIDEST[version]
            prefix = _prefix(context, setting, bits, default)
            total = sum(last - first + 1 for first, last in ranges)
            if total > 1 << (bits - prefix):
                yield broken(
                    context.stack_urn if listed.component is None else listed.component.urn,
                    "the allow-list",
                    f"it contains {total:,} IPv{version} addresses, more than a whole /{prefix}",
                    f"list only the networks that people use in {listed.where}",
                )


def _prefix(context: Context, setting: str, bits: int, default: int) -> int:
    value = context.settings.get(setting, default)
    # The engine sends every number as a float.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise PackConfigError(
            f"`{setting}` is not a whole number\n\nhint: write a prefix length, such as {default}"
        )
    if not 0 < value <= bits:
        raise PackConfigError(f"`{setting}` is {int(value)}\n\nhint: write a prefix length from 1 to {bits}")
    return int(value)
