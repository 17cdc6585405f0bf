"""The bucket's policy means what is declared, and keeps the declared perimeter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drift.calls import s3
from drift.controls.control import Control, View
from drift.controls.fence import declared_fence
from drift.controls.words import mend, on
from drift.declared import Bucket
from drift.facts import UnknownError
from drift.findings import Difference, Kind, Severity
from drift.state import SECRET
from perimeter.document import PolicyDocument, PolicyError
from perimeter.identity import IdentityComparison, PolicyShapeError, compare_policies
from perimeter.prove import Proof, Verdict

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
        yield from _compare(bucket, view, declared, observed)


def _compare(bucket: Bucket, view: View, declared: object, observed: object) -> Iterator[Difference]:
    """By meaning first; then the observed policy is proved against the perimeter of the declared one."""
    try:
        comparison = compare_policies(declared, observed)
        before, after = PolicyDocument.parse(_text(declared)), PolicyDocument.parse(_text(observed))
    except (PolicyShapeError, PolicyError) as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    if comparison.equal:
        return
    fence = declared_fence(bucket, before, view)
    proof = fence.judge(after) if fence else None
    witness = proof.escapes[0] if proof and proof.escapes else None
    yield Difference(
        Kind.CHANGED,
        _severity(comparison, proof),
        _text(declared),
        _text(observed),
        _detail(comparison, proof) + _deleted(observed),
        mend(view),
        witness=witness.as_json() if witness else None,  # type: ignore[arg-type]
    )


def _severity(comparison: IdentityComparison, proof: Proof | None) -> Severity:
    """Critical where the fence leaks, or cannot be told to hold and something was opened."""
    if proof is not None and proof.verdict is Verdict.PROVED:
        return Severity.HIGH if any(g.effect == "Allow" for g in comparison.opened) else Severity.MEDIUM
    return Severity.CRITICAL if comparison.opened else Severity.MEDIUM


def _detail(comparison: IdentityComparison, proof: Proof | None) -> str:
    said: list[str] = []
    if proof is not None and proof.escapes:
        said.append(f"the fence leaks: {proof.escapes[0].because}")
    if proof is not None and proof.lockouts:
        shut = ", ".join(network for lockout in proof.lockouts for network in lockout.networks)
        said.append(f"shut out now: {shut}")
    if proof is not None and proof.verdict is Verdict.PROVED and not proof.lockouts:
        said.append("the fence still holds")
    if comparison.opened:
        said.append(f"opened: {'; '.join(map(str, comparison.opened))}")
    if comparison.closed:
        said.append(f"closed: {'; '.join(map(str, comparison.closed))}")
    return "; ".join(said)


def _deleted(observed: object) -> str:
    """Explain the ids that AWS shows in place of deleted principals."""
    found = sorted({match[0] for match in _DELETED.finditer(str(observed))})
    return "".join(f"; {name} is the id of a {_KINDS[name[:4]]} that was deleted" for name in found)


def _text(document: object) -> str:
    return str(document)


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
