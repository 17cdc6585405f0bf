"""Operations of S3 that the emulator alone lacks or answers wrongly."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Aws
from tests.local.asking import code, fence


def policy(**changed: Any) -> str:
    """A policy document with one statement; a value of None leaves an element out."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::BUCKET/*",
        **changed,
    }
    kept = {key: value for key, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param("nonsense", "must be valid JSON", id="not JSON"),
        pytest.param("{}", "no `Statement`", id="no statement"),
        pytest.param(policy(Effect="deny"), "in exactly this case", id="effect in the wrong case"),
        pytest.param(policy(Principal=None), "neither `Principal`", id="no principal"),
        pytest.param(policy(Resource="arn:aws:s3:::another/*"), "invalid resource", id="another bucket"),
        pytest.param(policy(Action="sqs:SendMessage"), "invalid action", id="another service"),
        pytest.param(
            policy(Action="s3:GetObject", Resource="arn:aws:s3:::BUCKET"),
            "does not apply",
            id="object action",
        ),
        pytest.param(
            policy(Principal={"AWS": "arn:aws:iam::111122223333:user/nobody"}),
            "Invalid principal",
            id="nobody",
        ),
        pytest.param(policy(Condition={"StringEquals": {"aws:Referer": "x" * 21000}}), "size", id="too long"),
    ],
)
def test_a_malformed_bucket_policy_is_refused(aws: Aws, new_bucket: str, document: str, said: str) -> None:
    """S3's own error, with the reason; the bucket keeps the policy it had."""
    s3 = aws("s3")
    s3.put_bucket_policy(Bucket=new_bucket, Policy=fence(new_bucket))
    with pytest.raises(ClientError, match=said) as error:
        s3.put_bucket_policy(Bucket=new_bucket, Policy=document.replace("BUCKET", new_bucket))
    assert code(error) == "MalformedPolicy"
    assert s3.get_bucket_policy(Bucket=new_bucket)["Policy"] == fence(new_bucket)


def test_policy_status_distinguishes_public_from_not(aws: Aws, new_bucket: str) -> None:
    """An Allow to everyone is public, a Deny is not, and without a policy there is no status."""
    s3 = aws("s3")
    with pytest.raises(ClientError) as error:
        s3.get_bucket_policy_status(Bucket=new_bucket)
    assert code(error) == "NoSuchBucketPolicy"
    s3.delete_public_access_block(Bucket=new_bucket)
    for effect, public in (("Deny", False), ("Allow", True)):
        s3.put_bucket_policy(
            Bucket=new_bucket,
            Policy=policy(Effect=effect, Action="s3:GetObject").replace("BUCKET", new_bucket),
        )
        assert s3.get_bucket_policy_status(Bucket=new_bucket)["PolicyStatus"]["IsPublic"] is public


DESTINATION = {"S3BucketDestination": {"Bucket": "arn:aws:s3:::elsewhere", "Format": "CSV"}}
CONFIGURATIONS = [
    pytest.param(
        "inventory",
        {
            "Id": "all",
            "IsEnabled": True,
            "IncludedObjectVersions": "All",
            "Schedule": {"Frequency": "Daily"},
            "Destination": DESTINATION,
        },
        id="inventory",
    ),
    pytest.param(
        "analytics",
        {
            "Id": "all",
            "StorageClassAnalysis": {
                "DataExport": {"OutputSchemaVersion": "V_1", "Destination": DESTINATION}
            },
        },
        id="analytics",
    ),
    pytest.param("metrics", {"Id": "all"}, id="metrics"),
    pytest.param(
        "intelligent_tiering",
        {"Id": "all", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]},
        id="intelligent tiering",
    ),
]


@pytest.mark.parametrize(("kind", "given"), CONFIGURATIONS)
def test_configurations_are_kept_and_deleted_without_the_bucket(
    aws: Aws, new_bucket: str, kind: str, given: dict[str, Any]
) -> None:
    """Put, get, list and delete one; the bucket is still there, which the emulator alone would delete."""
    s3 = aws("s3")
    name = f"{kind.title().replace('_', '')}Configuration"
    operation = f"bucket_{kind}_configuration"
    getattr(s3, f"put_{operation}")(Bucket=new_bucket, Id="all", **{name: given})
    assert getattr(s3, f"get_{operation}")(Bucket=new_bucket, Id="all")[name] == given
    listed = getattr(s3, f"list_{operation}s")(Bucket=new_bucket)
    assert listed[f"{name}List"] == [given]
    getattr(s3, f"delete_{operation}")(Bucket=new_bucket, Id="all")
    with pytest.raises(ClientError) as error:
        getattr(s3, f"get_{operation}")(Bucket=new_bucket, Id="all")
    assert code(error) == "NoSuchConfiguration"
    s3.head_bucket(Bucket=new_bucket)


def test_an_operation_that_nobody_knows_is_refused(aws: Aws, new_bucket: str) -> None:
    """It neither lists nor deletes the bucket instead."""
    with pytest.raises(ClientError) as error:
        aws("s3").delete_bucket_metadata_table_configuration(Bucket=new_bucket)
    assert code(error) == "NotImplemented"
    aws("s3").head_bucket(Bucket=new_bucket)


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("list_bucket_inventory_configurations", id="a list of configurations"),
        pytest.param("get_bucket_abac", id="a configuration"),
        pytest.param("delete_bucket_metadata_table_configuration", id="an operation that nobody knows"),
        pytest.param("list_objects_v2", id="its objects"),
    ],
)
def test_a_bucket_that_is_not_there_is_reported(aws: Aws, operation: str) -> None:
    with pytest.raises(ClientError) as error:
        getattr(aws("s3"), operation)(Bucket=f"nowhere-{uuid.uuid4().hex[:8]}")
    assert code(error) == "NoSuchBucket"


def test_a_configuration_makes_no_bucket(aws: Aws) -> None:
    """A PUT of one for a bucket that is not there says so, and does not create the bucket."""
    s3, name = aws("s3"), f"nowhere-{uuid.uuid4().hex[:8]}"
    with pytest.raises(ClientError) as error:
        s3.put_bucket_metrics_configuration(Bucket=name, Id="all", MetricsConfiguration={"Id": "all"})
    assert code(error) == "NoSuchBucket"
    assert name not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def test_request_payment_is_read_back(aws: Aws, new_bucket: str) -> None:
    """What was put is what is got."""
    s3 = aws("s3")
    assert s3.get_bucket_request_payment(Bucket=new_bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=new_bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=new_bucket)["Payer"] == "Requester"


def test_blocked_sse_c_is_denied(aws: Aws, new_bucket: str) -> None:
    """A bucket whose encryption blocks SSE-C takes no object with a customer's key."""
    s3 = aws("s3")
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    s3.put_bucket_encryption(Bucket=new_bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    with pytest.raises(ClientError, match="SSE-C"):
        s3.put_object(
            Bucket=new_bucket, Key="a", Body=b"", SSECustomerAlgorithm="AES256", SSECustomerKey="0" * 32
        )


def test_the_account_has_a_public_access_block_of_its_own(aws: Aws, new_bucket: str) -> None:
    """It is kept, honored for a bucket without one, and gone when deleted."""
    control, s3, account = aws("s3control"), aws("s3"), "111122223333"
    with pytest.raises(ClientError) as error:
        control.get_public_access_block(AccountId=account)
    assert code(error) == "NoSuchPublicAccessBlockConfiguration"
    s3.delete_public_access_block(Bucket=new_bucket)
    blocks = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=blocks)
    try:
        found = control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
        assert found == blocks
        with pytest.raises(ClientError, match="BlockPublicPolicy"):
            s3.put_bucket_policy(
                Bucket=new_bucket,
                Policy=policy(Effect="Allow", Action="s3:GetObject").replace("BUCKET", new_bucket),
            )
    finally:
        control.delete_public_access_block(AccountId=account)


def test_access_points_are_listed_by_bucket(aws: Aws, new_bucket: str) -> None:
    """An access point made for a bucket shows up under it."""
    control = aws("s3control")
    control.create_access_point(AccountId="111122223333", Name="other-way", Bucket=new_bucket)
    listed = control.list_access_points(AccountId="111122223333", Bucket=new_bucket)["AccessPointList"]
    assert [each["Name"] for each in listed] == ["other-way"]
    control.delete_access_point(AccountId="111122223333", Name="other-way")


def test_attribute_based_access_and_metadata_configurations_are_kept(aws: Aws, new_bucket: str) -> None:
    """Off and absent at first, as on AWS; given back as they were put; gone after they are deleted."""
    s3 = aws("s3")
    assert s3.get_bucket_abac(Bucket=new_bucket)["AbacStatus"] == {"Status": "Disabled"}
    s3.put_bucket_abac(Bucket=new_bucket, AbacStatus={"Status": "Enabled"})
    assert s3.get_bucket_abac(Bucket=new_bucket)["AbacStatus"] == {"Status": "Enabled"}
    for ask in (s3.get_bucket_metadata_configuration, s3.get_bucket_metadata_table_configuration):
        with pytest.raises(ClientError) as error:
            ask(Bucket=new_bucket)
        assert code(error) == "MetadataConfigurationNotFound"
    s3.create_bucket_metadata_configuration(
        Bucket=new_bucket,
        MetadataConfiguration={
            "JournalTableConfiguration": {"RecordExpiration": {"Expiration": "DISABLED"}},
            "InventoryTableConfiguration": {"ConfigurationState": "ENABLED"},
        },
    )
    answer = s3.get_bucket_metadata_configuration(Bucket=new_bucket)["GetBucketMetadataConfigurationResult"]
    tables = answer["MetadataConfigurationResult"]
    assert tables["DestinationResult"]["TableBucketType"] == "aws"
    assert tables["InventoryTableConfigurationResult"]["ConfigurationState"] == "ENABLED"
    s3.delete_bucket_metadata_configuration(Bucket=new_bucket)
    with pytest.raises(ClientError):
        s3.get_bucket_metadata_configuration(Bucket=new_bucket)
