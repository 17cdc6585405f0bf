"""The user has no undeclared MFA device."""

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
    id="user-mfa",
    title="the user has no undeclared MFA device",
    severity=Severity.MEDIUM,
    impact="With a device of their own, somebody else satisfies policies that require MFA.",
    reads=lambda user: [iam.mfa_devices(user.name)],
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    """Yield every device that the stack does not declare; only virtual devices can be declared."""
    declared = {part.text("arn") or part.id for part in context.of("iam/virtualMfaDevice")}
    devices = (context(iam.mfa_devices(user.name)) or {}).get("MFADevices", ())
    yield from unmanaged(
        {device["SerialNumber"] for device in devices} - declared,
        Severity.MEDIUM,
        lambda serial: f"the holder of {serial} can satisfy MFA as {user.name}",
        lambda serial: f"aws iam deactivate-mfa-device --user-name {user.name} --serial-number {serial}",
    )
