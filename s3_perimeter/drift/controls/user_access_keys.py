"""The user has exactly the declared access keys, in the declared state."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import redeploy, unmanaged
from s3_perimeter.drift.subjects import User
from s3_perimeter.stack.state import type_of

__all__ = ["judge"]

_ESC = "; no rotation by Pulumi ESC (`fn::rotate::aws-iam`) may do this: the stack declares this user's keys"


@control(
    about=User,
    id="user-access-keys",
    title="the user has exactly the declared access keys, in the declared state",
    severity=Severity.CRITICAL,
    impact="Whoever has a second key can act as the user, and rotating the first key does not end that.",
    reads=lambda user: [iam.access_keys(user.name)],
    parts=("iam/accessKey",),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    listed = (context(iam.access_keys(user.name)) or {}).get("AccessKeyMetadata", ())
    observed = {key["AccessKeyId"]: key.get("Status", "Active") for key in listed}
    declared = {part.id: part.text("status") or "Active" for part in user.of("iam/accessKey")}
    yield from unmanaged(
        set(observed) - set(declared),
        Severity.CRITICAL,
        lambda key: (
            f"the creator of access key {key} can act as {user.name}{_ESC}"
            + (", and `perimeter rotate` replaces them" if _rotated_by_us(user) else "")
        ),
        lambda key: f"aws iam delete-access-key --user-name {user.name} --access-key-id {key}",
    )
    for key, status in sorted(declared.items()):
        if key not in observed:
            yield Difference(
                Kind.MISSING,
                Severity.MEDIUM,
                key,
                None,
                f"access key {key} of {user.name} is gone: requests with it are denied",
                redeploy(context),
            )
        elif observed[key] != status:
            others = [each for each in declared if each != key and observed.get(each) == "Active"]
            yield Difference(
                Kind.CHANGED,
                Severity.MEDIUM,
                status,
                observed[key],
                f"access key {key} of {user.name} was made {observed[key].lower()}: "
                + ("it works again" if observed[key] == "Active" else "requests with it are denied"),
                _advice(user, key, status, context, rotating=bool(others)),
            )


def _advice(user: User, key: str, declared: str, context: Context, *, rotating: bool) -> str:
    """Return what to do about a key whose state differs: switching one on again is never the first thing to
    do.
    """
    if declared == "Inactive":
        return f"aws iam update-access-key --user-name {user.name} --access-key-id {key} --status Inactive"
    rotate = f"`perimeter rotate --stack {context.declared.reference} --user {user.name}`"
    if rotating:
        finish = rotate if _rotated_by_us(user) else "remove this key from the program and deploy that"
        return (
            f"if a rotation is under way, finish it: {finish} (`pulumi up --refresh` would activate the "
            "old key again); otherwise ask who deactivated it, and why"
        )
    other = rotate if _rotated_by_us(user) else "a new key in the program"
    return (
        "ask who deactivated it, and why: a key that may be stolen has to stay inactive. Replace it with "
        f"{other}, or activate it again with `{redeploy(context)}`"
    )


def _rotated_by_us(user: User) -> bool:
    """Return whether `perimeter rotate` knows the user: one of a PrivateBucket, not of another program."""
    from s3_perimeter.stack.people import USER_COMPONENT

    return user.resource is not None and type_of(user.resource.parent or "") == USER_COMPONENT
