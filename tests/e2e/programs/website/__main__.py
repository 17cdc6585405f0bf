"""A public website, as an older page on website buckets builds it: the bucket's own arguments open it."""

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket(
    "site", bucket="acme-website", acl="public-read", website={"index_document": "index.html"}
)
aws.s3.BucketOwnershipControls("site", bucket=bucket.id, rule={"object_ownership": "ObjectWriter"})
aws.s3.BucketPublicAccessBlock("site", bucket=bucket.id, block_public_acls=False)

pulumi.export("url", bucket.website_endpoint)
