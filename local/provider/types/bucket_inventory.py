"""aws.s3.Inventory."""

from __future__ import annotations

from local.provider.properties import REGION, block, flag, table, text, unordered
from local.provider.types.bucket_named import BucketNamed
from local.provider.values import Props

DESTINATION = block(
    {
        "bucket": block(
            {
                "bucketArn": text(required=True, aws="Bucket"),
                "format": text(required=True),
                "accountId": text(),
                "encryption": block(
                    {
                        "sseKms": block({"keyId": text(required=True)}, aws="SSEKMS"),
                        "sseS3": block({}, aws="SSES3"),
                    }
                ),
                "prefix": text(),
            },
            required=True,
            aws="S3BucketDestination",
        )
    },
    required=True,
)


class Inventory(BucketNamed):
    """A list of the bucket's objects that S3 writes now and then."""

    token = "aws:s3/inventory:Inventory"  # noqa: S105
    title = "S3 Bucket Inventory"
    kind, body = "inventory", "InventoryConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "destination": DESTINATION,
            "includedObjectVersions": text(required=True),
            "schedule": block({"frequency": text(required=True)}, required=True),
            "enabled": flag(default=True),
            "filter": block({"prefix": text()}),
            "name": text(computed=True, replaces=True),
            "optionalFields": unordered(text()),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Props:
        prefix = (inputs.get("filter") or {}).get("prefix")
        return {
            "Destination": DESTINATION.to_aws(inputs["destination"]),
            "IncludedObjectVersions": inputs["includedObjectVersions"],
            "IsEnabled": inputs.get("enabled") is not False,
            "Schedule": {"Frequency": inputs["schedule"]["frequency"]},
            **({"Filter": {"Prefix": prefix}} if prefix else {}),
            **({"OptionalFields": inputs["optionalFields"]} if inputs.get("optionalFields") else {}),
        }

    def from_body(self, found: Props) -> Props:
        prefix = (found.get("Filter") or {}).get("Prefix")
        return {
            "destination": DESTINATION.from_aws(found["Destination"]),
            "includedObjectVersions": found["IncludedObjectVersions"],
            "enabled": found["IsEnabled"],
            "schedule": {"frequency": found["Schedule"]["Frequency"]},
            **({"filter": {"prefix": prefix}} if prefix else {}),
            **({"optionalFields": list(found["OptionalFields"])} if found.get("OptionalFields") else {}),
        }
