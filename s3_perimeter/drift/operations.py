"""Every read operation of S3, with the controls that call it, or the reason why none does.

A test compares the list with the installed botocore, so that a new operation of S3 is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.permissions import calls_of

__all__ = ["UNASKED", "asked", "reading", "rows"]

READING: Final = ("Get", "List", "Head", "Describe")
"""How the names of read operations begin."""

_DATA: Final = "reads objects or their names, not the bucket's configuration"
_LISTED: Final = "returns one of the items that `{}` lists"
_OLDER: Final = "an older form of `{}`"
_OUTPOSTS: Final = "is about buckets on Outposts, which are another kind of bucket"
_DIRECTORY: Final = "is about directory buckets, which are another kind of bucket"
_GRANTED: Final = (
    "shows how access grants give out credentials; `ListAccessGrants` lists each grant on the bucket"
)
_LENS: Final = (
    "is about Storage Lens, which reports sizes and counts of the whole account, and gives no access to "
    "objects"
)
_POINT: Final = (
    "shows what cannot change once an access point exists; every undeclared access point is a finding"
)
_JOBS: Final = (
    "is about batch jobs, which act as their role and configure nothing; the bucket's policy applies to the "
    "role"
)
_SUMMARY: Final = "returns AWS's summary of a policy, and the policy itself is compared"
_LAMBDA: Final = "every undeclared object-lambda access point is a finding, whatever its policy"

UNASKED: Final[dict[str, dict[str, str]]] = {
    "s3": {
        "GetBucketAnalyticsConfiguration": _LISTED.format("ListBucketAnalyticsConfigurations"),
        "GetBucketIntelligentTieringConfiguration": _LISTED.format(
            "ListBucketIntelligentTieringConfigurations"
        ),
        "GetBucketInventoryConfiguration": _LISTED.format("ListBucketInventoryConfigurations"),
        "GetBucketLifecycle": _OLDER.format("GetBucketLifecycleConfiguration"),
        "GetBucketMetricsConfiguration": _LISTED.format("ListBucketMetricsConfigurations"),
        "GetBucketNotification": _OLDER.format("GetBucketNotificationConfiguration"),
        "GetObject": _DATA,
        "GetObjectAcl": "returns one object's ACL, which has no effect while the bucket's owner owns "
        "every object (`bucket-ownership`)",
        "GetObjectAnnotation": _DATA,
        "GetObjectAttributes": _DATA,
        "GetObjectLegalHold": _DATA,
        "GetObjectRetention": _DATA,
        "GetObjectTagging": _DATA,
        "GetObjectTorrent": _DATA,
        "HeadBucket": "returns no more than `GetBucketLocation`",
        "HeadObject": _DATA,
        "ListDirectoryBuckets": _DIRECTORY,
        "ListMultipartUploads": _DATA,
        "ListObjectAnnotations": _DATA,
        "ListObjectVersions": _DATA,
        "ListObjects": _DATA,
        "ListObjectsV2": _DATA,
        "ListParts": _DATA,
    },
    "s3control": {
        "DescribeJob": _JOBS,
        "DescribeMultiRegionAccessPointOperation": "shows the progress of a change, not the configuration",
        "GetAccessGrant": _LISTED.format("ListAccessGrants"),
        "GetAccessGrantsInstance": _GRANTED,
        "GetAccessGrantsInstanceForPrefix": _GRANTED,
        "GetAccessGrantsInstanceResourcePolicy": "shows which accounts may use the existing grants; "
        "`ListAccessGrants` lists each grant on the bucket",
        "GetAccessGrantsLocation": _GRANTED,
        "GetAccessPoint": _POINT,
        "GetAccessPointForObjectLambda": _LAMBDA,
        "GetAccessPointPolicyForObjectLambda": _LAMBDA,
        "GetAccessPointPolicyStatus": _SUMMARY,
        "GetAccessPointPolicyStatusForObjectLambda": _LAMBDA,
        "GetAccessPointScope": _DIRECTORY,
        "GetBucket": _OUTPOSTS,
        "GetBucketLifecycleConfiguration": _OUTPOSTS,
        "GetBucketPolicy": _OUTPOSTS,
        "GetBucketReplication": _OUTPOSTS,
        "GetBucketTagging": _OUTPOSTS,
        "GetBucketVersioning": _OUTPOSTS,
        "GetDataAccess": "returns credentials, which a check never asks for",
        "GetJobTagging": _JOBS,
        "GetMultiRegionAccessPoint": _LISTED.format("ListMultiRegionAccessPoints"),
        "GetMultiRegionAccessPointPolicyStatus": _SUMMARY,
        "GetMultiRegionAccessPointRoutes": "shows which bucket a request goes to, not who may make it",
        "GetStorageLensConfiguration": _LENS,
        "GetStorageLensConfigurationTagging": _LENS,
        "GetStorageLensGroup": _LENS,
        "ListAccessGrantsInstances": _GRANTED,
        "ListAccessGrantsLocations": _GRANTED,
        "ListAccessPointsForDirectoryBuckets": _DIRECTORY,
        "ListCallerAccessGrants": "lists only the grants of the caller",
        "ListJobs": _JOBS,
        "ListRegionalBuckets": _OUTPOSTS,
        "ListStorageLensConfigurations": _LENS,
        "ListStorageLensGroups": _LENS,
        "ListTagsForResource": "returns tags of access points, grants and Storage Lens groups, which no "
        "control compares",
    },
}
"""The operations that no control calls, and why not."""


def asked(service: str) -> dict[str, tuple[str, ...]]:
    """Return the operations of a service that controls ask, each with the controls, in botocore's lower
    case.
    """
    found: dict[str, list[str]] = {}
    for control in CONTROLS:
        for call in calls_of(control):
            if call.service == service:
                names = found.setdefault(call.api.lower(), [])
                names += [control.id] if control.id not in names else []
    return {operation: tuple(names) for operation, names in found.items()}


def reading(service: str) -> list[str]:
    """Return the operations of the installed botocore that only report, sorted."""
    import botocore.session

    model = botocore.session.Session().get_service_model(service)
    return sorted(name for name in model.operation_names if name.startswith(READING))


def rows(operations: Iterable[str], service: str) -> Iterator[str]:
    """Yield a line of a table for each operation."""
    controls = asked(service)
    for operation in operations:
        names = controls.get(operation.lower(), ())
        answer = ", ".join(f"`{name}`" for name in names) or UNASKED[service].get(operation, "")
        yield f"| `{operation}` | {answer} |"
