"""EC2's functions that programs call before they declare a network: zones, default network, images."""

from __future__ import annotations

import re
from typing import Any

from local.provider import sdk
from local.provider.declared import Details, form
from local.provider.failures import ProviderError
from local.provider.session import Session
from local.provider.structures import Block, from_tags
from local.provider.values import Props

IMAGE, SUBNETS, VPC = "aws:ec2/getAmi:getAmi", "aws:ec2/getSubnets:getSubnets", "aws:ec2/getVpc:getVpc"
FILTERS = {"cidrBlock": "cidr", "dhcpOptionsId": "dhcp-options-id", "id": "vpc-id", "state": "state"}
"""Arguments of getVpc that EC2 takes as filters of these names."""


def ask(session: Session, arguments: Props, operation: str, **more: Any) -> tuple[Any, str]:
    """EC2's answer for the function's own filters and tags, and the region that was asked."""
    region = arguments.get("region") or session.region
    chosen = [{"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters") or []]
    chosen += [{"Name": f"tag:{key}", "Values": [tag]} for key, tag in (arguments.get("tags") or {}).items()]
    filters = {"Filters": [*chosen, *more.pop("Filters", [])]}
    return getattr(session.client("ec2", region), operation)(**filters, **more), region


def described(function: str, arguments: Props, found: Props, **known: Any) -> Props:
    """Return the function's result: EC2's description in Pulumi's names, and what else is known."""
    outputs = sdk.function(function)["outputs"]["properties"]
    names = {
        key: form(spec, key, Details()) for key, spec in outputs.items() if key not in ("filters", "tags")
    }
    answer = Block(fields=names).from_aws(found)
    return {**arguments, **answer, "tags": from_tags(found.get("Tags")), **known}


def availability_zones(session: Session, arguments: Props) -> Props:
    """getAvailabilityZones: in the order of their names."""
    state = [{"Name": "state", "Values": [arguments["state"]]}] if arguments.get("state") else []
    every = bool(arguments.get("allAvailabilityZones"))
    answer, region = ask(
        session, arguments, "describe_availability_zones", Filters=state, AllAvailabilityZones=every
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
    chosen = [
        {"Name": name, "Values": [arguments[key]]} for key, name in FILTERS.items() if arguments.get(key)
    ]
    if arguments.get("default") is not None:
        chosen.append({"Name": "is-default", "Values": [str(bool(arguments["default"])).lower()]})
    answer, region = ask(session, arguments, "describe_vpcs", Filters=chosen)
    if len(answer["Vpcs"]) != 1:
        raise ProviderError(f"reading EC2 VPC: {len(answer['Vpcs'])} match the arguments, and one has to")
    found = answer["Vpcs"][0]
    arn = f"arn:{session.partition}:ec2:{region}:{found['OwnerId']}:vpc/{found['VpcId']}"
    known = {"id": found["VpcId"], "default": found["IsDefault"], "arn": arn, "region": region}
    return described(VPC, arguments, found, **known)


def subnets(session: Session, arguments: Props) -> Props:
    """ec2.getSubnets: the ids of those that the arguments describe."""
    answer, region = ask(session, arguments, "describe_subnets")
    ids = sorted(each["SubnetId"] for each in answer["Subnets"])
    return {**arguments, "id": region, "region": region, "ids": ids}


def image(session: Session, arguments: Props) -> Props:
    """ec2.getAmi: the only image that the arguments describe, or the most recent of them."""
    answer, region = ask(session, arguments, "describe_images", Owners=arguments.get("owners") or [])
    named = re.compile(arguments.get("nameRegex") or "")
    found = [each for each in answer["Images"] if named.search(each.get("Name", ""))]
    found.sort(key=lambda each: str(each.get("CreationDate", "")))
    if not found or (len(found) > 1 and not arguments.get("mostRecent")):
        raise ProviderError(
            f"reading EC2 AMIs: {len(found)} match the arguments; the embedded AWS knows a few images of "
            "Amazon Linux, Ubuntu and Windows\n\nhint: take the image's id from the stack's config"
        )
    identity = found[-1]["ImageId"]
    arn = f"arn:{session.partition}:ec2:{region}::image/{identity}"
    return described(IMAGE, arguments, found[-1], id=identity, arn=arn, region=region)


FUNCTIONS = {
    IMAGE: image,
    SUBNETS: subnets,
    VPC: vpc,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
}
