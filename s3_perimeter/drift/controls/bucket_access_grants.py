"""No undeclared access grant covers the bucket."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.documents.identity import covers
from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-access-grants",
    title="no undeclared access grant covers the bucket",
    severity=Severity.HIGH,
    impact="S3 gives the grantee credentials for the scope, whatever that principal's own policies say.",
    reads=lambda bucket: [s3control.grants(bucket)],
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield undeclared grants. A scope is `s3://bucket/prefix*`; one of `s3://*` covers every bucket."""
    kinds = ("s3control/accessGrant", "aws-native:s3:AccessGrant")
    declared = {part.text("accessGrantId") or part.id for part in context.of(*kinds)}
    for grant in (context(s3control.grants(bucket)) or {}).get("AccessGrantsList", ()):
        scope, name = str(grant.get("GrantScope", "")), str(grant.get("AccessGrantId", ""))
        if name in declared or not covers(scope.removeprefix("s3://").partition("/")[0], bucket.name):
            continue
        grantee = grant.get("Grantee", {})
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            {"id": name, "scope": scope, "permission": grant.get("Permission"), "grantee": grantee},
            f"{grantee.get('GranteeIdentifier')} may {grant.get('Permission')} {scope} by an access grant",
            f"aws s3control delete-access-grant --account-id {bucket.account} --access-grant-id {name}",
        )
