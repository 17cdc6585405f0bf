"""No access key is older than --key-age allows."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-access-key-age",
    title="no access key is older than `--key-age` allows",
    severity=Severity.LOW,
    impact="An old key has had time to be copied into places that nobody remembers.",
    reads=lambda user: [iam.access_keys(user.name)],
    parts=("iam/accessKey",),
    strict=True,
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    for key in (context(iam.access_keys(user.name)) or {}).get("AccessKeyMetadata", ()):
        made = key.get("CreateDate")
        if made is not None and context.now - made > context.limits.key_age:
            days, name = (context.now - made).days, key["AccessKeyId"]
            yield Difference(
                Kind.CHANGED,
                Severity.LOW,
                f"at most {context.limits.key_age.days} days",
                f"{days} days",
                f"access key {name} of {user.name} is {days} days old: long enough to have been copied "
                "somewhere",
                "rotate it: declare the second key slot, hand the key over, then remove the first one",
            )
