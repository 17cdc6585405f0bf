"""A private S3 bucket that only the networks in the stack's config can reach."""

import pulumi

from s3_perimeter.components import PrivateBucket, stack_spec

private_bucket = PrivateBucket("private-bucket", stack_spec())

pulumi.export("bucket", private_bucket.bucket)
pulumi.export("allowedNetworks", private_bucket.allowed_networks)
pulumi.export("users", private_bucket.users)
pulumi.export("accessKeyIds", private_bucket.access_key_ids)
pulumi.export("secretAccessKeys", private_bucket.secret_access_keys)
