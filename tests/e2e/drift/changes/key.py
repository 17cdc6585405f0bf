"""Changes to the key that encrypts."""

from __future__ import annotations

import json

from tests.e2e.drift.changes.mutation import ACCOUNT, Target, Undo, mutation


@mutation("kms-key-state", "high", "changed")
def key_disabled(t: Target) -> Undo:
    t.kms_client.disable_key(KeyId=t.kms)
    return lambda: t.kms_client.enable_key(KeyId=t.kms)


@mutation("kms-key-state", "critical", "changed")
def key_deletion_scheduled(t: Target) -> Undo:
    t.kms_client.schedule_key_deletion(KeyId=t.kms, PendingWindowInDays=30)

    def undo() -> None:
        t.kms_client.cancel_key_deletion(KeyId=t.kms)
        t.kms_client.enable_key(KeyId=t.kms)

    return undo


@mutation("kms-key-policy", "critical", "changed")
def key_policy_opened(t: Target) -> Undo:
    before = t.kms_client.get_key_policy(KeyId=t.kms, PolicyName="default")["Policy"]
    document = json.loads(before)
    document["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )
    t.kms_client.put_key_policy(KeyId=t.kms, PolicyName="default", Policy=json.dumps(document))
    return lambda: t.kms_client.put_key_policy(KeyId=t.kms, PolicyName="default", Policy=before)


@mutation("kms-key-grants", "high", "unmanaged")
def key_granted(t: Target) -> Undo:
    made = t.kms_client.create_grant(
        KeyId=t.kms, GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:user/{t.user}", Operations=["Decrypt"]
    )["GrantId"]
    return lambda: t.kms_client.revoke_grant(KeyId=t.kms, GrantId=made)


@mutation("kms-key-rotation", "medium", "changed")
def key_rotation_switched_off(t: Target) -> Undo:
    t.kms_client.disable_key_rotation(KeyId=t.kms)
    return lambda: t.kms_client.enable_key_rotation(KeyId=t.kms)
