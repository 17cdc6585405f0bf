"""What a bucket's policy is proved against: the perimeter as it was declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from drift.controls.control import View
from drift.declared import Bucket
from perimeter.addresses import AddressError, AddressSet
from perimeter.document import PolicyDocument
from perimeter.fence import Perimeter
from perimeter.prove import Proof, Verdict, prove

# S3 delivers access logs as this principal, so the fence of a log bucket leaves it in.
_LOG_DELIVERY = ("logging.s3.amazonaws.com",)


@dataclass(frozen=True, slots=True)
class Fence:
    """A perimeter that the declared policy was proved to keep, with the services that it lets through."""

    perimeter: Perimeter
    services: tuple[str, ...]
    now: datetime

    def judge(self, policy: PolicyDocument) -> Proof:
        """Prove another policy against the same perimeter."""
        return prove(policy, self.perimeter, now=self.now, trusted_services=self.services)


def declared_fence(bucket: Bucket, declared: PolicyDocument, view: View) -> Fence | None:
    """The perimeter that the declared policy keeps: the config's, else what it says of addresses itself.

    None where the declared policy seals neither, so that there is nothing to hold an observed one against.
    """
    for perimeter in _candidates(bucket, declared, view):
        for services in ((), _LOG_DELIVERY):
            fence = Fence(perimeter, services, view.now)
            if fence.judge(declared).verdict is Verdict.PROVED:
                return fence
    return None


def _candidates(bucket: Bucket, declared: PolicyDocument, view: View) -> Iterator[Perimeter]:
    meant = view.intent.perimeter if view.intent else None
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
            account=view.declared.account.id or None,
            partition=bucket.arn.split(":")[1],
        )


def _addresses(policy: PolicyDocument) -> AddressSet | None:
    """The addresses that the policy's Denies leave out, by `NotIpAddress` on `aws:SourceIp`."""
    listed = [
        value
        for statement in policy.statements
        if statement.effect == "Deny"
        for condition in statement.conditions
        if condition.operator == "NotIpAddress" and condition.key.lower() == "aws:sourceip"
        for value in condition.values
    ]
    try:
        return AddressSet.parse(listed) if listed else None
    except AddressError:
        return None
