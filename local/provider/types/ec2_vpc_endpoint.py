"""aws.ec2.VpcEndpoint."""

from __future__ import annotations

from typing import Any

from local.provider.doubt import asked_once
from local.provider.properties import (
    REGION,
    TAGS,
    TAGS_ALL,
    block,
    document,
    flag,
    listed,
    table,
    text,
    unordered,
)
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.structures import from_tags
from local.provider.types.ec2_part import one_of, retag, tags_for, wait_for
from local.provider.values import Props

POLICY = document(computed=True, kept=True)  # the emulator tells no policy of an endpoint
DNS = block(
    {
        "dnsRecordIpType": text(computed=True),
        "privateDnsOnlyForInboundResolverEndpoint": flag(),
        "privateDnsPreference": text(computed=True),
        "privateDnsSpecifiedDomains": unordered(text(), computed=True),
    },
    computed=True,
)
REQUESTED = {
    "ipAddressType": "IpAddressType",
    "policy": "PolicyDocument",
    "privateDnsEnabled": "PrivateDnsEnabled",
    "resourceConfigurationArn": "ResourceConfigurationArn",
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
    "serviceName": "ServiceName",
    "serviceNetworkArn": "ServiceNetworkArn",
    "serviceRegion": "ServiceRegion",
    "subnetIds": "SubnetIds",
}
LISTS = {"routeTableIds": "RouteTableIds", "securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}
READY = ("available", "pendingacceptance")
GONE = ("deleted", "deleting", "rejected", "failed")


class VpcEndpoint(Resource):
    """A private way from a VPC to a service."""

    token = "aws:ec2/vpcEndpoint:VpcEndpoint"  # noqa: S105
    title = "EC2 VPC Endpoint"
    lost = (
        "AWS may have made an endpoint in {vpcId} that no stack knows.\n\n"
        "hint: `aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={vpcId}` lists them; delete one "
        "that no stack has with `aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ENDPOINT-ID`, and run "
        "`pulumi up` again"
    )
    properties = table(
        {
            "vpcId": text(required=True, replaces=True),
            "autoAccept": flag(kept=True),
            "dnsOptions": DNS,
            "ipAddressType": text(computed=True),
            "policy": POLICY,
            "privateDnsEnabled": flag(computed=True),
            "region": REGION,
            "resourceConfigurationArn": text(replaces=True),
            "routeTableIds": unordered(text(), computed=True),
            "securityGroupIds": unordered(text(), computed=True),
            "serviceName": text(computed=True, replaces=True),
            "serviceNetworkArn": text(replaces=True),
            "serviceRegion": text(computed=True, replaces=True),
            "subnetConfigurations": unordered(
                block({"ipv4": text(), "ipv6": text(), "subnetId": text()}), computed=True, kept=True
            ),
            "subnetIds": unordered(text(), computed=True),
            "tags": TAGS,
            "vpcEndpointType": text(default="Gateway", replaces=True),
            "arn": text(output=True),
            "cidrBlocks": listed(text(), output=True),
            "dnsEntries": listed(block({"dnsName": text(), "hostedZoneId": text()}), output=True),
            "networkInterfaceIds": listed(text(), output=True),
            "ownerId": text(output=True),
            "prefixListId": text(output=True),
            "requesterManaged": flag(output=True),
            "state": text(output=True),
            "tagsAll": TAGS_ALL,
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        ec2 = session.client("ec2", inputs.get("region"), once=True)
        arguments = {key: inputs[name] for name, key in REQUESTED.items() if inputs.get(name)}
        if inputs.get("dnsOptions"):
            arguments["DnsOptions"] = DNS.to_aws(inputs["dnsOptions"])
        if inputs.get("subnetConfigurations"):
            form = self.properties["subnetConfigurations"]
            arguments["SubnetConfigurations"] = form.to_aws(inputs["subnetConfigurations"])
        made = asked_once(
            session,
            lambda: ec2.create_vpc_endpoint(
                VpcId=inputs["vpcId"],
                VpcEndpointType=inputs.get("vpcEndpointType") or "Gateway",
                **arguments,
                **tags_for(session, "vpc-endpoint", inputs),
            ),
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        ec2 = session.client("ec2", new.get("region"))
        if old:
            changes = differences(old, new)
            if changes:
                ec2.modify_vpc_endpoint(VpcEndpointId=identity, **changes)
            retag(session, ec2, identity, old, new)
        wait_for(
            session,
            lambda: (found(ec2, identity) or {}).get("State", "").lower() in READY,
            f"{self.title} ({identity}) to become available",
        )

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        ec2 = session.client("ec2", state.get("region"))
        endpoint = found(ec2, identity)
        if endpoint is None:
            return None
        region, owner = state.get("region") or session.region, endpoint.get("OwnerId") or session.account
        answers = endpoint.get("DnsEntries") or []
        return {
            "arn": f"arn:{session.partition}:ec2:{region}:{owner}:vpc-endpoint/{identity}",
            "cidrBlocks": [],
            "dnsEntries": self.properties["dnsEntries"].from_aws(answers),
            "dnsOptions": DNS.from_aws(endpoint.get("DnsOptions") or {}),
            "ipAddressType": endpoint.get("IpAddressType"),
            "networkInterfaceIds": list(endpoint.get("NetworkInterfaceIds") or []),
            "ownerId": owner,
            **({"policy": endpoint["PolicyDocument"]} if endpoint.get("PolicyDocument") else {}),
            "prefixListId": prefix_list(ec2, endpoint),
            "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
            "requesterManaged": bool(endpoint.get("RequesterManaged")),
            "resourceConfigurationArn": endpoint.get("ResourceConfigurationArn"),
            "routeTableIds": list(endpoint.get("RouteTableIds") or []),
            "securityGroupIds": [each["GroupId"] for each in endpoint.get("Groups") or []],
            "serviceName": endpoint.get("ServiceName"),
            "serviceNetworkArn": endpoint.get("ServiceNetworkArn"),
            "serviceRegion": endpoint.get("ServiceRegion") or region,
            "state": endpoint.get("State", ""),
            "subnetIds": list(endpoint.get("SubnetIds") or []),
            "tags": from_tags(endpoint.get("Tags")),
            "vpcEndpointType": endpoint.get("VpcEndpointType") or "Gateway",
            "vpcId": endpoint["VpcId"],
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        ec2 = session.client("ec2", state.get("region"))
        if found(ec2, identity) is not None:
            ec2.delete_vpc_endpoints(VpcEndpointIds=[identity])
            wait_for(
                session, lambda: found(ec2, identity) is None, f"{self.title} ({identity}) to be deleted"
            )


def found(ec2: Any, identity: str) -> Any:
    """The endpoint as EC2 describes it; None where it is gone or on its way."""
    endpoint = one_of(
        lambda: list(ec2.describe_vpc_endpoints(VpcEndpointIds=[identity])["VpcEndpoints"]), "NotFound"
    )
    return None if endpoint is None or endpoint.get("State", "").lower() in GONE else endpoint


def prefix_list(ec2: Any, endpoint: Props) -> str:
    """The prefix list of a gateway endpoint's service."""
    if endpoint.get("VpcEndpointType") not in (None, "Gateway"):
        return ""
    named = [{"Name": "prefix-list-name", "Values": [endpoint["ServiceName"]]}]
    lists = ec2.describe_prefix_lists(Filters=named)["PrefixLists"]
    return str(lists[0]["PrefixListId"]) if lists else ""


def differences(old: Props, new: Props) -> Props:
    """The arguments that bring an endpoint from old to new."""
    changes: Props = {}
    if new.get("policy") and not POLICY.same(old.get("policy"), new["policy"]):
        changes["PolicyDocument"] = new["policy"]
    for name in ("privateDnsEnabled", "ipAddressType"):
        if new.get(name) is not None and new[name] != old.get(name):
            changes[REQUESTED[name]] = new[name]
    for name, key in LISTS.items():
        before, wanted = set(old.get(name) or []), set(new.get(name) or [])
        if wanted - before:
            changes[f"Add{key}"] = sorted(wanted - before)
        if before - wanted:
            changes[f"Remove{key}"] = sorted(before - wanted)
    return changes
