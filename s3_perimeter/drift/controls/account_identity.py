"""The credentials belong to the stack's account."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.declared import Account
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Severity


def judge(account: Account, view: View) -> Iterator[Difference]:
    """In another account nothing of the stack is to be seen, which says nothing about the stack."""
    observed = (view(sts.caller()) or {}).get("Account")
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
    lets="Nothing: it keeps a check made with the wrong credentials from reading as an answer.",
    reads=lambda _: [sts.caller()],
    judge=judge,
)
