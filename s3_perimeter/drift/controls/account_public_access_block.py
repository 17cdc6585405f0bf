"""The account's public-access block is as declared, whoever sets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import organizations, s3control
from s3_perimeter.drift.facts import Unreadable
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.public_access_block import declared_on, switched_on
from s3_perimeter.drift.judging.words import changed, redeploy
from s3_perimeter.drift.subjects import Account

__all__ = ["judge"]


@control(
    about=Account,
    id="account-public-access-block",
    title="the account's public-access block is as declared",
    severity=Severity.CRITICAL,
    impact="It is the last protection against a mistaken policy that makes a bucket of the account public.",
    reads=lambda account: [s3control.account_block(account), organizations.storage_policy()],
    parts=("s3/accountPublicAccessBlock",),
)
def judge(account: Account, context: Context) -> Iterator[Difference]:
    """Yield the difference of the account's block, if the stack declares it: it is rarely one stack's
    business.

    S3 answers with the block in force. An S3 policy of the organization replaces the account's own block,
    which cannot be written while the policy is there.
    """
    answer = context(s3control.account_block(account))
    observed = switched_on(answer and answer.get("PublicAccessBlockConfiguration"))
    declared = [name for part in account.parts for name in declared_on(part)]
    off = [name for name in declared if name not in observed]
    more = [name for name in observed if name not in declared]
    if not off and not more:
        return
    source, fix = _source(context)
    if off:
        yield changed(
            Severity.CRITICAL,
            declared,
            observed if answer else None,
            f"switched off for the whole account{source}: {', '.join(off)}; any bucket can be made public",
            fix,
        )
    else:
        detail = f"switched on for the whole account beyond what is declared{source}: {', '.join(more)}"
        yield changed(Severity.LOW, declared, observed, detail, fix)


def _source(context: Context) -> tuple[str, str]:
    """Return who sets the block, where that is the organization, and what then puts it right."""
    fact = context.facts.fact(organizations.storage_policy())
    if isinstance(fact, Unreadable):
        return " (whether the organization sets it could not be read)", redeploy(context)
    policy = context(organizations.storage_policy())
    if policy is None or not _sets_the_block(policy):
        return "", redeploy(context)
    return (
        " by an S3 policy of the organization",
        "change the organization's S3 policy, or what the stack declares: while the policy is attached, the "
        "account's own block cannot be written",
    )


def _sets_the_block(answer: Any) -> bool:
    """Whether the organization's S3 policy sets the block (AWS Organizations User Guide, "Amazon S3 policy
    syntax and examples").
    """
    content = json.loads(answer["EffectivePolicy"].get("PolicyContent") or "{}")
    return "public_access_block_configuration" in content.get("s3_attributes", {})
