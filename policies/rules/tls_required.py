"""tls-required: every bucket's policy denies each request that comes without TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.declared.deployment import Bucket
from policies.declared.documents import Document, bucket_policies
from policies.judging.allow_list import partition, partition_note
from policies.judging.assuming import over_plain_http
from policies.judging.context import Context
from policies.judging.rule import Rule, Violation, broken
from policies.rules.bucket_policy_denies_outside import why_unknown
from s3_perimeter import AddressSet, Perimeter, PolicyDocument, PolicyError
from s3_perimeter.documents.nodes import visible
from s3_perimeter.fence import other_kind
from s3_perimeter.proof import prove


def _judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        documents = bucket_policies(bucket)
        if bucket.resource is not None and not documents:
            yield broken(
                bucket.urn, f"bucket {bucket.label}", "it has no bucket policy that asks for TLS", RULE.remedy
            )
        for document in documents:
            reason, fix = _problem(context, bucket, document)
            if reason:
                reason += partition_note(bucket, document.text)
                yield broken(document.urn, f"bucket {bucket.label}", reason, fix)


def _problem(context: Context, bucket: Bucket, document: Document) -> tuple[str, str]:
    """Why plain HTTP is not surely denied, and the way out; both empty where it is."""
    if other_kind(bucket.name or ""):
        return "", ""  # what is no general purpose bucket is refused by the rule that has it sealed
    if document.text is None:
        return document.problem, document.fix
    if bucket.name is None:
        return "its name is not known during preview", "give the bucket an explicit name"
    try:
        policy = PolicyDocument.parse(document.text)
    except PolicyError as error:
        return f"S3 would reject its policy: {error}", "mend the document"
    nobody = Perimeter(bucket=bucket.name, allowed=AddressSet.nothing(), partition=partition(bucket))
    proof = prove(over_plain_http(policy), nobody, now=context.now)
    if proof.verdict == "proved":
        return "", ""
    if proof.escapes:
        witness = proof.escapes[0]
        return (
            f"its policy lets {witness.action} on {visible(witness.resource)} by {witness.principal} in over "
            "plain HTTP",
            RULE.remedy,
        )
    return f"its policy cannot be proved to deny plain HTTP: {why_unknown(proof)}", RULE.remedy


RULE: Final = Rule(
    id="tls-required",
    severity="high",
    description="Every bucket's policy denies each request without TLS.",
    remedy=(
        "add a Deny for everyone, `s3:*`, on the bucket and its objects, with "
        '`"Bool": {"aws:SecureTransport": "false"}`'
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    judge=_judge,
)
