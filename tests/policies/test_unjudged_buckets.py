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
    "vector-bucket": ("aws:s3/vectorsVectorBucket:VectorsVectorBucket", {"vectorBucketName": "data"}),
    "vector-bucket-native": ("aws-native:s3vectors:VectorBucket", {}),
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
    "any-terraform-providers-part": (
        "aws:index/s3BucketReplicationConfiguration:S3BucketReplicationConfiguration",
        {"bucket": "data"},
    ),
    "any-terraform-providers-website": (
        "aws:index/s3BucketWebsiteConfiguration:S3BucketWebsiteConfiguration",
        {"bucket": "data"},
    ),
    "renamed-terraform-provider": ("aws-fork:index/s3Bucket:S3Bucket", {"bucket": "data"}),
    "renamed-aws-provider": ("aws-fork:s3/bucket:Bucket", {"bucket": "data"}),
    "minio": ("minio:index/s3Bucket:S3Bucket", {"bucket": "data"}),
    "terraform-module": ("lake:tf:aws_s3_bucket", {"bucket": "data"}),
    "terraform-modules-policy": ("lake:tf:aws_s3_bucket_policy", {"bucket": "data"}),
    "terraform-modules-table-bucket": ("lake:tf:aws_s3tables_table_bucket", {"name": "data"}),
    "kubernetes-controller": ("kubernetes:s3.services.k8s.aws/v1alpha1:Bucket", {"spec": {}}),
    "crossplane": ("kubernetes:s3.aws.upbound.io/v1beta2:Bucket", {"spec": {}}),
    "crossplanes-policy": ("kubernetes:s3.aws.crossplane.io/v1alpha3:BucketPolicy", {"spec": {}}),
    "custom-resource": ("aws-native:index:CustomResourceEmulator", {"serviceToken": "arn"}),
    "template-elsewhere-and-here": (
        "aws:cloudformation/stack:Stack",
        {"templateUrl": "https://example.com/t.json", "templateBody": HARMLESS},
    ),
    "template-elsewhere-unknown": (
        "aws:cloudformation/stack:Stack",
        {"templateUrl": UNKNOWN, "templateBody": HARMLESS},
    ),
    "template-redacted": ("aws:cloudformation/stack:Stack", {"templateBody": "[secret]"}),
    "template-object": ("aws-native:cloudformation:Stack", {"templateBody": json.loads(TEMPLATE)}),
    "template-object-unknown": (
        "aws-native:cloudformation:Stack",
        {"templateBody": {"Resources": {"Data": {"Type": UNKNOWN}}}},
    ),
    **{
        f"template-line-ends-{name}": (
            "aws:cloudformation/stack:Stack",
            {"templateBody": f'Resources:\n  Data:\n    Type: "AWS::S3::\\{end}      Bucket"\n'},
        )
        for name, end in {"cr": "\r", "cr-lf": "\r\n", "nel": "\x85", "ls": "\u2028"}.items()
    },
    **{
        f"template-with-{name}": (
            "aws:cloudformation/stack:Stack",
            {"templateBody": f"Resources:\n  Data:\n    Type: {kind}\n"},
        )
        for name, kind in {
            "base64": "!!binary QVdTOjpTMzo6QnVja2V0",
            "base64-in-full": "!<tag:yaml.org,2002:binary> QVdTOjpTMzo6QnVja2V0",
            "module": "Acme::Storage::Open::MODULE",
            "private-type": "Acme::Storage::Open",
            "custom-resource": "Custom::S3Bucket",
            "custom-resource-of-aws": "AWS::CloudFormation::CustomResource",
        }.items()
    },
    "template-transformed": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": json.dumps({"Resources": {}, "Transform": "AWS::Serverless-2016-10-31"})},
    ),
    "template-including": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": "Resources:\n  Fn::Transform: {Name: AWS::Include}\n"},
    ),
    "template-including-in-short": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": "Resources: !Transform {Name: AWS::Include}\n"},
    ),
    "any-terraform-providers-policy": ("aws:index/s3BucketPolicy:S3BucketPolicy", {"bucket": "data"}),
}
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "cloud-control-queue": ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::SQS::Queue"}),
    "template-without": ("aws:cloudformation/stack:Stack", {"templateBody": HARMLESS}),
    "template-of-several-lines": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": json.dumps({"Description": 'two\n"lines" \u3042', "Resources": {}})},
    ),
    "template-object-without": ("aws-native:cloudformation:Stack", {"templateBody": json.loads(HARMLESS)}),
    "template-of-a-firewall": (
        "aws:cloudformation/stack:Stack",
        {
            "templateBody": "Resources:\n  W:\n    Type: AWS::WAFv2::WebACL\n    Properties: {Rules: "
            "[{Statement: {ByteMatchStatement: {TextTransformations: [{Type: NONE}]}}}]}\n"
        },
    ),
    "template-of-machine-learning": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": "Resources:\n  M:\n    Type: AWS::Glue::MLTransform\n"},
    ),
    "template-with-a-script": (
        "aws:cloudformation/stack:Stack",
        {
            "templateBody": "Parameters:\n  S: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>'}\n"
            "Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData: |\n"
            "        curl -s \\\n          https://example.com/\\x41\n"
        },
    ),
    "own-component": ("acme:index:S3Bucket", {}),
    "own-component-with-a-module": ("acme:storage/bucket:PrivateBucket", {}),
    "terraform-module": ("net:tf:aws_vpc", {}),
    "terraform-module-of-another-cloud": ("lake:tf:google_storage_bucket", {}),
    "another-kubernetes-resource": ("kubernetes:apps/v1:Deployment", {"spec": {}}),
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


def test_a_template_at_a_url_is_not_the_one_that_was_deployed() -> None:
    """What the state holds of the last template says nothing of the declared one."""
    stack = Res(
        "aws:cloudformation/stack:Stack",
        "data",
        {"templateUrl": "https://example.com/t.json"},
        {"templateBody": HARMLESS},
    )
    (found,) = judge(RULES, [stack], config=CONFIG)
    assert "is at a URL, which the pack does not read, and may contain a bucket" in found.message


SET = Res("aws:cloudformation/stackSet:StackSet", "set", {"name": "set", "templateBody": HARMLESS})


@pytest.mark.parametrize(
    "instances",
    [
        Res("aws:cloudformation/stackInstances:StackInstances", "there", {"stackSetName": "set"}),
        Res("aws:cloudformation/stackSetInstance:StackSetInstance", "there", {"stackSetName": "set"}),
        Res(
            "aws:cloudformation/stackSetInstance:StackSetInstance",
            "there",
            {"stackSetName": UNKNOWN},
            links={"stackSetName": [SET.urn]},
        ),
    ],
    ids=["instances", "instance", "linked"],
)
def test_instances_of_a_stack_set_are_judged_by_its_template(instances: Res) -> None:
    """One declared here is judged here; what one made elsewhere holds nobody sees."""
    assert judge(RULES, [SET, instances], config=CONFIG) == []
    (found,) = judge(RULES, [instances], config=CONFIG)
    assert "its stack set is not declared here" in found.message


def test_a_terraform_module_is_judged_by_what_it_shows() -> None:
    """The module's own package names its resources; a module that shows none may make anything."""
    module = Res("net:index:Module", "net", {})
    assert judge(RULES, [module, Res("net:tf:aws_vpc", "vpc", {})], config=CONFIG) == []
    (found,) = judge(RULES, [module, Res("other:tf:aws_vpc", "vpc", {})], config=CONFIG)
    assert "Terraform module" in found.message


@pytest.mark.parametrize("until", ["20991231", "2099-W01-1"])
def test_an_exemption_ends_on_a_plain_date(until: str) -> None:
    """Other forms of ISO 8601 are mistakes here as they are in the schema."""
    exempt = {SEALING: {"exemptions": [{"urn": "*", "reason": "for a while", "until": until}]}}
    program = [Res("aws:s3/bucket:Bucket", "data", {"bucket": "data"})]
    found = judge(RULES, program, config=CONFIG, pack_config=exempt)
    assert SEALING in {each.rule for each in found if each.level == "MANDATORY"}
