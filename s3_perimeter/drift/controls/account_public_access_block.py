"""The account's public-access block is as declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.controls.bucket_public_access_block import SWITCHES, switched_on
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Account
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Difference, Severity


def reads(account: Account) -> Iterable[Call]:
    return [s3control.account_block(account.door)] if account.door else []


def judge(account: Account, view: View) -> Iterator[Difference]:
    """Compared where the stack declares it: the account's block is rarely one stack's business."""
    part = next(view.declared.state.of("s3/accountPublicAccessBlock"), None)
    if account.door is None:
        return
    answer = view(s3control.account_block(account.door))
    if part is None:
        return
    observed = switched_on(answer and answer.get("PublicAccessBlockConfiguration"))
    declared = [name for name, given in SWITCHES.items() if part.get(given) is True]
    off = [name for name in declared if name not in observed]
    if off:
        yield changed(
            Severity.CRITICAL,
            declared,
            observed if answer else None,
            f"switched off for the whole account: {', '.join(off)}; any bucket can be made public",
            mend(view),
        )


CONTROL = Control(
    id="account-public-access-block",
    title="the account's public-access block is as declared",
    scope="account",
    severity=Severity.CRITICAL,
    lets="It is the last thing between a mistaken policy on any bucket of the account and the internet.",
    reads=reads,
    judge=judge,
)
