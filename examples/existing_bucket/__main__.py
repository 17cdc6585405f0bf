"""An existing bucket that is imported and gets the fence: see docs/how-to/adopt-an-existing-bucket.md."""

import pulumi

from s3_perimeter.components import PrivateBucket

config = pulumi.Config()
name = config.require("bucket")

adopted = PrivateBucket(
    "adopted",
    {
        "bucket_name": name,
        # Once the bucket is in the state: pulumi config set takeOver false
        "take_over": config.get_bool("takeOver", True),
        # The tags that the bucket has: an import must not change anything.
        "tags": config.get_object("tags", {}),
        "allowed_networks": pulumi.Config("s3-perimeter").require_object("allowedNetworks"),
        # What the bucket's policy allowed before, and should still allow from inside the allow-list.
        "additional_statements": [
            {
                "Sid": "PartnerReads",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{name}/shared/*",
            }
        ],
        "users": [],
    },
)

pulumi.export("bucket", adopted.bucket)
pulumi.export("policy", adopted.policy)
