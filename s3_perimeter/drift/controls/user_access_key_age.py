"""No access key is older than the limit."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    for key in (view(iam.access_keys(user.name)) or {}).get("AccessKeyMetadata", ()):
        made = key.get("CreateDate")
        if made is not None and view.now - made > view.limits.key_age:
            days, name = (view.now - made).days, key["AccessKeyId"]
            yield Difference(
                Kind.CHANGED,
                Severity.LOW,
                f"at most {view.limits.key_age.days} days",
                f"{days} days",
                f"access key {name} of {user.name} is {days} days old: long enough to have been copied "
                "somewhere",
                "rotate it: declare the second key slot, hand the key over, then take the first one out",
            )


CONTROL = Control(
    id="user-access-key-age",
    title="no access key is older than the limit (--key-age)",
    scope="user",
    severity=Severity.LOW,
    lets="An old key has had time to be copied into places that nobody remembers.",
    reads=lambda user: [iam.access_keys(user.name)],
    judge=judge,
    strict=True,
)
