"""aws.kms.Key."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local.provider.doubt import asked_once
from local.provider.failures import code, eventually, gone
from local.provider.properties import REGION, TAGS, TAGS_ALL, document, flag, table, text, whole
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.values import Props

POLICY = document(computed=True)
ABSENT = frozenset({"NotFoundException"})


class Key(Resource):
    """A customer-managed KMS key. Deleting it schedules its deletion."""

    token = "aws:kms/key:Key"  # noqa: S105
    title = "KMS Key"
    lost = (
        "AWS may have made a KMS key that no stack knows, and that costs money.\n\n"
        "hint: `aws kms list-keys` and `aws kms describe-key --key-id KEY-ID` show when each was made; "
        "schedule the deletion of one that no stack has, and run `pulumi up` again"
    )
    properties = table(
        {
            "bypassPolicyLockoutSafetyCheck": flag(default=False, kept=True),
            "customKeyStoreId": text(replaces=True),
            "customerMasterKeySpec": text(default="SYMMETRIC_DEFAULT", replaces=True),
            "deletionWindowInDays": whole(kept=True),
            "description": text(computed=True),
            "enableKeyRotation": flag(),
            "isEnabled": flag(default=True),
            "keyUsage": text(default="ENCRYPT_DECRYPT", replaces=True),
            "multiRegion": flag(computed=True, replaces=True),
            "policy": POLICY,
            "region": REGION,
            "rotationPeriodInDays": whole(computed=True),
            "tags": TAGS,
            "xksKeyId": text(replaces=True),
            "arn": text(output=True),
            "keyId": text(output=True),
            "tagsAll": TAGS_ALL,
        }
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
            "KeySpec": inputs.get("customerMasterKeySpec") or "SYMMETRIC_DEFAULT",
            "KeyUsage": inputs.get("keyUsage") or "ENCRYPT_DECRYPT",
            "Tags": to_pairs({**session.default_tags, **(inputs.get("tags") or {})}),
        }
        optional = {
            "Description": "description",
            "Policy": "policy",
            "MultiRegion": "multiRegion",
            "CustomKeyStoreId": "customKeyStoreId",
            "XksKeyId": "xksKeyId",
        }
        arguments.update({key: inputs[name] for key, name in optional.items() if inputs.get(name)})
        made = asked_once(session, lambda: kms.create_key(**arguments), invalid_principal)
        return str(made["KeyMetadata"]["KeyId"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        kms = session.client("kms", new.get("region"))
        enabled = new.get("isEnabled") is not False
        was_enabled = not old or old.get("isEnabled") is not False
        if enabled and not was_enabled:
            kms.enable_key(KeyId=identity)
        rotate(kms, identity, old, new)
        if old:
            if (new.get("description") or "") != (old.get("description") or ""):
                kms.update_key_description(KeyId=identity, Description=new.get("description") or "")
            if new.get("policy") and not POLICY.same(old.get("policy"), new["policy"]):
                eventually(
                    lambda: kms.put_key_policy(
                        KeyId=identity,
                        PolicyName="default",
                        Policy=new["policy"],
                        BypassPolicyLockoutSafetyCheck=bool(new.get("bypassPolicyLockoutSafetyCheck")),
                    ),
                    invalid_principal,
                    session.cancelled,
                )
            retag(session, kms, identity, old, new)
        if was_enabled and not enabled:
            kms.disable_key(KeyId=identity)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        kms = session.client("kms", state.get("region"))
        try:
            found = kms.describe_key(KeyId=identity)["KeyMetadata"]
            if found["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
                return None
            policy = kms.get_key_policy(KeyId=identity, PolicyName="default")["Policy"]
            tags = kms.list_resource_tags(KeyId=identity)["Tags"]
        except ClientError as error:
            if gone(error, ABSENT):
                return None
            raise
        return {
            **rotation(kms, found),
            "arn": found["Arn"],
            "customerMasterKeySpec": found.get("KeySpec") or "SYMMETRIC_DEFAULT",
            "customKeyStoreId": found.get("CustomKeyStoreId"),
            "description": found.get("Description"),
            "isEnabled": found["Enabled"],
            "keyId": found["KeyId"],
            "keyUsage": found["KeyUsage"],
            "multiRegion": bool(found.get("MultiRegion")),
            "policy": policy,
            "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        kms = session.client("kms", state.get("region"))
        days = (
            {"PendingWindowInDays": state["deletionWindowInDays"]}
            if state.get("deletionWindowInDays")
            else {}
        )
        try:
            kms.schedule_key_deletion(KeyId=identity, **days)
        except ClientError as error:
            pending = code(error) == "KMSInvalidStateException" and "pending deletion" in str(error)
            if not pending and not gone(error, ABSENT):
                raise


def to_pairs(tags: Props) -> list[dict[str, str]]:
    """Tags in KMS's form."""
    return [{"TagKey": name, "TagValue": value} for name, value in sorted(tags.items())]


def invalid_principal(error: BaseException) -> bool:
    """Whether KMS does not know a principal yet that was just made."""
    return code(error) == "MalformedPolicyDocumentException" and "principal" in str(error)


def rotation(kms: Any, found: Props) -> Props:
    """Whether and how often the key is rotated; asymmetric keys never are."""
    if found.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        return {"enableKeyRotation": False}
    status = kms.get_key_rotation_status(KeyId=found["KeyId"])
    period = (
        {"rotationPeriodInDays": status["RotationPeriodInDays"]} if status.get("RotationPeriodInDays") else {}
    )
    return {"enableKeyRotation": status["KeyRotationEnabled"], **period}


def rotate(kms: Any, identity: str, old: Props, new: Props) -> None:
    """Turn rotation on or off, or change how often."""
    keys = ("enableKeyRotation", "rotationPeriodInDays")
    if all((old.get(key) or None) == (new.get(key) or None) for key in keys):
        return
    if new.get("enableKeyRotation"):
        days = new.get("rotationPeriodInDays")
        kms.enable_key_rotation(KeyId=identity, **({"RotationPeriodInDays": days} if days else {}))
    elif old.get("enableKeyRotation"):
        kms.disable_key_rotation(KeyId=identity)


def retag(session: Session, kms: Any, identity: str, old: Props, new: Props) -> None:
    """Bring tags to the program's over the provider's default tags."""
    before = old.get("tagsAll") or {}
    wanted = {**session.default_tags, **(new.get("tags") or {})}
    dropped = sorted(before.keys() - wanted.keys())
    changed = {key: value for key, value in wanted.items() if before.get(key) != value}
    if dropped:
        kms.untag_resource(KeyId=identity, TagKeys=dropped)
    if changed:
        kms.tag_resource(KeyId=identity, Tags=to_pairs(changed))
