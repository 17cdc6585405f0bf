"""Every operation with which S3 reports something, and what answers for it: a control, or why none does.

The list is botocore's; a test compares it with the installed one, so that a new operation of S3 is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.permissions import calls_of

__all__ = ["UNASKED", "asked", "reading", "rows"]

READING: Final = ("Get", "List", "Head", "Describe")
"""How the operations begin that only report."""

_DATA: Final = "reads objects or their names, not how the bucket is set up"
_LISTED: Final = "one of what `{}` lists"
_OLDER: Final = "an older form of `{}`"
_OUTPOSTS: Final = "buckets on Outposts, which are another kind of bucket"
_DIRECTORY: Final = "directory buckets, which are another kind of bucket"
_GRANTED: Final = (
    "how access grants hand out credentials; each grant on the bucket is listed by `ListAccessGrants`"
)
_LENS: Final = (
    "Storage Lens of the whole account: sizes and counts, by prefix at most, and no way to an object"
)
_POINT: Final = "cannot be changed after an access point was made; every undeclared one is a finding"
_JOBS: Final = "a batch job acts as its role, which the bucket's policy restricts; it configures nothing"
_LAMBDA: Final = "an object-lambda access point that is not declared is a finding whatever its policy"

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
        "GetObjectAcl": "one object's ACL, which takes no effect while the bucket's owner owns every object "
        "(`bucket-ownership`)",
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
        "DescribeMultiRegionAccessPointOperation": "the progress of a change, not what is set up",
        "GetAccessGrant": _LISTED.format("ListAccessGrants"),
        "GetAccessGrantsInstance": _GRANTED,
        "GetAccessGrantsInstanceForPrefix": _GRANTED,
        "GetAccessGrantsInstanceResourcePolicy": "lets other accounts use the grants that there are; each "
        "grant on the bucket is listed by `ListAccessGrants`",
        "GetAccessGrantsLocation": _GRANTED,
        "GetAccessPoint": _POINT,
        "GetAccessPointForObjectLambda": _LAMBDA,
        "GetAccessPointPolicyForObjectLambda": _LAMBDA,
        "GetAccessPointPolicyStatus": "AWS's summary of the policy, which is compared itself",
        "GetAccessPointPolicyStatusForObjectLambda": _LAMBDA,
        "GetAccessPointScope": _DIRECTORY,
        "GetBucket": _OUTPOSTS,
        "GetBucketLifecycleConfiguration": _OUTPOSTS,
        "GetBucketPolicy": _OUTPOSTS,
        "GetBucketReplication": _OUTPOSTS,
        "GetBucketTagging": _OUTPOSTS,
        "GetBucketVersioning": _OUTPOSTS,
        "GetDataAccess": "hands out credentials; a check never asks for any",
        "GetJobTagging": _JOBS,
        "GetMultiRegionAccessPoint": _LISTED.format("ListMultiRegionAccessPoints"),
        "GetMultiRegionAccessPointPolicyStatus": "AWS's summary of the policy, which is compared itself",
        "GetMultiRegionAccessPointRoutes": "which of its buckets a request goes to, not who may make it",
        "GetStorageLensConfiguration": _LENS,
        "GetStorageLensConfigurationTagging": _LENS,
        "GetStorageLensGroup": _LENS,
        "ListAccessGrantsInstances": _GRANTED,
        "ListAccessGrantsLocations": _GRANTED,
        "ListAccessPointsForDirectoryBuckets": _DIRECTORY,
        "ListCallerAccessGrants": "only the grants of the caller",
        "ListJobs": _JOBS,
        "ListRegionalBuckets": _OUTPOSTS,
        "ListStorageLensConfigurations": _LENS,
        "ListStorageLensGroups": _LENS,
        "ListTagsForResource": "tags of access points, grants and Storage Lens groups, which no control "
        "compares",
    },
}
"""The operations that no control asks, and why not."""


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
