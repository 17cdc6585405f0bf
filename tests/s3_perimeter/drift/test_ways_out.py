"""Newer ways into and out of a bucket, and aspects of older ones, judged on answers as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from s3_perimeter.drift.calls import s3, s3control, s3files
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Kind
from tests.s3_perimeter.drift.facts import ACCOUNT, BUCKET, REGION, findings, resource, state_of

FILES = f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system"
TABLES = f"arn:aws:s3tables:{REGION}:{ACCOUNT}:bucket/metadata"
OLDER = {
    "GetBucketMetadataTableConfigurationResult": {
        "MetadataTableConfigurationResult": {
            "S3TablesDestinationResult": {
                "TableBucketArn": TABLES,
                "TableName": "t",
                "TableArn": f"{TABLES}/table/1",
                "TableNamespace": "aws_s3_metadata",
            }
        },
        "Status": "ACTIVE",
    }
}


def newer(inventory: str = "DISABLED") -> dict[str, Any]:
    """The configuration of S3 Metadata as it is since July 2025."""
    result = {
        "DestinationResult": {"TableBucketType": "aws", "TableNamespace": "b_data"},
        "JournalTableConfigurationResult": {
            "TableStatus": "ACTIVE",
            "TableName": "journal",
            "RecordExpiration": {"Expiration": "DISABLED"},
        },
        "InventoryTableConfigurationResult": {"ConfigurationState": inventory},
    }
    return {"GetBucketMetadataConfigurationResult": {"MetadataConfigurationResult": result}}


def part(kind: str, **inputs: Any) -> dict[str, Any]:
    """A resource that configures the bucket."""
    name = kind[0].upper() + kind[1:]
    return resource(f"aws:s3/{kind}:{name}", "data", {"bucket": "data", **inputs})


METADATA = part(
    "bucketMetadataConfiguration",
    metadataConfiguration={"inventoryTableConfiguration": {"configurationState": "DISABLED"}},
)
TIERING = part(
    "bucketIntelligentTieringConfiguration",
    name="cold",
    tierings=[{"accessTier": "ARCHIVE_ACCESS", "days": 90}],
)
WEBSITE = part("bucketWebsiteConfiguration", indexDocument={"suffix": "index.html"})
SITE: dict[str, Any] = {"IndexDocument": {"Suffix": "index.html"}}
ELSEWHERE = [{"Redirect": {"HostName": "elsewhere.example"}}]
REPLICATION = part(
    "bucketReplicationConfig",
    rules=[
        {"status": "Enabled", "filter": {"prefix": "logs/"}, "destination": {"bucket": "arn:aws:s3:::copy"}}
    ],
)


def replicated(prefix: str) -> dict[str, Any]:
    rule = {"Status": "Enabled", "Filter": {"Prefix": prefix}, "Destination": {"Bucket": "arn:aws:s3:::copy"}}
    return {"ReplicationConfiguration": {"Role": "r", "Rules": [rule]}}


ROWS: list[Any] = [
    pytest.param(
        "bucket-metadata-tables",
        [],
        {s3.metadata(BUCKET): newer(), s3.metadata_table(BUCKET): None},
        "aws-s3",
        id="tables that nobody declared",
    ),
    pytest.param(
        "bucket-metadata-tables",
        [],
        {s3.metadata(BUCKET): None, s3.metadata_table(BUCKET): OLDER},
        TABLES,
        id="the older form",
    ),
    pytest.param(
        "bucket-metadata-tables",
        [],
        {s3.metadata(BUCKET): None, s3.metadata_table(BUCKET): None},
        None,
        id="no tables",
    ),
    pytest.param(
        "bucket-metadata-tables",
        [METADATA],
        {s3.metadata(BUCKET): newer(), s3.metadata_table(BUCKET): None},
        None,
        id="declared tables",
    ),
    pytest.param(
        "bucket-metadata-tables",
        [METADATA],
        {s3.metadata(BUCKET): newer("ENABLED"), s3.metadata_table(BUCKET): None},
        "other tables",
        id="an inventory table more",
    ),
    pytest.param(
        "bucket-metadata-tables",
        [METADATA],
        {s3.metadata(BUCKET): None, s3.metadata_table(BUCKET): None},
        "no longer kept",
        id="declared tables gone",
    ),
    pytest.param(
        "bucket-attribute-access",
        [],
        {s3.attribute_access(BUCKET): {"AbacStatus": {"Status": "Disabled"}}},
        None,
        id="tags do not count",
    ),
    pytest.param(
        "bucket-attribute-access",
        [],
        {s3.attribute_access(BUCKET): {"AbacStatus": {"Status": "Enabled"}}},
        "now count",
        id="tags count",
    ),
    pytest.param(
        "bucket-attribute-access",
        [part("bucketAbac", abacStatus={"status": "Enabled"})],
        {s3.attribute_access(BUCKET): {"AbacStatus": {"Status": "Disabled"}}},
        "no longer count",
        id="declared tags do not count",
    ),
    pytest.param(
        "bucket-acceleration",
        [],
        {s3.acceleration(BUCKET): {"Status": "Suspended"}},
        None,
        id="acceleration suspended",
    ),
    pytest.param(
        "bucket-acceleration",
        [],
        {s3.acceleration(BUCKET): {"Status": "Enabled"}},
        "second endpoint",
        id="accelerated",
    ),
    pytest.param(
        "bucket-acceleration",
        [part("bucketAccelerateConfiguration", status="Enabled")],
        {s3.acceleration(BUCKET): {}},
        "no longer answers",
        id="declared acceleration gone",
    ),
    pytest.param(
        "bucket-request-payment",
        [],
        {s3.request_payment(BUCKET): {"Payer": "Requester"}},
        "agrees to pay",
        id="the requester pays",
    ),
    pytest.param(
        "bucket-intelligent-tiering",
        [TIERING],
        {
            s3.tiering(BUCKET): {
                "IntelligentTieringConfigurationList": [
                    {
                        "Id": "cold",
                        "Status": "Enabled",
                        "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}],
                    }
                ]
            }
        },
        None,
        id="tiering as declared",
    ),
    pytest.param(
        "bucket-intelligent-tiering",
        [TIERING],
        {
            s3.tiering(BUCKET): {
                "IntelligentTieringConfigurationList": [
                    {
                        "Id": "cold",
                        "Status": "Enabled",
                        "Tierings": [{"Days": 180, "AccessTier": "DEEP_ARCHIVE_ACCESS"}],
                    }
                ]
            }
        },
        "other objects than declared",
        id="another tier",
    ),
    pytest.param(
        "bucket-file-systems",
        [],
        {
            s3files.file_systems(BUCKET): {
                "fileSystems": [
                    {
                        "fileSystemId": "fs-0123456789abcdef0",
                        "fileSystemArn": f"{FILES}/fs-0123456789abcdef0",
                        "creationTime": 0,
                        "bucket": "arn:aws:s3:::data",
                        "status": "available",
                        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/sync",
                        "ownerId": ACCOUNT,
                    }
                ]
            }
        },
        "role/sync",
        id="a file system",
    ),
    pytest.param("bucket-website", [WEBSITE], {s3.website(BUCKET): SITE}, None, id="a website as declared"),
    pytest.param(
        "bucket-website",
        [WEBSITE],
        {s3.website(BUCKET): {**SITE, "RoutingRules": ELSEWHERE}},
        "sent elsewhere",
        id="visitors redirected by a rule",
    ),
    pytest.param(
        "bucket-replication",
        [REPLICATION],
        {s3.replication(BUCKET): replicated("logs/")},
        None,
        id="replication as declared",
    ),
    pytest.param(
        "bucket-replication",
        [REPLICATION],
        {s3.replication(BUCKET): replicated("")},
        "by another rule",
        id="everything is copied in place of a prefix",
    ),
    pytest.param(
        "bucket-access-points",
        [part("accessPoint", name="spare")],
        {s3control.access_points(BUCKET): {"AccessPointList": []}},
        "spare is gone",
        id="a declared access point gone",
    ),
]


@pytest.mark.parametrize(("control", "declared", "answers", "said"), ROWS)
def test_a_documented_answer_is_judged_against_what_is_declared(
    control: str, declared: list[dict[str, Any]], answers: dict[Call, Any], said: str | None
) -> None:
    found = findings(control, state_of(*declared), answers)
    assert [one.kind is not Kind.UNKNOWN and said is not None and said in one.detail for one in found] == (
        [True] if said else []
    ), found


@pytest.mark.parametrize("given", [{"indexDocument": "index.html"}, {"indexDocument": "other.html"}])
def test_a_website_on_the_bucket_itself_is_compared(given: dict[str, Any]) -> None:
    """The old form, as an argument of the bucket."""
    state = state_of()
    bucket = next(state.of("s3/bucket"))
    bucket.inputs["website"] = given  # type: ignore[index]
    found = findings("bucket-website", state, {s3.website(BUCKET): SITE})
    assert len(found) == (given["indexDocument"] != "index.html")


def test_a_policy_of_an_access_point_that_is_a_resource_of_its_own_is_compared() -> None:
    document = '{"Version": "2012-10-17", "Statement": []}'
    arn = f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/spare"
    stack = (
        part("accessPoint", name="spare"),
        resource(
            "aws:s3control/accessPointPolicy:AccessPointPolicy",
            "spare",
            {"accessPointArn": arn, "policy": document},
        ),
    )
    answers: dict[Call, Any] = {
        s3control.access_points(BUCKET): {
            "AccessPointList": [
                {"Name": "spare", "NetworkOrigin": "Internet", "Bucket": "data", "AccessPointArn": arn}
            ]
        },
        s3control.access_point_policy(BUCKET, "spare"): {"Policy": document},
    }
    assert findings("bucket-access-points", state_of(*stack), answers) == []
