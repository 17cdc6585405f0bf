"""A first bucket, as a getting-started page has it: nothing but a name in the program."""

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("my-bucket")

pulumi.export("bucket_name", bucket.id)
