"""no-other-way-to-objects: nothing serves a bucket's objects to clients to whom its policy does not apply.

The bucket's policy applies only to the role of such a service. If the role has access, everybody whom the
service serves has it, from anywhere. docs/explanation/threat-model.md describes each of these services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..declared.deployment import Resource
from ..declared.templates import made_by
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

_FILES: Final = (
    "S3 Files shows the bucket's objects as files to whoever mounts it, and asks the bucket by its own role"
)
_LAMBDA: Final = (
    "an Object Lambda access point has a function read objects, and answers its callers in the bucket's place"
)
_FSX_DATA: Final = (
    "Amazon FSx copies the bucket's objects into a file system, whose clients never meet the bucket's policy"
)
_FSX_POINT: Final = (
    "an S3 access point in front of a file system answers S3 requests, and no bucket policy is behind it"
)
_DATASYNC: Final = "AWS DataSync copies the bucket's objects to another location by its own role"
_GATEWAY: Final = (
    "a file gateway shows the bucket's objects as files to its own clients, and asks by its own role"
)

_TRANSFER: Final = (
    "a server of AWS Transfer Family serves the bucket's objects to its own users, and asks by their roles"
)

_SERVING: Final = (
    (r"s3/files\w+|s3files/\w+", r"S3Files::\w+", _FILES),
    (r"s3control/objectLambda\w+|s3objectlambda/\w+", r"S3ObjectLambda::\w+", _LAMBDA),
    (r"fsx/dataRepositoryAssociation|fsx/fileCache", r"FSx::DataRepositoryAssociation", _FSX_DATA),
    (r"fsx/s3AccessPointAttachment", r"FSx::S3AccessPointAttachment", _FSX_POINT),
    (r"datasync/(s3Location|locationS3)", r"DataSync::LocationS3", _DATASYNC),
    (r"storagegateway/(nfs|smb)FileShare", r"StorageGateway::(NFS|SMB)FileShare", _GATEWAY),
    (r"transfer/server", r"Transfer::Server", _TRANSFER),
)
"""What serves objects: module and type in the aws provider's words, and in CloudFormation's, and how."""
_WAYS: Final = tuple(
    (
        re.compile(
            rf"[^:]+:({classic}):\w+|(aws-native|awscc):({formation.replace('::', ':')})", re.IGNORECASE
        ),
        re.compile(rf"\bAWS::({formation})\b"),
        reason,
    )
    for classic, formation, reason in _SERVING
)

_LUSTRE: Final = re.compile(r"[^:]+:fsx/lustreFileSystem:LustreFileSystem")
_LUSTRE_PATHS: Final = ("importPath", "exportPath")
_LUSTRE_MADE: Final = re.compile(r"\b(Import|Export)Path\b")
# A server that stores on Amazon EFS has no bucket; S3 is the default.
_ON_EFS: Final = re.compile(r"[\"']?\bDomain[\"']?\s*:\s*[\"']?EFS\b")


@rule(
    id="no-other-way-to-objects",
    severity="high",
    description="No file system, function, gateway or copying service serves a bucket's objects to clients "
    "to whom the bucket's policy does not apply.",
    remedy="remove it, so that its clients send their requests to S3, or exempt this resource with a reason",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for resource in context.deployment.resources:
        reason = _way(resource)
        if reason:
            yield broken(resource.urn, f"resource `{resource.name}`", reason, REMEDY)


def _way(resource: Resource) -> str | None:
    """Return how a resource, or what it has another service make, serves objects; None where it does not."""
    made = made_by(resource)
    if made is not None:
        return _made_way(made.types, made.properties)
    if _LUSTRE.fullmatch(resource.type):
        return _FSX_DATA if any(resource.declared.get(name) for name in _LUSTRE_PATHS) else None
    reason = next((reason for named, _, reason in _WAYS if named.fullmatch(resource.type)), None)
    return None if reason is _TRANSFER and resource.value("domain") == "EFS" else reason


def _made_way(types: str, properties: str) -> str | None:
    """Return the same for the types in a template, or the one that Cloud Control is asked for."""
    for _, formation, reason in _WAYS:
        if formation.search(types) and not (reason is _TRANSFER and _ON_EFS.search(properties)):
            return reason
    lustre = re.search(r"\bAWS::FSx::FileSystem\b", types) and _LUSTRE_MADE.search(properties)
    return _FSX_DATA if lustre else None
