"""aws.kms.Key and Alias."""

from __future__ import annotations

import functools
from typing import Any

from botocore.exceptions import ClientError

from local.provider.declared import Details
from local.provider.doubt import asked_once
from local.provider.failures import code, eventually, if_there
from local.provider.resource import AutoName, Resource
from local.provider.scalars import Text
from local.provider.session import Session
from local.provider.tags import changed_tags, wanted_tags
from local.provider.values import Props

SYMMETRIC = "SYMMETRIC_DEFAULT"
CREATED = {
    "customKeyStoreId": "CustomKeyStoreId",
    "customerMasterKeySpec": "KeySpec",
    "description": "Description",
    "keyUsage": "KeyUsage",
    "multiRegion": "MultiRegion",
    "policy": "Policy",
    "xksKeyId": "XksKeyId",
}
READ = {
    "arn": "Arn",
    "customKeyStoreId": "CustomKeyStoreId",
    "customerMasterKeySpec": "KeySpec",
    "description": "Description",
    "isEnabled": "Enabled",
    "keyId": "KeyId",
    "keyUsage": "KeyUsage",
}
ABSENT = "NotFoundException"


class Key(Resource):
    """A customer-managed KMS key. Deleting it schedules its deletion."""

    token = "aws:kms/key:Key"  # noqa: S105
    title = "KMS Key"
    lost = (
        "AWS may have created a KMS key that is in no stack and costs money.\n\n"
        "hint: `aws kms list-keys` and `aws kms describe-key --key-id KEY-ID` show when each was made; "
        "schedule the deletion of one that no stack has, and run `pulumi up` again"
    )
    details = Details(
        replaces="customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId",
        kept="bypassPolicyLockoutSafetyCheck deletionWindowInDays",
        documents="policy",
        defaults={
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": SYMMETRIC,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
    )

    def mistakes(self, inputs: Props) -> dict[str, str]:
        days = inputs.get("deletionWindowInDays")
        if isinstance(days, int) and not 7 <= days <= 30:
            reason = f"expected deletion_window_in_days to be in the range (7 - 30), got {days}"
            return {"deletionWindowInDays": reason}
        return {}

    def create(self, session: Session, inputs: Props) -> str:
        kms = session.client("kms", inputs.get("region"), once=True)
        arguments: Props = {
            "BypassPolicyLockoutSafetyCheck": bool(inputs.get("bypassPolicyLockoutSafetyCheck")),
            "Tags": to_pairs(wanted_tags(session, inputs)),
            **{argument: inputs[key] for key, argument in CREATED.items() if inputs.get(key)},
        }
        made = asked_once(session, lambda: kms.create_key(**arguments), invalid_principal)
        return str(made["KeyMetadata"]["KeyId"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        kms = session.client("kms", new.get("region"))
        enabled, was_enabled = (each.get("isEnabled") is not False for each in (new, old))
        if enabled and not was_enabled:
            kms.enable_key(KeyId=identity)
        rotate(kms, identity, old, new)
        if old:
            if not self.same("description", old, new):
                kms.update_key_description(KeyId=identity, Description=new.get("description") or "")
            if new.get("policy") and not self.same("policy", old, new):
                unchecked = bool(new.get("bypassPolicyLockoutSafetyCheck"))
                policy = {"PolicyName": "default", "Policy": new["policy"]}
                arguments = {**policy, "BypassPolicyLockoutSafetyCheck": unchecked}
                put = functools.partial(kms.put_key_policy, KeyId=identity, **arguments)
                eventually(put, invalid_principal, session.cancelled)
            dropped, changed = changed_tags(session, old, new)
            if dropped:
                kms.untag_resource(KeyId=identity, TagKeys=dropped)
            if changed:
                kms.tag_resource(KeyId=identity, Tags=to_pairs(changed))
        if was_enabled and not enabled:
            kms.disable_key(KeyId=identity)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        kms = session.client("kms", state.get("region"))
        answer = if_there(lambda: kms.describe_key(KeyId=identity), ABSENT)
        found = answer["KeyMetadata"] if answer else {"KeyState": "PendingDeletion"}
        if found["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
            return None
        policy = kms.get_key_policy(KeyId=identity, PolicyName="default")["Policy"]
        tags = kms.list_resource_tags(KeyId=identity)["Tags"]
        return {
            **{key: found.get(answered) for key, answered in READ.items()},
            **rotation(kms, found),
            "multiRegion": bool(found.get("MultiRegion")),
            "policy": policy,
            "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        kms = session.client("kms", state.get("region"))
        window = state.get("deletionWindowInDays")
        days = {"PendingWindowInDays": window} if window else {}
        try:
            kms.schedule_key_deletion(KeyId=identity, **days)
        except ClientError as error:
            pending = code(error) == "KMSInvalidStateException" and "pending deletion" in str(error)
            if not pending and code(error) != ABSENT:
                raise


def to_pairs(tags: Props) -> list[dict[str, str]]:
    """Tags in KMS's form."""
    return [{"TagKey": name, "TagValue": value} for name, value in sorted(tags.items())]


def invalid_principal(error: BaseException) -> bool:
    """Whether KMS does not know a principal yet that was just made."""
    return code(error) == "MalformedPolicyDocumentException" and "principal" in str(error)


def rotation(kms: Any, found: Props) -> Props:
    """Whether and how often the key is rotated; asymmetric keys never are."""
    if found.get("KeySpec", SYMMETRIC) != SYMMETRIC:
        return {"enableKeyRotation": False}
    status = kms.get_key_rotation_status(KeyId=found["KeyId"])
    return {
        "enableKeyRotation": status["KeyRotationEnabled"],
        "rotationPeriodInDays": status.get("RotationPeriodInDays"),
    }


def rotate(kms: Any, identity: str, old: Props, new: Props) -> None:
    """Turn rotation on or off, or change how often."""
    before, wanted = (
        (each.get("enableKeyRotation") or False, each.get("rotationPeriodInDays")) for each in (old, new)
    )
    if before == wanted:
        return
    if wanted[0]:
        days = wanted[1]
        kms.enable_key_rotation(KeyId=identity, **({"RotationPeriodInDays": days} if days else {}))
    elif before[0]:
        kms.disable_key_rotation(KeyId=identity)


class KeyId(Text):
    """A key by its id or by its ARN, which mean the same."""

    __slots__ = ()

    def equal(self, old: str, new: str) -> bool:
        return old.rpartition("/")[2] == new.rpartition("/")[2]


class Alias(Resource):
    """A name for a KMS key."""

    token = "aws:kms/alias:Alias"  # noqa: S105
    title = "KMS Alias"
    auto_name = AutoName(longest=256, prefix="alias/")
    details = Details(replaces="name", forms={"targetKeyId": KeyId})

    def mistakes(self, inputs: Props) -> dict[str, str]:
        return {
            key: f"{key} must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-], got {inputs[key]}"
            for key in ("name", "namePrefix")
            if isinstance(inputs.get(key), str) and not inputs[key].startswith("alias/")
        }

    def create(self, session: Session, inputs: Props) -> str:
        kms = session.client("kms", inputs.get("region"))
        eventually(
            lambda: kms.create_alias(AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"]),
            lambda error: code(error) == ABSENT,
            session.cancelled,
        )
        return str(inputs["name"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if old:
            kms = session.client("kms", new.get("region"))
            kms.update_alias(AliasName=identity, TargetKeyId=new["targetKeyId"])

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        kms = session.client("kms", state.get("region"))
        pages = kms.get_paginator("list_aliases").paginate()
        aliases = [alias for page in pages for alias in page["Aliases"]]
        found = next((alias for alias in aliases if alias["AliasName"] == identity), None)
        if found is None:
            return None
        arn, key = found["AliasArn"], found.get("TargetKeyId", "")
        return {
            "name": identity,
            "arn": arn,
            "targetKeyId": key,
            "targetKeyArn": f"{arn.partition(':alias/')[0]}:key/{key}",
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        kms = session.client("kms", state.get("region"))
        if_there(lambda: kms.delete_alias(AliasName=identity), ABSENT)
