"""The bucket's policy means what is declared, and keeps the declared perimeter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import mend, on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.stack.state import SECRET

# What AWS shows in a policy for a principal that was deleted. IAM User Guide, "IAM identifiers".
_DELETED = re.compile(r"\b(AIDA|AROA)[A-Z0-9]{16,}\b")
_KINDS = {"AIDA": "user", "AROA": "role"}


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketPolicy")
    declared = (part.get("policy") if part else None) or bucket.inline("policy")
    observed = (view(s3.policy(bucket)) or {}).get("Policy")
    if declared is SECRET:
        raise UnknownError("the declared policy is a secret in the state")
    if declared is None:
        if observed is not None:
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                observed,
                "a policy was put on a bucket that declares none" + _deleted(observed),
                f"aws s3api delete-bucket-policy {on(bucket)}",
            )
    elif observed is None:
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            declared,
            None,
            "the policy is gone, and the fence with it: whoever has a key of the account, or a policy "
            "that allows "
            "the bucket, gets in from anywhere",
            mend(view),
        )
    else:
        yield from _compare(bucket, view, str(declared), str(observed))


def _compare(bucket: Bucket, view: View, declared: str, observed: str) -> Iterator[Difference]:
    """By meaning. The prover takes as long to import as many calls, so only a difference or a config asks it.

    Raises UnknownError where a document cannot be read.
    """
    try:
        same = compare_policies(declared, observed).equal
    except PolicyShapeError as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    meant = view.intent.perimeter if view.intent else None
    if same and (meant is None or meant.bucket != bucket.name):
        return
    from s3_perimeter.drift.controls.fence import changed, leaking

    if same and meant is not None:
        yield from leaking(declared, meant, view)
    elif not same:
        yield from changed(bucket, view, declared, observed, _deleted(observed))


def _deleted(observed: object) -> str:
    """Explain the ids that AWS shows in place of deleted principals."""
    found = sorted({match[0] for match in _DELETED.finditer(str(observed))})
    return "".join(f"; {name} is the id of a {_KINDS[name[:4]]} that was deleted" for name in found)


CONTROL = Control(
    id="bucket-policy",
    title="the bucket's policy means what is declared, and keeps the declared perimeter",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="The policy is the fence: whatever it no longer denies, any IAM policy or later statement can "
    "allow.",
    reads=lambda bucket: [s3.policy(bucket)],
    judge=judge,
)
