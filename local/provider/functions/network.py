"""EC2's functions that programs call before they declare a network: zones, default network, images."""

from __future__ import annotations

import re
from typing import Any

from local.provider.failures import ProviderError
from local.provider.session import Session
from local.provider.structures import from_tags
from local.provider.values import Props

FILTERS = {"cidrBlock": "cidr", "dhcpOptionsId": "dhcp-options-id", "id": "vpc-id", "state": "state"}
"""Arguments that EC2 takes as filters of these names."""


def filters(arguments: Props, **named: str) -> list[Props]:
    """EC2's filters from the function's own, its tags, and the arguments named by keyword."""
    return [
        *({"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters") or []),
        *({"Name": f"tag:{key}", "Values": [value]} for key, value in (arguments.get("tags") or {}).items()),
        *({"Name": name, "Values": [arguments[key]]} for key, name in named.items() if arguments.get(key)),
    ]


def ask(session: Session, arguments: Props, operation: str, **parameters: Any) -> tuple[Any, str]:
    """EC2's answer, and the region that was asked."""
    region = arguments.get("region") or session.region
    return getattr(session.client("ec2", region), operation)(**parameters), region


def availability_zones(session: Session, arguments: Props) -> Props:
    """getAvailabilityZones: those that are enabled, in the order of their names."""
    wanted = {"AllAvailabilityZones": bool(arguments.get("allAvailabilityZones"))}
    answer, region = ask(
        session,
        arguments,
        "describe_availability_zones",
        Filters=filters(arguments, state="state"),
        **wanted,
    )
    excluded = {*(arguments.get("excludeNames") or []), *(arguments.get("excludeZoneIds") or [])}
    zones = [
        each for each in answer["AvailabilityZones"] if not excluded & {each["ZoneName"], each["ZoneId"]}
    ]
    zones.sort(key=lambda each: str(each["ZoneName"]))
    return {
        **arguments,
        "id": region,
        "region": region,
        "names": [each["ZoneName"] for each in zones],
        "zoneIds": [each["ZoneId"] for each in zones],
        "groupNames": sorted({each["GroupName"] for each in zones}),
    }


def vpc(session: Session, arguments: Props) -> Props:
    """ec2.getVpc: the one that the arguments describe, such as the default one."""
    chosen = filters(arguments, **FILTERS)
    if arguments.get("default") is not None:
        chosen.append({"Name": "is-default", "Values": [str(bool(arguments["default"])).lower()]})
    answer, region = ask(session, arguments, "describe_vpcs", Filters=chosen)
    if len(answer["Vpcs"]) != 1:
        raise ProviderError(f"reading EC2 VPC: {len(answer['Vpcs'])} match the arguments, and one has to")
    found = answer["Vpcs"][0]
    return {
        "arn": f"arn:{session.partition}:ec2:{region}:{found['OwnerId']}:vpc/{found['VpcId']}",
        "cidrBlock": found["CidrBlock"],
        "cidrBlockAssociations": [
            {"associationId": each["AssociationId"], "cidrBlock": each["CidrBlock"], "state": "associated"}
            for each in found.get("CidrBlockAssociationSet", [])
        ],
        "default": found["IsDefault"],
        "dhcpOptionsId": found.get("DhcpOptionsId", ""),
        "filters": arguments.get("filters"),
        "id": found["VpcId"],
        "instanceTenancy": found.get("InstanceTenancy", "default"),
        "ownerId": found["OwnerId"],
        "region": region,
        "state": found["State"],
        "tags": from_tags(found.get("Tags")),
    }


def subnets(session: Session, arguments: Props) -> Props:
    """ec2.getSubnets: the ids of those that the arguments describe."""
    answer, region = ask(session, arguments, "describe_subnets", Filters=filters(arguments))
    ids = sorted(each["SubnetId"] for each in answer["Subnets"])
    return {**arguments, "id": region, "region": region, "ids": ids}


def image(session: Session, arguments: Props) -> Props:
    """ec2.getAmi: the only image that the arguments describe, or the most recent of them."""
    owners = arguments.get("owners") or []
    answer, region = ask(session, arguments, "describe_images", Filters=filters(arguments), Owners=[*owners])
    named = re.compile(arguments.get("nameRegex") or "")
    found = [each for each in answer["Images"] if named.search(each.get("Name", ""))]
    found.sort(key=lambda each: str(each.get("CreationDate", "")))
    if not found or (len(found) > 1 and not arguments.get("mostRecent")):
        raise ProviderError(
            f"reading EC2 AMIs: {len(found)} match the arguments; the embedded AWS knows a few images of "
            "Amazon Linux, Ubuntu and Windows\n\nhint: take the image's id from the stack's config"
        )
    chosen = found[-1]
    texts = {
        "architecture": "Architecture",
        "creationDate": "CreationDate",
        "description": "Description",
        "hypervisor": "Hypervisor",
        "id": "ImageId",
        "imageId": "ImageId",
        "imageLocation": "ImageLocation",
        "imageOwnerAlias": "ImageOwnerAlias",
        "imageType": "ImageType",
        "name": "Name",
        "ownerId": "OwnerId",
        "rootDeviceName": "RootDeviceName",
        "rootDeviceType": "RootDeviceType",
        "state": "State",
        "virtualizationType": "VirtualizationType",
    }
    return {
        **arguments,
        **{key: chosen.get(name, "") for key, name in texts.items()},
        "arn": f"arn:{session.partition}:ec2:{region}::image/{chosen['ImageId']}",
        "public": bool(chosen.get("Public")),
        "region": region,
        "tags": from_tags(chosen.get("Tags")),
    }


FUNCTIONS = {
    "aws:ec2/getAmi:getAmi": image,
    "aws:ec2/getSubnets:getSubnets": subnets,
    "aws:ec2/getVpc:getVpc": vpc,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
}
