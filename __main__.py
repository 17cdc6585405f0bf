"""The Pulumi program: stack config -> spec -> component -> outputs."""

import pulumi

from s3_perimeter.components import PrivateBucket, stack_spec

spec = stack_spec()
private_bucket = PrivateBucket("private-bucket", spec)

pulumi.export("bucket", private_bucket.bucket)
pulumi.export("bucketArn", private_bucket.bucket_arn)
pulumi.export("region", private_bucket.region)
pulumi.export("logBucket", private_bucket.log_bucket)
pulumi.export("allowedNetworks", private_bucket.allowed_networks)
pulumi.export("users", private_bucket.users)
if spec.roles:
    pulumi.export("roles", private_bucket.roles)
pulumi.export("accessKeyIds", private_bucket.access_key_ids)
pulumi.export("secretAccessKeys", private_bucket.secret_access_keys)
pulumi.export("commands", private_bucket.commands)
