"""Every rule of the pack, listed by hand: a new rule is one file, one test, one import and one entry
here."""

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
    no_other_way_to_objects,
    no_replication_outside,
    no_website_or_public_acl,
    organization_policy_denies_outside,
    role_least_privilege,
    tls_required,
    user_policy_least_privilege,
    user_programmatic_only,
)

RULES: Final[tuple[Rule, ...]] = (
    access_key_slots.judge,
    allow_list_not_too_wide.judge,
    allow_list_within_approved_networks.judge,
    bucket_blocks_public_access.judge,
    bucket_encrypted.judge,
    bucket_logs_access.judge,
    bucket_owner_enforced.judge,
    bucket_policy_allows_only_data.judge,
    bucket_policy_denies_outside.judge,
    log_bucket_accepts_log_delivery.judge,
    networks_must_stay_reachable.judge,
    no_other_way_to_objects.judge,
    no_replication_outside.judge,
    no_website_or_public_acl.judge,
    organization_policy_denies_outside.judge,
    role_least_privilege.judge,
    tls_required.judge,
    user_policy_least_privilege.judge,
    user_programmatic_only.judge,
)
