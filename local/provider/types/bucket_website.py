"""aws.s3.BucketWebsiteConfiguration."""

from __future__ import annotations

import json
from typing import Any

from local.provider.properties import REGION, block, document, listed, table, text
from local.provider.session import Session
from local.provider.types.bucket_part import BucketPart
from local.provider.types.website_endpoint import website_domain
from local.provider.values import Props

RULE = block(
    {
        "redirect": block(
            {
                "hostName": text(),
                "httpRedirectCode": text(),
                "protocol": text(),
                "replaceKeyPrefixWith": text(),
                "replaceKeyWith": text(),
            },
            required=True,
        ),
        "condition": block({"httpErrorCodeReturnedEquals": text(), "keyPrefixEquals": text()}),
    }
)
FORM = block(
    {
        "errorDocument": block({"key": text(required=True)}),
        "indexDocument": block({"suffix": text(required=True)}),
        "redirectAllRequestsTo": block({"hostName": text(required=True), "protocol": text()}),
        "routingRules": listed(RULE, computed=True),
    }
)


class BucketWebsite(BucketPart):
    """A bucket as a website."""

    token = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",)
    title = "S3 Bucket Website Configuration"
    put, get = "put_bucket_website", "get_bucket_website"
    remove, body = "delete_bucket_website", "WebsiteConfiguration"
    absent = frozenset({"NoSuchWebsiteConfiguration"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            **FORM.fields,
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
            "routingRuleDetails": document(computed=True),
            "websiteDomain": text(output=True),
            "websiteEndpoint": text(output=True),
        }
    )

    def to_body(self, inputs: Props) -> Any:
        wanted = FORM.to_aws(inputs)
        if inputs.get("routingRuleDetails"):
            wanted["RoutingRules"] = json.loads(inputs["routingRuleDetails"])
        return {key: value for key, value in wanted.items() if value}

    def from_body(self, answer: Props) -> Props:
        found: Props = FORM.from_aws(answer)
        rules = answer.get("RoutingRules")
        return {**found, "routingRuleDetails": json.dumps(rules)} if rules else found

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        found = super().read(session, identity, state)
        if found is not None:
            domain = website_domain(state.get("region") or session.region, session.dns_suffix)
            found.update(websiteDomain=domain, websiteEndpoint=f"{found['bucket']}.{domain}")
        return found
