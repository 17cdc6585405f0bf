"""The bucket's policy means what is declared, and keeps the declared perimeter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from drift.calls import s3
from drift.controls.control import Control, View
from drift.controls.fence import declared_fence
from drift.controls.words import mend, on
from drift.declared import Bucket
from drift.facts import UnknownError
from drift.findings import Difference, Json, Kind, Severity
from drift.state import SECRET
from perimeter.compare import Comparison, compare
from perimeter.document import PolicyDocument, PolicyError
from perimeter.identity import PolicyShapeError, compare_policies
from perimeter.prove import Proof, Verdict, Witness, prove

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
    """By meaning, and proved again against the perimeter that the declared policy keeps.

    Raises UnknownError where a document cannot be read or the difference is too much work to decide.
    """
    try:
        before, after = PolicyDocument.parse(str(declared)), PolicyDocument.parse(str(observed))
        same = compare_policies(declared, observed).equal
    except (PolicyShapeError, PolicyError) as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    if same:
        yield from _leaks(bucket, view, before)
        return
    partition = bucket.arn.split(":")[1]
    account = view.declared.account.id or None
    comparison = compare(before, after, bucket=bucket.name, account=account, partition=partition)
    if comparison.equal:
        return
    if comparison.undecided and not (comparison.opened or comparison.closed):
        raise UnknownError(f"the policy differs, how is not decided: {'; '.join(comparison.undecided)}")
    fence = declared_fence(bucket, before, view)
    proof = fence.judge(after) if fence else None
    witness = next(iter((*comparison.opened, *(proof.escapes if proof else ()), *comparison.closed)), None)
    yield Difference(
        Kind.CHANGED,
        _severity(comparison, proof),
        str(declared),
        str(observed),
        _detail(comparison, proof) + _deleted(observed),
        mend(view),
        witness=_json(witness),
    )


def _leaks(bucket: Bucket, view: View, declared: PolicyDocument) -> Iterator[Difference]:
    """As declared, and yet not sealed: what the config asks for was never what the policy does."""
    meant = view.intent.perimeter if view.intent else None
    if meant is None or meant.bucket != bucket.name:
        return
    proof = prove(declared, meant, now=view.now)
    if proof.escapes:
        yield Difference(
            Kind.CHANGED,
            Severity.CRITICAL,
            "sealed",
            proof.verdict.value,
            f"as declared, and it does not keep the perimeter: {proof.escapes[0].because}",
            proof.escapes[0].fix,
            witness=_json(proof.escapes[0]),
        )


def _severity(comparison: Comparison, proof: Proof | None) -> Severity:
    """Critical where the fence leaks, or cannot be told to hold and something was opened."""
    if not comparison.opened:
        return Severity.MEDIUM
    return Severity.HIGH if proof is not None and proof.verdict is Verdict.PROVED else Severity.CRITICAL


def _detail(comparison: Comparison, proof: Proof | None) -> str:
    said: list[str] = []
    if proof is not None and proof.escapes:
        said.append(f"the fence leaks: {proof.escapes[0].because}")
    elif proof is not None and proof.verdict is Verdict.PROVED:
        said.append("the fence still holds")
    if comparison.opened:
        said.append(f"opened for {_networks(comparison.opened_networks)}: {comparison.opened[0].because}")
    if comparison.closed:
        said.append(f"closed for {_networks(comparison.closed_networks)}: {comparison.closed[0].because}")
    return "; ".join(said)


def _networks(cidrs: tuple[str, ...]) -> str:
    if {"0.0.0.0/0", "::/0"} <= set(cidrs):
        return "every address"
    more = f" and {len(cidrs) - 6} more networks" if len(cidrs) > 6 else ""
    return ", ".join(cidrs[:6]) + more if cidrs else "requests without an address"


def _json(witness: Witness | None) -> Json:
    return cast(Json, witness.as_json()) if witness else None


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
