"""The user has no undeclared signing certificate."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import unmanaged
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-signing-certificates",
    title="the user has no undeclared signing certificate",
    severity=Severity.HIGH,
    impact="A certificate signs requests as the user, and rotating access keys does not revoke it.",
    reads=lambda user: [iam.signing_certificates(user.name)],
    parts=("iam/signingCertificate",),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    listed = (context(iam.signing_certificates(user.name)) or {}).get("Certificates", ())
    declared = {part.text("certificateId") or part.id for part in user.of("iam/signingCertificate")}
    yield from unmanaged(
        {certificate["CertificateId"] for certificate in listed} - declared,
        Severity.HIGH,
        lambda name: f"the holder of the key of certificate {name} can sign requests as {user.name}",
        lambda name: f"aws iam delete-signing-certificate --user-name {user.name} --certificate-id {name}",
    )
