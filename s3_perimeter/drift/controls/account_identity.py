"""The credentials belong to the stack's account."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Account

__all__ = ["judge"]


@control(
    about=Account,
    id="account-identity",
    title="the credentials belong to the stack's account",
    severity=Severity.MEDIUM,
    impact="Nothing by itself: it prevents a check with the wrong credentials from looking like a result.",
    reads=lambda _: [sts.caller()],
)
def judge(account: Account, context: Context) -> Iterator[Difference]:
    """Yield a difference if the credentials belong to another account, where nothing of the stack can be
    seen.
    """
    observed = (context(sts.caller()) or {}).get("Account")
    if account.id and observed != account.id:
        raise UnknownError(
            f"these credentials belong to account {observed}, and the stack is in {account.id}: use "
            "--profile or --role-arn"
        )
    yield from ()
