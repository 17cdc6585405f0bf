"""A bucket that a VPC reaches through its gateway endpoint, and people reach from the office.

The policy pack reads the exemptions from the stack's config, and the endpoint's id is known only after the
endpoint is created. So deploy twice: `pulumi up`, then
`pulumi config set --path 's3-perimeter:vpcEndpoints[0]' "$(pulumi stack output vpcEndpoint)"` and
`pulumi up` again.
"""

import json

import pulumi
import pulumi_aws as aws

from s3_perimeter.components import PrivateBucket

perimeter = pulumi.Config("s3-perimeter")
bucket_name = pulumi.Config().require("bucket")
arn = f"arn:aws:s3:::{bucket_name}"

vpc = aws.ec2.Vpc("workers", cidr_block="10.20.0.0/16", enable_dns_hostnames=True)
endpoint = aws.ec2.VpcEndpoint(
    "s3",
    vpc_id=vpc.id,
    service_name=f"com.amazonaws.{pulumi.Config('aws').require('region')}.s3",
    vpc_endpoint_type="Gateway",
    # The other half of the fence: who is in the VPC reaches this bucket and no other.
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
            ],
        }
    ),
)

private_bucket = PrivateBucket(
    "workers",
    {
        "bucket_name": bucket_name,
        "allowed_networks": perimeter.require_object("allowedNetworks"),
        "vpc_endpoints": perimeter.get_object("vpcEndpoints", []),
    },
)

pulumi.export("bucket", private_bucket.bucket)
pulumi.export("vpcEndpoint", endpoint.id)
