"""Every rule of the pack, listed by hand: a new rule is one file, one test and one line here."""

from __future__ import annotations

from typing import Final

from ..judging.rule import Rule
from . import (
    access_key_slots,
    allow_list_not_too_wide,
    allow_list_within_approved_networks,
    bucket_blocks_public_access,
    bucket_encrypted,
    bucket_logs_access,
    bucket_owner_enforced,
    bucket_policy_allows_only_data,
    bucket_policy_denies_outside,
    log_bucket_accepts_log_delivery,
    networks_must_stay_reachable,
    no_replication_outside,
    no_website_or_public_acl,
    tls_required,
    user_policy_least_privilege,
    user_programmatic_only,
)

RULES: Final[tuple[Rule, ...]] = (
    access_key_slots.RULE,
    allow_list_not_too_wide.RULE,
    allow_list_within_approved_networks.RULE,
    bucket_blocks_public_access.RULE,
    bucket_encrypted.RULE,
    bucket_logs_access.RULE,
    bucket_owner_enforced.RULE,
    bucket_policy_allows_only_data.RULE,
    bucket_policy_denies_outside.RULE,
    log_bucket_accepts_log_delivery.RULE,
    networks_must_stay_reachable.RULE,
    no_replication_outside.RULE,
    no_website_or_public_acl.RULE,
    tls_required.RULE,
    user_policy_least_privilege.RULE,
    user_programmatic_only.RULE,
)
