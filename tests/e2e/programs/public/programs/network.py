"""A network: public and private subnets in two zones, with a NAT gateway."""

import pulumi_aws as aws

zones = aws.get_availability_zones(state="available").names[:2]
vpc = aws.ec2.Vpc("network", cidr_block="10.30.0.0/16", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("network-gateway", vpc_id=vpc.id)
public = aws.ec2.RouteTable(
    "network-public", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}]
)
for index, zone in enumerate(zones):
    subnet = aws.ec2.Subnet(
        f"network-public-{index}",
        vpc_id=vpc.id,
        cidr_block=f"10.30.{index}.0/24",
        availability_zone=zone,
        map_public_ip_on_launch=True,
    )
    aws.ec2.RouteTableAssociation(f"network-public-{index}", subnet_id=subnet.id, route_table_id=public.id)
    aws.ec2.Subnet(
        f"network-private-{index}",
        vpc_id=vpc.id,
        cidr_block=f"10.30.{index + 16}.0/24",
        availability_zone=zone,
    )
address = aws.ec2.Eip("network-nat", domain="vpc")
aws.ec2.NatGateway("network-nat", allocation_id=address.id, subnet_id=subnet.id)
aws.ec2.SecurityGroup(
    "network-web",
    vpc_id=vpc.id,
    ingress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
