"""Every access key is in use, and used only for S3."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]

_EXPECTED = frozenset({"s3", "sts", "N/A"})


@control(
    about=User,
    id="user-access-key-use",
    title="every access key was used within the days of `--unused-for`, and only for S3",
    severity=Severity.LOW,
    impact="An unused key is a risk without a benefit; one that is used for another service is stolen or "
    "misused.",
    reads=lambda user: [iam.used_access_keys(user.name)],
    follows=lambda _: [iam.last_used("KEY")],
    parts=("iam/accessKey",),
    strict=True,
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    """Yield unused keys and keys used for other services. IAM records when, for which service and in which
    region a key was used last.
    """
    for key in (context(iam.used_access_keys(user.name)) or {}).get("AccessKeyMetadata", ()):
        name, made = key["AccessKeyId"], key.get("CreateDate")
        used = (context(iam.last_used(name)) or {}).get("AccessKeyLastUsed", {})
        when, service = used.get("LastUsedDate"), used.get("ServiceName", "N/A")
        if when is not None and service not in _EXPECTED:
            yield Difference(
                Kind.CHANGED,
                Severity.LOW,
                "s3",
                {"service": service, "region": used.get("Region"), "at": when.strftime("%Y-%m-%d")},
                f"access key {name} of {user.name} was last used for {service} in {used.get('Region')}, "
                f"on {when:%Y-%m-%d}: it is meant for S3",
                f"ask {user.name}; if it was somebody else: {_delete(user, name)}",
            )
            continue
        since = when or made
        if since is not None and context.now - since > context.limits.key_idle:
            days = (context.now - since).days
            observed = f"last used {days} days ago" if when else f"never used in {days} days"
            yield Difference(
                Kind.CHANGED,
                Severity.LOW,
                "in use",
                observed,
                f"access key {name} of {user.name} was {observed}",
                f"{f'ask {user.name}; if nobody needs it: ' if when else ''}{_delete(user, name)}",
            )


def _delete(user: User, name: str) -> str:
    return f"aws iam delete-access-key --user-name {user.name} --access-key-id {name}"
