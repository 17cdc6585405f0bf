"""log-bucket-accepts-log-delivery: a log bucket lets S3's log delivery write, and only where it can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.declared.deployment import Bucket
from policies.declared.documents import Document, bucket_policies
from policies.declared.log_delivery import Delivery, deliveries
from policies.declared.values import UNKNOWN
from policies.judging.allow_list import partition
from policies.judging.assuming import LOG_DELIVERY
from policies.judging.context import Context
from policies.judging.rule import Rule, Violation, broken
from policies.rules.bucket_encrypted import algorithm, encryption_rules
from s3_perimeter import PolicyDocument, PolicyError
from s3_perimeter.semantics.evaluation import Decision, evaluate
from s3_perimeter.semantics.patterns import folded
from s3_perimeter.semantics.request import Channel, Principal, Request, arriving

# Stands in where a policy names no account: which one it is then makes no difference to the policy.
ANY_ACCOUNT: Final = "111122223333"


def _judge(context: Context) -> Iterator[Violation]:
    for delivery in deliveries(context.deployment):
        target = delivery.target
        if target is None or target is delivery.source:
            continue
        subject = f"log bucket {target.label}"
        documents = bucket_policies(target)
        if not documents:
            reason = f"it has no policy that lets {LOG_DELIVERY} write, so logs of {delivery.source.label} "
            "are lost"
            yield broken(target.urn, subject, reason, RULE.remedy)
        for document in documents:
            reason, fix = _refusal(delivery, target, document)
            if reason:
                yield broken(document.urn, subject, reason, fix)
        yield from _encryption(target, subject)


def _refusal(delivery: Delivery, target: Bucket, document: Document) -> tuple[str, str]:
    """Why the policy keeps this delivery's logs out, and the way out; both empty where it does not."""
    if document.text is None:
        return document.problem, document.fix
    if target.name is None or delivery.source.name is None or delivery.prefix is None:
        return (
            "the names of both buckets and the log prefix are not all known during preview",
            "give both buckets explicit names",
        )
    try:
        policy = PolicyDocument.parse(document.text)
    except PolicyError as error:
        return f"S3 would reject its policy: {error}", "mend the document"
    outcome = evaluate(policy, _log_object(policy, delivery, target))
    if outcome.decision is Decision.ALLOW and not outcome.undecided:
        return "", ""
    if outcome.decision is Decision.EXPLICIT_DENY:
        sid = outcome.matched[0].sid or f"number {outcome.matched[0].index + 1}"
        return (
            f"its policy denies {LOG_DELIVERY} the logs of {delivery.source.label} (statement {sid})",
            f"exempt the log service there: StringNotEquals aws:PrincipalServiceName {LOG_DELIVERY}",
        )
    return f"its policy does not surely let {LOG_DELIVERY} write logs of {delivery.source.label}", RULE.remedy


def _log_object(policy: PolicyDocument, delivery: Delivery, target: Bucket) -> Request:
    """The request with which S3 would deliver one log file."""
    where = partition(target)
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
    """The account that the policy expects logs from: a preview does not know the deployment's own."""
    named = {
        value
        for statement in policy.statements
        for condition in statement.conditions
        if folded(condition.key) == "aws:sourceaccount"
        for value in condition.values
    }
    return min(named, default=ANY_ACCOUNT)


def _encryption(target: Bucket, subject: str) -> Iterator[Violation]:
    """Log delivery writes to SSE-S3 buckets, and to KMS ones only where the key's policy lets it."""
    for urn, rule in encryption_rules(target):
        chosen = algorithm(rule)
        if chosen is not UNKNOWN and chosen not in (None, "AES256"):
            yield broken(
                urn,
                subject,
                f"its default encryption is `{chosen}`, under which logs can silently stop",
                "encrypt the log bucket with `AES256`",
            )


RULE: Final = Rule(
    id="log-bucket-accepts-log-delivery",
    severity="medium",
    description="Every log bucket's policy and encryption let S3's log delivery write the logs sent to it.",
    remedy=(
        f"allow {LOG_DELIVERY} `s3:PutObject` on the bucket's objects, with aws:SourceArn and "
        "aws:SourceAccount, as `perimeter.log_bucket_policy` does"
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
    judge=_judge,
)
