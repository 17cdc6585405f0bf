"""Every rule of the pack, listed by hand: a new rule is one file, one test and one line here."""

from __future__ import annotations

from typing import Final

from policies.rule import Rule
from policies.rules import bucket_blocks_public_access

RULES: Final[tuple[Rule, ...]] = (bucket_blocks_public_access.RULE,)
