"""Two fenced buckets in one stack: each with its own networks and people, each with a log bucket."""

import pulumi

from components import PrivateBucket

OFFICE = ["203.0.113.0/24", "2001:db8:1234::/48"]
PARTNER = ["198.51.100.0/25"]

reports = PrivateBucket(
    "reports",
    {
        "allowed_networks": OFFICE,
        "users": [{"name": "alice"}, {"name": "bob", "access": ["list", "read"]}],
        "encryption": "aws:kms",
    },
)
exchange = PrivateBucket(
    "exchange",
    {
        "allowed_networks": [*OFFICE, *PARTNER],
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
