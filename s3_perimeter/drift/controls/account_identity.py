"""The credentials belong to the stack's account."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import Account


def judge(account: Account, context: Context) -> Iterator[Difference]:
    """In another account nothing of the stack is to be seen, which says nothing about the stack."""
    observed = (context(sts.caller()) or {}).get("Account")
    if account.id and observed != account.id:
        raise UnknownError(
            f"these credentials are of account {observed}, the stack is in {account.id}: "
            "give --profile or --role-arn"
        )
    yield from ()


CONTROL = Control(
    id="account-identity",
    title="the credentials belong to the stack's account",
    scope="account",
    severity=Severity.MEDIUM,
    impact="Nothing: it keeps a check made with the wrong credentials from reading as an answer.",
    reads=lambda _: [sts.caller()],
    judge=judge,
)
