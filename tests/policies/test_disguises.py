"""Buckets that come in other clothes: Cloud Control, CloudFormation, other providers, other kinds of
buckets.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.rules import RULES
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import CONFIG

SEALING = "bucket-policy-denies-outside"
TEMPLATE = json.dumps({"Resources": {"Data": {"Type": "AWS::S3::Bucket"}}})
HARMLESS = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})

BUCKETS: dict[str, tuple[str, dict[str, Any]]] = {
    "cloud-control": ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::S3::Bucket"}),
    "cloud-control-policy": ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::S3::BucketPolicy"}),
    "cloud-control-unknown": ("aws:cloudcontrol/resource:Resource", {"typeName": UNKNOWN}),
    "extension": ("aws-native:index:ExtensionResource", {"type": "AWS::S3Express::DirectoryBucket"}),
    "template": ("aws:cloudformation/stack:Stack", {"templateBody": TEMPLATE}),
    "template-elsewhere": ("aws:cloudformation/stack:Stack", {"templateUrl": "https://example.com/t.json"}),
    "template-unknown": ("aws-native:cloudformation:Stack", {"templateBody": UNKNOWN}),
    "template-nested": (
        "aws:cloudformation/stackSet:StackSet",
        {"templateBody": "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n"},
    ),
    "directory-bucket": ("aws:s3/directoryBucket:DirectoryBucket", {"bucket": "data--apne1-az4--x-s3"}),
    "directory-bucket-native": ("aws-native:s3express:DirectoryBucket", {}),
    "table-bucket": ("aws:s3tables/tableBucket:TableBucket", {"name": "data"}),
    "outposts": ("aws:s3control/bucket:Bucket", {"bucket": "data"}),
    "lightsail": ("aws:lightsail/bucket:Bucket", {"name": "data"}),
    "cloud-control-product": (
        "aws:cloudcontrol/resource:Resource",
        {"typeName": "AWS::ServiceCatalog::CloudFormationProvisionedProduct"},
    ),
    "template-escaped": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": TEMPLATE.replace("Bucket", "\\u0042ucket")},
    ),
    "template-in-two-lines": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": 'Resources:\n  Data:\n    Type: "AWS::S3::\\\n      Bucket"\n'},
    ),
    "serverless-application": (
        "aws:serverlessrepository/cloudFormationStack:CloudFormationStack",
        {"applicationId": "arn:aws:serverlessrepo:us-east-1:111122223333:applications/x"},
    ),
    "product": ("aws:servicecatalog/provisionedProduct:ProvisionedProduct", {"name": "data"}),
    "cloud-control-by-terraform": ("awscc:index/s3Bucket:S3Bucket", {"bucketName": "data"}),
    "any-terraform-provider": ("aws:index/s3Bucket:S3Bucket", {"bucket": "data"}),
    "any-terraform-providers-policy": ("aws:index/s3BucketPolicy:S3BucketPolicy", {"bucket": "data"}),
}
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "cloud-control-queue": ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::SQS::Queue"}),
    "template-without": ("aws:cloudformation/stack:Stack", {"templateBody": HARMLESS}),
    "template-of-several-lines": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": json.dumps({"Description": 'two\n"lines" \u3042', "Resources": {}})},
    ),
    "another-cloud": ("gcp:storage/bucket:Bucket", {"name": "data"}),
}


def refused(kind: str, inputs: dict[str, Any], *, deploying: bool = False) -> set[str]:
    """The mandatory rules that refuse a program of this one resource."""
    found = judge(RULES, [Res(kind, "data", inputs)], config=CONFIG, deploying=deploying)
    return {each.rule for each in found if each.level == "MANDATORY"}


@pytest.mark.parametrize(("kind", "inputs"), BUCKETS.values(), ids=BUCKETS.keys())
@pytest.mark.parametrize("deploying", [False, True], ids=["preview", "up"])
def test_a_bucket_that_cannot_be_judged_is_refused(
    kind: str, inputs: dict[str, Any], deploying: bool
) -> None:
    """What is not seen is refused, never passed over."""
    assert SEALING in refused(kind, inputs, deploying=deploying)


@pytest.mark.parametrize(("kind", "inputs"), OTHERS.values(), ids=OTHERS.keys())
def test_what_makes_no_bucket_passes(kind: str, inputs: dict[str, Any]) -> None:
    """Nothing else of these services is touched."""
    assert not refused(kind, inputs)


@pytest.mark.parametrize("until", ["20991231", "2099-W01-1"])
def test_an_exemption_ends_on_a_plain_date(until: str) -> None:
    """Other forms of ISO 8601 are mistakes here as they are in the schema."""
    exempt = {SEALING: {"exemptions": [{"urn": "*", "reason": "for a while", "until": until}]}}
    program = [Res("aws:s3/bucket:Bucket", "data", {"bucket": "data"})]
    found = judge(RULES, program, config=CONFIG, pack_config=exempt)
    assert SEALING in {each.rule for each in found if each.level == "MANDATORY"}
