"""A public website, as the documentation of a website bucket builds it."""

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("site", bucket="acme-website")
aws.s3.BucketWebsiteConfiguration("site", bucket=bucket.id, index_document={"suffix": "index.html"})
ownership = aws.s3.BucketOwnershipControls(
    "site", bucket=bucket.id, rule={"object_ownership": "ObjectWriter"}
)
public = aws.s3.BucketPublicAccessBlock("site", bucket=bucket.id, block_public_acls=False)
aws.s3.BucketObject(
    "index.html",
    bucket=bucket.id,
    content="<h1>Hello</h1>",
    content_type="text/html",
    acl="public-read",
    opts=pulumi.ResourceOptions(depends_on=[ownership, public]),
)
