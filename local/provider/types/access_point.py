"""aws.s3.AccessPoint."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local.provider.failures import gone
from local.provider.properties import REGION, TAGS, TAGS_ALL, block, document, flag, mapping, table, text
from local.provider.resource import AutoName, Resource
from local.provider.session import Session
from local.provider.structures import to_tags
from local.provider.types.bucket_public_access_block import FORM as BLOCKS
from local.provider.values import Props

POLICY = document(computed=True)
ABSENT = frozenset({"NoSuchAccessPoint", "NoSuchAccessPointPolicy"})
ALL_BLOCKED = dict.fromkeys(BLOCKS.fields, True)


class AccessPoint(Resource):
    """A name of its own, with a policy of its own, under which a bucket can be reached."""

    token = "aws:s3/accessPoint:AccessPoint"  # noqa: S105
    title = "S3 Access Point"
    auto_name = AutoName(longest=50, lower=True, instead=None)
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "accountId": text(computed=True, replaces=True),
            "bucketAccountId": text(computed=True, replaces=True),
            "name": text(computed=True, replaces=True),
            "policy": POLICY,
            "publicAccessBlockConfiguration": block(
                {name: flag(default=True, replaces=True) for name in BLOCKS.fields},
                computed=True,
                replaces=True,
            ),
            "region": REGION,
            "tags": TAGS,
            "vpcConfiguration": block({"vpcId": text(required=True)}, replaces=True),
            "alias": text(output=True),
            "arn": text(output=True),
            "domainName": text(output=True),
            "endpoints": mapping(text(), output=True),
            "hasPublicAccessPolicy": flag(output=True),
            "networkOrigin": text(output=True),
            "tagsAll": TAGS_ALL,
        }
    )

    def client_of(self, session: Session, properties: Props) -> Any:
        """S3 Control in the access point's region."""
        return session.client("s3control", properties.get("region"))

    def create(self, session: Session, inputs: Props) -> str:
        account = inputs.get("accountId") or session.account
        arguments: Props = {"AccountId": account, "Name": inputs["name"], "Bucket": inputs["bucket"]}
        blocks = {**ALL_BLOCKED, **(inputs.get("publicAccessBlockConfiguration") or {})}
        arguments["PublicAccessBlockConfiguration"] = BLOCKS.to_aws(blocks)
        if inputs.get("vpcConfiguration"):
            arguments["VpcConfiguration"] = {"VpcId": inputs["vpcConfiguration"]["vpcId"]}
        if inputs.get("bucketAccountId"):
            arguments["BucketAccountId"] = inputs["bucketAccountId"]
        wanted = {**session.default_tags, **(inputs.get("tags") or {})}
        if wanted:
            arguments["Tags"] = to_tags(wanted)
        self.client_of(session, inputs).create_access_point(**arguments)
        return f"{account}:{inputs['name']}"

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        account, _, name = identity.partition(":")
        if new.get("policy") and not POLICY.same(old.get("policy"), new["policy"]):
            self.client_of(session, new).put_access_point_policy(
                AccountId=account, Name=name, Policy=new["policy"]
            )

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        account, _, name = identity.partition(":")
        control = self.client_of(session, state)
        try:
            found = control.get_access_point(AccountId=account, Name=name)
        except ClientError as error:
            if gone(error, ABSENT):
                return None
            raise
        region = state.get("region") or session.region
        vpc = found.get("VpcConfiguration")
        return {
            "accountId": account,
            "alias": found.get("Alias", ""),
            "arn": f"arn:{session.partition}:s3:{region}:{account}:accesspoint/{name}",
            "bucket": found["Bucket"],
            "bucketAccountId": found.get("BucketAccountId") or account,
            "domainName": f"{name}-{account}.s3-accesspoint.{region}.{session.dns_suffix}",
            "endpoints": dict(found.get("Endpoints") or {}),
            "hasPublicAccessPolicy": False,
            "name": name,
            "networkOrigin": found.get("NetworkOrigin") or ("VPC" if vpc else "Internet"),
            "policy": self.policy(control, account, name),
            "publicAccessBlockConfiguration": BLOCKS.from_aws(
                found.get("PublicAccessBlockConfiguration") or {}
            ),
            "tags": state.get("tagsAll") or state.get("tags") or {},
            **({"vpcConfiguration": {"vpcId": vpc["VpcId"]}} if vpc else {}),
        }

    def policy(self, control: Any, account: str, name: str) -> str | None:
        """The access point's policy; None where it has none."""
        try:
            return str(control.get_access_point_policy(AccountId=account, Name=name)["Policy"])
        except ClientError as error:
            if gone(error, ABSENT):
                return None
            raise

    def delete(self, session: Session, identity: str, state: Props) -> None:
        account, _, name = identity.partition(":")
        try:
            self.client_of(session, state).delete_access_point(AccountId=account, Name=name)
        except ClientError as error:
            if not gone(error, ABSENT):
                raise
