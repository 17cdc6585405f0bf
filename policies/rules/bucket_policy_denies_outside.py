"""bucket-policy-denies-outside: every bucket's policy is proved to deny each request from outside the
allow-list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.declared import kinds
from policies.declared.deployment import Bucket
from policies.declared.disguises import disguised_buckets
from policies.declared.documents import Document, bucket_policies
from policies.declared.log_delivery import log_buckets
from policies.declared.single import more_than_one
from policies.declared.strays import strays
from policies.judging.allow_list import SEALING_RULE, NoAllowList, partition_note
from policies.judging.assuming import apart_from_log_delivery
from policies.judging.context import Context
from policies.judging.proofs import proof_of
from policies.judging.rule import Rule, Violation, broken
from s3_perimeter import PolicyDocument, PolicyError
from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof import Proof, prove


def _judge(context: Context) -> Iterator[Violation]:
    yield from disguised_buckets(context)
    yield from strays(context.deployment)
    logs = log_buckets(context.deployment)
    for bucket in context.deployment.buckets:
        documents = bucket_policies(bucket)
        if bucket.resource is not None and not documents:
            yield broken(
                bucket.urn,
                f"bucket {bucket.label}",
                "it has no bucket policy, so nothing denies requests from outside the allow-list",
                RULE.remedy,
            )
        yield from more_than_one(bucket, kinds.BUCKET_POLICY, "bucket policy", "policy")
        yield from _open(context, bucket, bucket.urn in logs)


def open_policies(context: Context) -> Iterator[Violation]:
    """The policies that seal neither a data bucket nor a log bucket."""
    for bucket in context.deployment.buckets:
        yield from _open(context, bucket, is_log_bucket=True)


def _open(context: Context, bucket: Bucket, is_log_bucket: bool) -> Iterator[Violation]:
    for document in bucket_policies(bucket):
        reason, fix = _problem(context, bucket, document, is_log_bucket)
        if reason:
            reason += partition_note(bucket, document.text)
            yield broken(document.urn, f"bucket {bucket.label}", reason, fix)


def _problem(context: Context, bucket: Bucket, document: Document, is_log_bucket: bool) -> tuple[str, str]:
    """Why this policy of the bucket is not proved, and the way out; both empty where it is."""
    listed = context.listed(bucket)
    if isinstance(listed, NoAllowList):
        return listed.problem, listed.fix
    if document.text is None:
        return document.problem, document.fix
    if bucket.name is None:
        return (
            "its name is not known during preview, so no ARN in its policy can be judged",
            "give the bucket an explicit name",
        )
    perimeter = listed.perimeter(bucket)
    try:
        if is_log_bucket:
            policy = apart_from_log_delivery(PolicyDocument.parse(document.text))
            proof = prove(policy, perimeter, now=context.now)
        else:
            proof = proof_of(document.text, perimeter, context.now)
    except PolicyError as error:
        return f"S3 would reject its policy: {error}", "mend the document"
    if proof.verdict == "proved":
        return "", ""
    if proof.escapes:
        return _escape(proof, listed.source)
    return f"its policy cannot be proved to deny requests from outside: {why_unknown(proof)}", RULE.remedy


def why_unknown(proof: Proof) -> str:
    """What kept a proof from an answer."""
    return "; ".join((*proof.unmodelled, *proof.undecided)) or "it uses what the proof does not model"


def _escape(proof: Proof, source: str) -> tuple[str, str]:
    """What is said of the mistakes that let requests in, a paragraph each, and how to correct them."""
    found = [f"its policy lets requests in from outside the allow-list of {source}"]
    for witnesses in proof.faults:
        witness = witnesses[0]
        origin = f"from {witness.source_ip}" if witness.source_ip else "without a source address"
        channels = ", ".join(each.channel.value for each in witnesses)
        keys = ", ".join(f"{key}={_told(value)}" for key, value in sorted(witness.context.items()))
        found.append(
            f"{witness.because}\n"
            f"request that gets in ({channels}): {witness.action} on {visible(witness.resource)} by "
            f"{witness.principal} {origin}{' (' + visible(keys) + ')' if keys else ''}"
        )
    fixes = dict.fromkeys(witnesses[0].fix for witnesses in proof.faults)
    return f"{found[0]}: " + "\n".join(found[1:]), "; ".join(fixes)


def _told(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "[" + ", ".join(value) + "]"


RULE: Final = Rule(
    id=SEALING_RULE,
    severity="critical",
    description="Every bucket's policy denies each request from outside the allow-list, whoever sends it.",
    remedy=(
        "give the bucket a policy with the explicit Deny that `perimeter.deny_statements` builds, or use the "
        "PrivateBucket component"
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
    judge=_judge,
    properties={
        "allowedNetworks": {
            "type": "array",
            "minItems": 1,
            "description": (
                "the allow-list for stacks whose own config has no `s3-perimeter:allowedNetworks`: "
                "networks in "
                "CIDR form, or objects {cidr, label, expires, owner}"
            ),
            "items": {"type": ["string", "object"]},
        },
        "allowedNetworksByBucket": {
            "type": "object",
            "description": (
                'allow-lists of single buckets, by a pattern of the bucket\'s name, such as {"exchange-*": '
                '["198.51.100.0/25"]}; they go before every other list, the longest pattern first'
            ),
            "additionalProperties": {"type": "array", "minItems": 1, "items": {"type": ["string", "object"]}},
        },
        "vpcEndpoints": {
            "type": "array",
            "description": "VPC endpoint ids that may come in beside the allow-list",
            "items": {"type": "string"},
        },
        "breakGlassPrincipals": {
            "type": "array",
            "description": "principal ARNs that may come in from anywhere",
            "items": {"type": "string"},
        },
        "trustAwsServices": {
            "type": "boolean",
            "description": "whether AWS service principals may come in",
        },
        "mustReach": {
            "type": "array",
            "description": "addresses or networks that must stay inside: the lock-out guard",
            "items": {"type": "string"},
        },
    },
)
