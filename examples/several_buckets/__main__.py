"""Two buckets behind one fence: each with people, encryption and a log bucket of its own."""

import pulumi

from s3_perimeter.components import PrivateBucket

# Where the policy pack looks for it too, to judge every bucket policy of the stack by.
networks = pulumi.Config("s3-perimeter").require_object("allowedNetworks")

reports = PrivateBucket(
    "reports",
    {
        "allowed_networks": networks,
        "users": [{"name": "alice"}, {"name": "bob", "access": ["list", "read"]}],
        "encryption": "aws:kms",
    },
)
exchange = PrivateBucket(
    "exchange",
    {
        "allowed_networks": networks,
        "users": [
            {"name": "carol"},
            # The partner sees nothing but what is below its prefix.
            {"name": "partner", "access": ["list", "read"], "prefix": "for-partner/"},
        ],
        "access_log_retention_days": 90,
    },
)

for name, bucket in {"reports": reports, "exchange": exchange}.items():
    pulumi.export(
        name,
        {"bucket": bucket.bucket, "users": bucket.users, "allowedNetworks": bucket.allowed_networks},
    )
    pulumi.export(f"{name}Keys", bucket.secret_access_keys)
