"""A PostgreSQL database, its password in Secrets Manager, and an alarm."""

import pulumi
import pulumi_aws as aws

password = pulumi.Output.secret("correct horse battery staple")
key = aws.kms.Key("database-key", description="for the database", enable_key_rotation=True)
secret = aws.secretsmanager.Secret("database-password", kms_key_id=key.arn)
aws.secretsmanager.SecretVersion("database-password", secret_id=secret.id, secret_string=password)
subnets = aws.rds.SubnetGroup("database-subnets", subnet_ids=["subnet-0a1b2c3d", "subnet-4e5f6a7b"])
database = aws.rds.Instance(
    "database",
    engine="postgres",
    engine_version="17",
    instance_class="db.t4g.micro",
    allocated_storage=20,
    db_subnet_group_name=subnets.name,
    username="app",
    password=password,
    storage_encrypted=True,
    kms_key_id=key.arn,
    skip_final_snapshot=True,
)
aws.cloudwatch.MetricAlarm(
    "database-alarm",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=2,
    metric_name="CPUUtilization",
    namespace="AWS/RDS",
    period=120,
    statistic="Average",
    threshold=80.5,
    dimensions={"DBInstanceIdentifier": database.identifier},
)
