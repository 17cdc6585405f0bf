"""A bucket's policy against the perimeter as it was declared: the requests that a change allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from s3_perimeter.addresses import AddressError, AddressSet
from s3_perimeter.comparison import Comparison, compare
from s3_perimeter.documents.document import PolicyDocument, PolicyError
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.fence import LOG_DELIVERY, Perimeter, other_kind
from s3_perimeter.proof import Proof, Verdict, Witness
from s3_perimeter.theorem import prove

__all__ = ["changed", "leaking"]

# S3 delivers access logs as this principal, so the fence of a log bucket leaves it in.


@dataclass(frozen=True, slots=True)
class Fence:
    """A perimeter that the declared policy was proved to keep, with the services that it lets through."""

    perimeter: Perimeter
    services: tuple[str, ...]
    now: datetime

    def judge(self, policy: PolicyDocument) -> Proof:
        """Prove another policy against the same perimeter."""
        return prove(policy, self.perimeter, now=self.now, trusted_services=self.services)


def _declared_fence(bucket: Bucket, declared: PolicyDocument, context: Context) -> Fence | None:
    """Return the perimeter that the declared policy keeps: the config's, else what it says of addresses
    itself.

    None where the declared policy seals neither, so that there is nothing to hold an observed one against.
    """
    for perimeter in _candidates(bucket, declared, context):
        for services in ((), (LOG_DELIVERY,)):
            fence = Fence(perimeter, services, context.now)
            if fence.judge(declared).verdict is Verdict.PROVED:
                return fence
    return None


def _candidates(bucket: Bucket, declared: PolicyDocument, context: Context) -> Iterator[Perimeter]:
    meant = context.intent.perimeter if context.intent else None
    if meant is not None and meant.bucket == bucket.name:
        yield meant
    elif meant is not None:  # the log bucket, behind the same fence
        yield Perimeter(
            bucket=bucket.name,
            allowed=meant.allowed,
            account=meant.account,
            partition=meant.partition,
            vpc_endpoints=meant.vpc_endpoints,
            break_glass=meant.break_glass,
            trust_aws_services=meant.trust_aws_services,
            expiring=meant.expiring,
        )
    allowed = _addresses(declared)
    if allowed is not None:
        yield Perimeter(
            bucket=bucket.name,
            allowed=allowed,
            account=context.declared.account.id or None,
            partition=bucket.arn.split(":")[1],
        )


def _addresses(policy: PolicyDocument) -> AddressSet | None:
    """Return the addresses that the policy's Denies leave out, by `NotIpAddress` on `aws:SourceIp`."""
    listed = [
        value
        for statement in policy.statements
        if statement.effect == "Deny"
        for condition in statement.conditions
        if condition.operator == "NotIpAddress" and condition.name == "aws:sourceip"
        for value in condition.values
    ]
    try:
        return AddressSet.parse(listed) if listed else None
    except AddressError:
        return None


def changed(
    bucket: Bucket, context: Context, declared: str, observed: str, more: str
) -> Iterator[Difference]:
    """Yield the difference between two policies that do not read the same; none where no request shows it.

    Raises UnknownError where a document cannot be read, or the difference is too much work to decide.
    """
    problem = other_kind(bucket.name)
    if problem:
        raise UnknownError(problem)
    try:
        before, after = PolicyDocument.parse(declared), PolicyDocument.parse(observed)
    except PolicyError as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    partition = bucket.arn.split(":")[1]
    account = context.declared.account.id or None
    comparison = compare(before, after, bucket=bucket.name, account=account, partition=partition)
    if comparison.equal:
        return
    if comparison.undecided and not (comparison.opened or comparison.closed):
        reasons = "; ".join((*comparison.undecided, *comparison.unmodelled))
        raise UnknownError(f"the policy differs, and how could not be determined: {reasons}{more}")
    fence = _declared_fence(bucket, before, context)
    proof = fence.judge(after) if fence else None
    witness = next(iter((*comparison.opened, *(proof.escapes if proof else ()), *comparison.closed)), None)
    yield Difference(
        Kind.CHANGED,
        _severity(comparison, proof),
        declared,
        observed,
        _detail(comparison, proof) + more,
        redeploy(context),
        witness=_json(witness),
    )


def leaking(declared: str, meant: Perimeter, context: Context) -> Iterator[Difference]:
    """Yield a finding if the policy is as declared, but does not enforce the perimeter that the config asks
    for.
    """
    try:
        proof = prove(PolicyDocument.parse(declared), meant, now=context.now)
    except PolicyError as error:
        raise UnknownError(f"the policy cannot be read: {error}") from error
    if proof.escapes:
        yield Difference(
            Kind.CHANGED,
            Severity.CRITICAL,
            "sealed",
            proof.verdict.value,
            f"as declared, but it does not keep the perimeter: {proof.escapes[0].because}",
            proof.escapes[0].fix,
            witness=_json(proof.escapes[0]),
        )
    elif proof.verdict is Verdict.UNKNOWN:
        reasons = "; ".join((*proof.unmodelled, *proof.undecided))
        raise UnknownError(f"as declared; whether it keeps the perimeter could not be determined: {reasons}")


def _severity(comparison: Comparison, proof: Proof | None) -> Severity:
    """Return medium if nothing was opened, high if the fence is still proved, otherwise critical."""
    if not comparison.opened:
        return Severity.MEDIUM
    return Severity.HIGH if proof is not None and proof.verdict is Verdict.PROVED else Severity.CRITICAL


def _detail(comparison: Comparison, proof: Proof | None) -> str:
    said: list[str] = []
    if proof is not None and proof.escapes:
        said.append(f"requests from outside get through: {proof.escapes[0].because}")
    elif proof is not None and proof.verdict is Verdict.PROVED:
        said.append("requests from outside are still denied")
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
