"""Every rule of the pack, listed by hand: a new rule is one file, one test and one line here."""

from __future__ import annotations

from typing import Final

from policies.rule import Rule
from policies.rules import (
    access_key_slots,
    bucket_blocks_public_access,
    bucket_encrypted,
    bucket_logs_access,
    bucket_owner_enforced,
    no_replication_outside,
    no_website_or_public_acl,
    user_policy_least_privilege,
    user_programmatic_only,
)

RULES: Final[tuple[Rule, ...]] = (
    access_key_slots.RULE,
    bucket_blocks_public_access.RULE,
    bucket_encrypted.RULE,
    bucket_logs_access.RULE,
    bucket_owner_enforced.RULE,
    no_replication_outside.RULE,
    no_website_or_public_acl.RULE,
    user_policy_least_privilege.RULE,
    user_programmatic_only.RULE,
)
