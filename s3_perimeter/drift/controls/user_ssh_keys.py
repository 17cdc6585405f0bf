"""The user has no undeclared SSH key."""

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
    id="user-ssh-keys",
    title="the user has no undeclared SSH key",
    severity=Severity.MEDIUM,
    impact="An SSH key is a credential of the user that rotating access keys does not revoke.",
    reads=lambda user: [iam.ssh_keys(user.name)],
    parts=("iam/sshKey",),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    keys = (context(iam.ssh_keys(user.name)) or {}).get("SSHPublicKeys", ())
    declared = {part.text("sshPublicKeyId") or part.id for part in user.of("iam/sshKey")}
    yield from unmanaged(
        {key["SSHPublicKeyId"] for key in keys} - declared,
        Severity.MEDIUM,
        lambda key: f"the owner of SSH key {key} can use CodeCommit as {user.name}",
        lambda key: f"aws iam delete-ssh-public-key --user-name {user.name} --ssh-public-key-id {key}",
    )
