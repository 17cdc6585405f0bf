"""The user has no undeclared service-specific credential."""

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
    id="user-service-credentials",
    title="the user has no undeclared service-specific credential",
    severity=Severity.MEDIUM,
    impact="It is a separate user name and password, which rotating access keys does not revoke.",
    reads=lambda user: [iam.service_credentials(user.name)],
    parts=("iam/serviceSpecificCredential",),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    listed = (context(iam.service_credentials(user.name)) or {}).get("ServiceSpecificCredentials", ())
    services = {item["ServiceSpecificCredentialId"]: item.get("ServiceName", "a service") for item in listed}
    declared = {
        part.text("serviceSpecificCredentialId") or part.id
        for part in user.of("iam/serviceSpecificCredential")
    }
    yield from unmanaged(
        set(services) - declared,
        Severity.MEDIUM,
        lambda name: f"the creator of {name} can sign in to {services[name]} as {user.name}",
        lambda name: (
            f"aws iam delete-service-specific-credential --user-name {user.name} "
            f"--service-specific-credential-id {name}"
        ),
    )
