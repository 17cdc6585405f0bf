"""A private S3 bucket that only the networks in the stack's config can reach."""

import pulumi

from components import PrivateBucket, stack_settings

private_bucket = PrivateBucket.of_settings("private-bucket", stack_settings())

pulumi.export("bucket", private_bucket.bucket)
pulumi.export("allowedNetworks", private_bucket.allowed_networks)
pulumi.export("users", private_bucket.users)
pulumi.export("accessKeyIds", private_bucket.access_key_ids)
pulumi.export("secretAccessKeys", private_bucket.secret_access_keys)
