"""Every resource of the stack that is about S3, IAM or KMS is compared by some control."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Account

__all__ = ["judge"]


@control(
    about=Account,
    id="stack-coverage",
    title="every resource of the stack that is about S3, IAM or KMS is compared",
    severity=Severity.MEDIUM,
    impact="Nothing by itself: it prevents what this check cannot compare from being reported as in sync.",
    reads=lambda _: [],
)
def judge(account: Account, context: Context) -> Iterator[Difference]:
    """Yield each resource that no control compares as unknown, so that the stack is not in sync."""
    for resource in account.uncovered:
        yield Difference(
            Kind.UNKNOWN,
            Severity.MEDIUM,
            None,
            None,
            f"not checked: no control compares a resource of type {resource.type}, or it names nothing that "
            "can be checked",
            f"pulumi refresh --preview-only --stack {context.declared.reference}, or leave such resources "
            "out on purpose with --skip stack-coverage",
            resource=resource.urn or resource.type,
        )
