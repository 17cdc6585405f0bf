"""Who calls, and where: getCallerIdentity, getPartition, getRegion, getCanonicalUserId."""

from __future__ import annotations

from local.provider.session import Session, regions
from local.provider.values import Props


def caller_identity(session: Session, _arguments: Props) -> Props:
    """STS's GetCallerIdentity."""
    account, arn, user = (session.identity[key] for key in ("account", "arn", "user"))
    return {"accountId": account, "arn": arn, "id": account, "userId": user}


def partition(session: Session, _arguments: Props) -> Props:
    """Return the partition of the provider's region."""
    name, suffix = session.partition, session.dns_suffix
    prefix = ".".join(reversed(suffix.split(".")))
    return {"dnsSuffix": suffix, "id": name, "partition": name, "reverseDnsPrefix": prefix}


def region(session: Session, arguments: Props) -> Props:
    """Return a region: the one named, or the provider's."""
    name = arguments.get("region") or arguments.get("name") or session.region
    endpoint = f"ec2.{name}.{session.dns_suffix}"
    names = {"id": name, "name": name, "region": name}
    return {**names, "description": regions().get(name, name), "endpoint": endpoint}


def canonical_user_id(session: Session, _arguments: Props) -> Props:
    """Return the owner of the account's buckets, as ACLs name it."""
    owner = session.client("s3").list_buckets()["Owner"]
    return {"id": owner["ID"], "displayName": owner.get("DisplayName", "")}


FUNCTIONS = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getRegion:getRegion": region,
    "aws:s3/getCanonicalUserId:getCanonicalUserId": canonical_user_id,
}
