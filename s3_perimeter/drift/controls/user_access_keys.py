"""The user has exactly the declared access keys, in the declared state."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import mend, unmanaged
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    listed = (view(iam.access_keys(user.name)) or {}).get("AccessKeyMetadata", ())
    observed = {key["AccessKeyId"]: key.get("Status", "Active") for key in listed}
    declared = {part.id: part.text("status") or "Active" for part in user.of("iam/accessKey")}
    yield from unmanaged(
        set(observed) - set(declared),
        Severity.CRITICAL,
        lambda key: f"whoever made access key {key} can act as {user.name}",
        lambda key: f"aws iam delete-access-key --user-name {user.name} --access-key-id {key}",
    )
    for key, status in sorted(declared.items()):
        if key not in observed:
            yield Difference(
                Kind.MISSING,
                Severity.MEDIUM,
                key,
                None,
                f"access key {key} of {user.name} is gone: whoever works with it is refused",
                mend(view),
            )
        elif observed[key] != status:
            yield Difference(
                Kind.CHANGED,
                Severity.MEDIUM,
                status,
                observed[key],
                f"access key {key} of {user.name} was made {observed[key].lower()}: "
                + ("it works again" if observed[key] == "Active" else "whoever works with it is refused"),
                f"aws iam update-access-key --user-name {user.name} --access-key-id {key} --status {status}",
            )


CONTROL = Control(
    id="user-access-keys",
    title="the user has exactly the declared access keys, in the declared state",
    scope="user",
    severity=Severity.CRITICAL,
    lets="A second key is a second person acting under the user's name; rotating the first does not stop it.",
    reads=lambda user: [iam.access_keys(user.name)],
    judge=judge,
)
