"""no-other-way-to-objects: what else serves a bucket's objects is refused, by whichever provider."""

from __future__ import annotations

import json

import pytest

from policies.rules import no_other_way_to_objects
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import bucket

RULE = no_other_way_to_objects.judge

WAYS = {
    "aws:s3/filesFileSystem:FilesFileSystem": "S3 Files",
    "aws:s3/filesMountTarget:FilesMountTarget": "S3 Files",
    "aws:s3/filesAccessPoint:FilesAccessPoint": "S3 Files",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": "S3 Files",
    "aws-native:s3files:FileSystem": "S3 Files",
    "aws:s3control/objectLambdaAccessPoint:ObjectLambdaAccessPoint": "Object Lambda",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "Object Lambda",
    "aws-native:s3objectlambda:AccessPoint": "Object Lambda",
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": "Amazon FSx",
    "aws-native:fsx:DataRepositoryAssociation": "Amazon FSx",
    "aws:fsx/fileCache:FileCache": "Amazon FSx",
    "aws:fsx/s3AccessPointAttachment:S3AccessPointAttachment": "access point in front of a file system",
    "aws-native:fsx:S3AccessPointAttachment": "access point in front of a file system",
    "awscc:fsx/s3AccessPointAttachment:S3AccessPointAttachment": "access point in front of a file system",
    "aws:datasync/s3Location:S3Location": "DataSync",
    "aws-native:datasync:LocationS3": "DataSync",
    "aws:storagegateway/nfsFileShare:NfsFileShare": "file gateway",
    "aws:storagegateway/smbFileShare:SmbFileShare": "file gateway",
    "aws:transfer/server:Server": "Transfer Family",
    "aws-native:transfer:Server": "Transfer Family",
}


@pytest.mark.parametrize(("kind", "named"), WAYS.items(), ids=WAYS.keys())
def test_a_service_between_objects_and_their_readers_is_refused(kind: str, named: str) -> None:
    """Its clients never meet the bucket's policy."""
    (found,) = judge([RULE], [bucket(), Res(kind, "way", {})])
    assert named in found.message
    assert "resource `way`" in found.message


@pytest.mark.parametrize("path", ["importPath", "exportPath"])
def test_a_lustre_file_system_is_refused_where_it_is_linked_to_a_bucket(path: str) -> None:
    """One without such a link holds data of its own."""
    kind = "aws:fsx/lustreFileSystem:LustreFileSystem"
    assert judge([RULE], [bucket(), Res(kind, "lustre", {"storageCapacity": 1200})]) == []
    (found,) = judge([RULE], [bucket(), Res(kind, "lustre", {path: "s3://acme-data"})])
    assert "Amazon FSx" in found.message


MADE = {
    "AWS::S3Files::FileSystem": {},
    "AWS::S3ObjectLambda::AccessPoint": {},
    "AWS::FSx::DataRepositoryAssociation": {},
    "AWS::FSx::S3AccessPointAttachment": {},
    "AWS::FSx::FileSystem": {"LustreConfiguration": {"ImportPath": "s3://acme-data"}},
    "AWS::DataSync::LocationS3": {},
    "AWS::Transfer::Server": {"Domain": "S3", "Protocols": ["SFTP"]},
}


@pytest.mark.parametrize(("kind", "properties"), MADE.items(), ids=MADE.keys())
def test_what_cloudformation_and_cloud_control_make_counts_too(
    kind: str, properties: dict[str, object]
) -> None:
    """By the type that they are asked for."""
    template = {"Resources": {"Way": {"Type": kind, "Properties": properties}}}
    asked = (
        Res("aws:cloudformation/stack:Stack", "made", {"templateBody": json.dumps(template)}),
        Res(
            "aws:cloudcontrol/resource:Resource",
            "made",
            {"typeName": kind, "desiredState": json.dumps(properties)},
        ),
    )
    for resource in asked:
        assert len(judge([RULE], [bucket(), resource])) == 1


@pytest.mark.parametrize("kind", ["aws:transfer/server:Server", "aws-native:transfer:Server"])
def test_a_transfer_server_is_refused_unless_it_stores_on_efs(kind: str) -> None:
    """S3 is what it serves by default, and what a domain may turn out to be that is not known yet."""
    assert judge([RULE], [bucket(), Res(kind, "sftp", {"domain": "EFS"})]) == []
    for domain in ({}, {"domain": "S3"}, {"domain": UNKNOWN}):
        assert len(judge([RULE], [bucket(), Res(kind, "sftp", domain)])) == 1
    template = {"Resources": {"S": {"Type": "AWS::Transfer::Server", "Properties": {"Domain": "EFS"}}}}
    stack = Res("aws:cloudformation/stack:Stack", "made", {"templateBody": json.dumps(template)})
    assert judge([RULE], [bucket(), stack]) == []


HARMLESS = (
    "aws:s3/accessPoint:AccessPoint",
    "aws:s3control/accessPointPolicy:AccessPointPolicy",
    "aws:s3control/accessGrant:AccessGrant",
    "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint",
    "aws:fsx/windowsFileSystem:WindowsFileSystem",
    "aws:efs/fileSystem:FileSystem",
    "aws:efs/accessPoint:AccessPoint",
    "aws:datasync/task:Task",
    "aws:lambda/function:Function",
    "aws-native:fsx:FileSystem",
)


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_the_buckets_policy_still_stops_is_let_be(kind: str) -> None:
    """Every request through an access point or with a grant's credentials meets the bucket's Denies."""
    assert judge([RULE], [bucket(), Res(kind, "other", {})]) == []
