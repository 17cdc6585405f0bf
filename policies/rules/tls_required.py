"""tls-required: every bucket's policy denies each request that comes without TLS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, PolicyError
from s3_perimeter.documents.document import Condition, Statement
from s3_perimeter.documents.nodes import visible
from s3_perimeter.fence import other_kind
from s3_perimeter.theorem import prove

from ..declared.deployment import Bucket
from ..declared.documents import Document, bucket_policies
from ..declared.origins import unnamed
from ..judging.context import Context
from ..judging.proofs import partition_note, why_unknown
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]


@rule(
    id="tls-required",
    severity="high",
    description="Every bucket's policy denies each request without TLS.",
    remedy=(
        "add a Deny for everyone, `s3:*`, on the bucket and its objects, with "
        '`"Bool": {"aws:SecureTransport": "false"}`'
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        documents = bucket_policies(bucket, context.deployment)
        if bucket.resource is not None and not documents:
            yield broken(
                bucket.urn, f"bucket {bucket.label}", "it has no bucket policy that requires TLS", REMEDY
            )
        for document in documents:
            reason, fix = _problem(context, bucket, document)
            if reason:
                reason += partition_note(bucket, document.text)
                yield broken(document.urn, f"bucket {bucket.label}", reason, fix)


def _problem(context: Context, bucket: Bucket, document: Document) -> tuple[str, str]:
    """Return why plain HTTP is not surely denied, and the way out; both empty where it is."""
    if other_kind(bucket.name or ""):
        return "", ""  # what is no general purpose bucket is refused by the rule that has it sealed
    if document.text is None:
        return document.problem, document.fix
    if bucket.name is None:
        return unnamed(bucket, context.deployment)
    try:
        policy = PolicyDocument.parse(document.text)
    except PolicyError as error:
        return f"S3 would reject its policy: {error}", "correct the document"
    nobody = Perimeter(bucket=bucket.name, allowed=AddressSet.nothing(), partition=bucket.partition)
    proof = prove(_over_plain_http(policy), nobody, now=context.now)
    if proof.verdict == "proved":
        return "", ""
    if proof.escapes:
        witness = proof.escapes[0]
        return (
            f"its policy does not deny {witness.action} on {visible(witness.resource)} by "
            f"{visible(witness.principal)} over plain HTTP",
            REMEDY,
        )
    return f"its policy cannot be proved to deny plain HTTP: {why_unknown(proof)}", REMEDY


def _over_plain_http(policy: PolicyDocument) -> PolicyDocument:
    """Return the policy as it applies to requests without TLS: what is left of each Deny when that is
    settled.

    "Is plain HTTP denied?" is "does the policy deny everything, given plain HTTP?", and that is
    the question which a proof answers.
    """
    left = (_left(statement) for statement in policy.statements)
    return replace(policy, statements=tuple(statement for statement in left if statement is not None))


def _left(statement: Statement) -> Statement | None:
    """Return the statement without its conditions that hold over plain HTTP; None for a Deny with one that
    does not.
    """
    if statement.effect != "Deny":
        return statement
    settled = [(condition, _plain_http(condition)) for condition in statement.conditions]
    if any(holds is False for _, holds in settled):
        return None
    return statement._replace(conditions=tuple(each for each, holds in settled if holds is None))


def _plain_http(condition: Condition) -> bool | None:
    """Whether the condition holds for every request without TLS, or for none; None where it does not say.

    `aws:SecureTransport` is there in every request.
    """
    if condition.name != "aws:securetransport" or condition.qualifier is not None:
        return None
    if condition.operator == "Bool" and len(condition.values) == 1:
        return {"false": True, "true": False}.get(condition.values[0].lower())
    return None
