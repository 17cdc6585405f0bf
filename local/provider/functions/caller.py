"""Who calls, and where: getCallerIdentity, getPartition, getRegion."""

from __future__ import annotations

from local.provider.session import Session
from local.provider.values import Props


def caller_identity(session: Session, arguments: Props) -> Props:
    """STS's GetCallerIdentity."""
    del arguments
    found = session.identity
    return {
        "accountId": found["account"],
        "arn": found["arn"],
        "id": found["account"],
        "userId": found["user"],
    }


def partition(session: Session, arguments: Props) -> Props:
    """The partition of the provider's region."""
    del arguments
    found, suffix = session.partition, session.dns_suffix
    return {
        "dnsSuffix": suffix,
        "id": found,
        "partition": found,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


NAMES = {
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ca-central-1": "Canada (Central)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-west-3": "Europe (Paris)",
    "eu-north-1": "Europe (Stockholm)",
    "sa-east-1": "South America (Sao Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}


def region(session: Session, arguments: Props) -> Props:
    """A region: the one named, or the provider's."""
    found = arguments.get("region") or arguments.get("name") or session.region
    return {
        "description": NAMES.get(found, found),
        "endpoint": f"ec2.{found}.{session.dns_suffix}",
        "id": found,
        "name": found,
        "region": found,
    }


FUNCTIONS = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getRegion:getRegion": region,
}
