"""A website: a bucket that CloudFront alone reads, behind a name of one's own."""

import json

import pulumi
import pulumi_aws as aws

DOMAIN = "www.example.com"

east = aws.Provider("website-us-east-1", region="us-east-1")
content = aws.s3.Bucket("website-content", bucket="acme-website-content")
access = aws.cloudfront.OriginAccessControl(
    "website-access",
    origin_access_control_origin_type="s3",
    signing_behavior="always",
    signing_protocol="sigv4",
)
certificate = aws.acm.Certificate(
    "website-certificate",
    domain_name=DOMAIN,
    validation_method="DNS",
    opts=pulumi.ResourceOptions(provider=east),
)
distribution = aws.cloudfront.Distribution(
    "website-distribution",
    enabled=True,
    default_root_object="index.html",
    aliases=[DOMAIN],
    origins=[
        {
            "domain_name": content.bucket_regional_domain_name,
            "origin_id": "content",
            "origin_access_control_id": access.id,
        }
    ],
    default_cache_behavior={
        "target_origin_id": "content",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "forwarded_values": {"query_string": False, "cookies": {"forward": "none"}},
    },
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={"acm_certificate_arn": certificate.arn, "ssl_support_method": "sni-only"},
)
aws.s3.BucketPolicy(
    "website-policy",
    bucket=content.bucket,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::acme-website-content/*",
                }
            ],
        }
    ),
)
zone = aws.route53.Zone("website-zone", name="example.com")
aws.route53.Record(
    "website-record",
    zone_id=zone.zone_id,
    name=DOMAIN,
    type="A",
    aliases=[
        {
            "name": distribution.domain_name,
            "zone_id": distribution.hosted_zone_id,
            "evaluate_target_health": True,
        }
    ],
)
