"""aws.ec2.Vpc."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local.provider.doubt import asked_once
from local.provider.failures import code
from local.provider.properties import REGION, TAGS, TAGS_ALL, flag, table, text, whole
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.structures import from_tags
from local.provider.types.ec2_part import one_of, retag, tags_for, wait_for
from local.provider.values import Props

ATTRIBUTES = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
REQUESTED = {
    "assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock",
    "cidrBlock": "CidrBlock",
    "instanceTenancy": "InstanceTenancy",
    "ipv4IpamPoolId": "Ipv4IpamPoolId",
    "ipv4NetmaskLength": "Ipv4NetmaskLength",
    "ipv6CidrBlock": "Ipv6CidrBlock",
    "ipv6CidrBlockNetworkBorderGroup": "Ipv6CidrBlockNetworkBorderGroup",
    "ipv6IpamPoolId": "Ipv6IpamPoolId",
    "ipv6NetmaskLength": "Ipv6NetmaskLength",
}


class Vpc(Resource):
    """A virtual private cloud."""

    token = "aws:ec2/vpc:Vpc"  # noqa: S105
    title = "EC2 VPC"
    lost = (
        "AWS may have made a VPC that no stack knows.\n\n"
        "hint: `aws ec2 describe-vpcs` lists those of the region; delete one that no stack has with `aws ec2 "
        "delete-vpc --vpc-id VPC-ID`, and run `pulumi up` again"
    )
    properties = table(
        {
            "assignGeneratedIpv6CidrBlock": flag(replaces=True, kept=True),
            "cidrBlock": text(computed=True, replaces=True),
            "enableDnsHostnames": flag(computed=True),
            "enableDnsSupport": flag(default=True),
            "enableNetworkAddressUsageMetrics": flag(computed=True),
            "instanceTenancy": text(default="default", replaces=True),
            "ipv4IpamPoolId": text(replaces=True, kept=True),
            "ipv4NetmaskLength": whole(replaces=True, kept=True),
            "ipv6CidrBlock": text(computed=True, replaces=True),
            "ipv6CidrBlockNetworkBorderGroup": text(computed=True, replaces=True, kept=True),
            "ipv6IpamPoolId": text(replaces=True, kept=True),
            "ipv6NetmaskLength": whole(replaces=True, kept=True),
            "region": REGION,
            "tags": TAGS,
            "arn": text(output=True),
            "defaultNetworkAclId": text(output=True),
            "defaultRouteTableId": text(output=True),
            "defaultSecurityGroupId": text(output=True),
            "dhcpOptionsId": text(output=True),
            "ipv6AssociationId": text(output=True),
            "mainRouteTableId": text(output=True),
            "ownerId": text(output=True),
            "tagsAll": TAGS_ALL,
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        ec2 = session.client("ec2", inputs.get("region"), once=True)
        arguments = {key: inputs[name] for name, key in REQUESTED.items() if inputs.get(name)}
        made = asked_once(session, lambda: ec2.create_vpc(**arguments, **tags_for(session, "vpc", inputs)))
        return str(made["Vpc"]["VpcId"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        ec2 = session.client("ec2", new.get("region"))
        for name, key in ATTRIBUTES.items():
            if new.get(name) is not None and new[name] != old.get(name):
                ec2.modify_vpc_attribute(VpcId=identity, **{key: {"Value": new[name]}})
        if old:
            retag(session, ec2, identity, old, new)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        ec2 = session.client("ec2", state.get("region"))
        vpc = one_of(lambda: list(ec2.describe_vpcs(VpcIds=[identity])["Vpcs"]), "NotFound")
        if vpc is None:
            return None
        region, owner = state.get("region") or session.region, vpc.get("OwnerId") or session.account
        ipv6: Props = next(iter(vpc.get("Ipv6CidrBlockAssociationSet") or []), {})
        return {
            **{name: attribute(ec2, identity, name, key) for name, key in ATTRIBUTES.items()},
            **defaults(ec2, identity),
            "arn": f"arn:{session.partition}:ec2:{region}:{owner}:vpc/{identity}",
            "cidrBlock": vpc["CidrBlock"],
            "dhcpOptionsId": vpc.get("DhcpOptionsId", ""),
            "instanceTenancy": vpc.get("InstanceTenancy") or "default",
            "ipv6AssociationId": ipv6.get("AssociationId", ""),
            "ipv6CidrBlock": ipv6.get("Ipv6CidrBlock", ""),
            "ownerId": owner,
            "tags": from_tags(vpc.get("Tags")),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        ec2 = session.client("ec2", state.get("region"))

        def gone() -> bool:
            try:
                ec2.delete_vpc(VpcId=identity)
            except ClientError as error:
                if code(error) == "DependencyViolation":
                    return False
                if not code(error).endswith("NotFound"):
                    raise
            return True

        wait_for(session, gone, f"{self.title} ({identity}) to be empty")


def attribute(ec2: Any, vpc: str, name: str, key: str) -> bool:
    """One switch of a VPC."""
    answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)
    return bool((answer.get(key) or {}).get("Value"))


def defaults(ec2: Any, vpc: str) -> Props:
    """What EC2 makes with each VPC."""
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    acls = ec2.describe_network_acls(Filters=[*mine, {"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    tables = ec2.describe_route_tables(Filters=[*mine, {"Name": "association.main", "Values": ["true"]}])
    groups = ec2.describe_security_groups(Filters=[*mine, {"Name": "group-name", "Values": ["default"]}])
    route_table = next((each["RouteTableId"] for each in tables["RouteTables"]), "")
    return {
        "defaultNetworkAclId": next((each["NetworkAclId"] for each in acls), ""),
        "defaultRouteTableId": route_table,
        "mainRouteTableId": route_table,
        "defaultSecurityGroupId": next((each["GroupId"] for each in groups["SecurityGroups"]), ""),
    }
