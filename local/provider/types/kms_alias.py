"""aws.kms.Alias."""

from __future__ import annotations

from botocore.exceptions import ClientError

from local.provider.failures import eventually, gone
from local.provider.properties import REGION, table, text
from local.provider.resource import AutoName, Resource
from local.provider.scalars import Text
from local.provider.session import Session
from local.provider.values import Props

ABSENT = frozenset({"NotFoundException"})


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
    properties = table(
        {
            "targetKeyId": KeyId(required=True),
            "name": text(computed=True, replaces=True),
            "namePrefix": text(computed=True, replaces=True, kept=True),
            "region": REGION,
            "arn": text(output=True),
            "targetKeyArn": text(output=True),
        }
    )

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
            lambda error: gone(error, ABSENT),
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
        try:
            kms.delete_alias(AliasName=identity)
        except ClientError as error:
            if not gone(error, ABSENT):
                raise
