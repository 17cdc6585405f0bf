"""The bucket's ACL grants nothing beyond its owner and what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.acl import EVERYBODY, declared_grants, grantee_of
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-acl",
    title="the bucket's ACL grants nothing beyond its owner and what is declared",
    severity=Severity.CRITICAL,
    impact="An ACL grants access to the bucket, or to its permissions, in addition to the policy.",
    reads=lambda bucket: [s3.acl(bucket)],
    parts=("s3/bucketAcl",),
    inline=("acl", "grants"),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    answer = context(s3.acl(bucket)) or {}
    owner = answer.get("Owner", {}).get("ID")
    declared = declared_grants(bucket)
    observed = {
        (grantee_of(grant["Grantee"]), grant["Permission"])
        for grant in answer.get("Grants", ())
        if grant["Grantee"].get("ID") is None or grant["Grantee"]["ID"] != owner
    }
    declared -= {(f"canonical user {owner}", permission) for _, permission in declared}
    for who, permission in sorted(observed - declared):
        yield Difference(
            Kind.UNMANAGED,
            Severity.CRITICAL if who in EVERYBODY else Severity.HIGH,
            None,
            {"grantee": who, "permission": permission},
            f"the ACL grants {permission} to {who}",
            f"aws s3api put-bucket-acl {on(bucket)} --acl private" if not declared else redeploy(context),
        )
    for who, permission in sorted(declared - observed):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            {"grantee": who, "permission": permission},
            None,
            f"the ACL no longer grants {permission} to {who}",
            redeploy(context),
        )
