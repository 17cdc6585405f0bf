"""log-bucket-accepts-log-delivery: every log bucket accepts the logs that S3 delivers to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s3_perimeter import PolicyDocument, PolicyError
from s3_perimeter.fence import LOG_DELIVERY
from s3_perimeter.semantics.evaluation import Decision, evaluate
from s3_perimeter.semantics.request import Channel, Principal, Request, arriving

from ..declared.deployment import Bucket, Deployment
from ..declared.documents import Document, bucket_policies
from ..declared.encryption import algorithm, encryption_rules
from ..declared.log_delivery import Delivery, deliveries
from ..declared.origins import unnamed
from ..declared.values import UNKNOWN
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

# Stands in where a policy names no account: which one it is then makes no difference to the policy.
ANY_ACCOUNT: Final = "111122223333"


@rule(
    id="log-bucket-accepts-log-delivery",
    severity="medium",
    description=(
        "Every log bucket's policy and encryption allow S3's log delivery to write the logs sent to it."
    ),
    remedy=(
        f"allow {LOG_DELIVERY} `s3:PutObject` on the bucket's objects, with aws:SourceArn and "
        "aws:SourceAccount, as `s3_perimeter.log_bucket_policy` does"
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for delivery in deliveries(context.deployment):
        target = delivery.target
        if target is None or target is delivery.source:
            continue
        subject = f"log bucket {target.label}"
        documents = bucket_policies(target, context.deployment)
        if not documents:
            reason = (
                f"it has no policy that allows {LOG_DELIVERY} to write, so logs of "
                f"{_named(delivery.source)} are lost"
            )
            yield broken(target.urn, subject, reason, REMEDY)
        for document in documents:
            reason, fix = _refusal(delivery, target, document, context.deployment)
            if reason:
                yield broken(document.urn, subject, reason, fix)
        yield from _encryption(target, subject)


def _refusal(
    delivery: Delivery, target: Bucket, document: Document, deployment: Deployment
) -> tuple[str, str]:
    """Return why the policy keeps this delivery's logs out, and the way out; both empty where it does not."""
    if document.text is None:
        return document.problem, document.fix
    if target.name is None or delivery.source.name is None or delivery.prefix is None:
        return _unknown(delivery, target, deployment)
    try:
        policy = PolicyDocument.parse(document.text)
    except PolicyError as error:
        return f"S3 would reject its policy: {error}", "correct the document"
    outcome = evaluate(policy, _log_object(policy, delivery, target))
    if outcome.decision is Decision.ALLOW and not outcome.undecided:
        return "", ""
    if outcome.decision is Decision.EXPLICIT_DENY:
        sid = outcome.matched[0].sid or f"number {outcome.matched[0].index + 1}"
        return (
            f"its policy denies {LOG_DELIVERY} the logs of {_named(delivery.source)} (statement {sid})",
            f"exempt the log service there: StringNotEquals aws:PrincipalServiceName {LOG_DELIVERY}",
        )
    return (
        f"its policy does not certainly allow {LOG_DELIVERY} to write logs of {_named(delivery.source)}",
        REMEDY,
    )


def _unknown(delivery: Delivery, target: Bucket, deployment: Deployment) -> tuple[str, str]:
    """Return which of the two names and the prefix is not known, and how to make it known."""
    missing = {
        f"the name of {_named(bucket)}": unnamed(bucket, deployment)[1]
        for bucket in (target, delivery.source)
        if bucket.name is None
    }
    if delivery.prefix is None:
        missing["the prefix"] = "write the prefix (`targetPrefix`) in the program or in the stack's config"
    return (
        "the names of both buckets and the log prefix are not all known during preview; what is missing is "
        f"{' and '.join(missing)}",
        "; ".join(dict.fromkeys(missing.values())),
    )


def _named(bucket: Bucket) -> str:
    """Return a bucket in the middle of a sentence; the label of one that is not known needs the noun."""
    return bucket.label if bucket.resource or bucket.name else f"the bucket {bucket.label}"


def _log_object(policy: PolicyDocument, delivery: Delivery, target: Bucket) -> Request:
    """Return the request with which S3 would deliver one log file."""
    where = target.partition
    return arriving(
        Channel.AWS_SERVICE,
        Principal.of_service(LOG_DELIVERY),
        "s3:PutObject",
        f"arn:{where}:s3:::{target.name}/{delivery.prefix}2026-01-01-00-00-00-0123456789ABCDEF",
        context={
            "aws:SourceArn": f"arn:{where}:s3:::{delivery.source.name}",
            "aws:SourceAccount": _account(policy),
        },
    )


def _account(policy: PolicyDocument) -> str:
    """Return the account that the policy expects logs from: a preview does not know the deployment's own."""
    named = {
        value
        for statement in policy.statements
        for condition in statement.conditions
        if condition.name == "aws:sourceaccount"
        for value in condition.values
    }
    return min(named, default=ANY_ACCOUNT)


def _encryption(target: Bucket, subject: str) -> Iterator[Violation]:
    """Log delivery writes to SSE-S3 buckets, and to KMS ones only where the key's policy lets it."""
    for urn, declared in encryption_rules(target):
        chosen = algorithm(declared)
        if chosen is not UNKNOWN and chosen not in (None, "AES256"):
            yield broken(
                urn,
                subject,
                f"its default encryption is `{chosen}`, under which logs can silently stop",
                "encrypt the log bucket with `AES256`",
            )
