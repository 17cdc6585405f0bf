"""A data lake: Firehose writes to a bucket, Glue describes what is in it, Athena asks."""

import pulumi_aws as aws

lake = aws.s3.Bucket("lake", bucket="acme-data-lake")
aws.s3.BucketVersioning("lake", bucket=lake.bucket, versioning_configuration={"status": "Enabled"})
aws.s3.BucketPublicAccessBlock(
    "lake",
    bucket=lake.bucket,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
aws.kinesis.FirehoseDeliveryStream(
    "lake",
    destination="extended_s3",
    extended_s3_configuration={
        "role_arn": "arn:aws:iam::111122223333:role/firehose",
        "bucket_arn": lake.arn,
        "prefix": "events/",
        "buffering_interval": 60,
        "compression_format": "GZIP",
    },
)
catalog = aws.glue.CatalogDatabase("lake", name="events")
aws.glue.CatalogTable(
    "lake",
    database_name=catalog.name,
    name="events",
    table_type="EXTERNAL_TABLE",
    storage_descriptor={
        "location": lake.bucket.apply(lambda name: f"s3://{name}/events/"),
        "columns": [{"name": "id", "type": "string"}, {"name": "at", "type": "timestamp"}],
    },
)
aws.athena.Workgroup(
    "lake",
    configuration={
        "result_configuration": {"output_location": lake.bucket.apply(lambda name: f"s3://{name}/out/")}
    },
)
