"""bucket-policy-allows-only-data: only to roles and break-glass principals is more allowed than data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from s3_perimeter import PolicyDocument, PolicyError
from s3_perimeter.documents.document import Statement

from ..declared.documents import Document, bucket_policies
from ..judging.allow_list import NoAllowList
from ..judging.context import Context
from ..judging.data_actions import beyond_data, harm_of
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

_ROLE: Final = re.compile(r"arn:[^:]+:(iam::\d{12}:role|sts::\d{12}:assumed-role)/")


@rule(
    id="bucket-policy-allows-only-data",
    severity="high",
    description=(
        "A bucket policy allows only S3's actions on data. Only to roles and break-glass principals may it "
        "allow actions that change the bucket."
    ),
    remedy=(
        "name the actions on data that are needed, such as `s3:GetObject`, or declare the principal in "
        "`breakGlassPrincipals`"
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        listed = context.listed(bucket)
        trusted = () if isinstance(listed, NoAllowList) else listed.settings.break_glass
        for document in bucket_policies(bucket, context.deployment):
            for reason, fix in _problems(document, frozenset(trusted)):
                yield broken(document.urn, f"bucket {bucket.label}", reason, fix)


def _problems(document: Document, trusted: frozenset[str]) -> Iterator[tuple[str, str]]:
    if document.text is None:
        yield document.problem, document.fix
        return
    try:
        policy = PolicyDocument.parse(document.text)
    except PolicyError as error:
        yield f"S3 would reject its policy: {error}", "correct the document"
        return
    for statement in policy.statements:
        if statement.effect == "Allow" and not _is_for(statement, trusted):
            reason = _too_much(statement)
            if reason:
                yield f"its policy allows {_whom(statement)} {reason}", REMEDY


def _is_for(statement: Statement, trusted: frozenset[str]) -> bool:
    """Whether the statement names nobody but these principals, who have the right to lift the fence, and
    roles, of which `role-least-privilege` judges those of people.
    """
    named = statement.principals
    others = named is None or named.everyone or named.service or named.federated or named.canonical_user
    if named is None or others or not named.aws:
        return False
    return all(one in trusted or _ROLE.match(one) for one in named.aws)


def _too_much(statement: Statement) -> str | None:
    """Return what the statement gives beyond data; None where it gives no more than that."""
    if statement.actions is None:
        return "everything but the actions that it names"
    for action in statement.actions:
        opener = beyond_data(action)
        if opener is not None:
            as_well = "" if opener.lower() == action.lower() else f", and with it `{opener}`"
            return f"`{action}`{as_well}, {harm_of(opener)}"
    return None


def _whom(statement: Statement) -> str:
    named = statement.principals
    if named is None:
        return "everybody but those that it names"
    if named.everyone:
        return "everybody"
    return ", ".join(
        f"`{one}`" for one in (*named.aws, *named.service, *named.federated, *named.canonical_user)
    )
