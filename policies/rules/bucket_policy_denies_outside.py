"""bucket-policy-denies-outside: every bucket's policy is proved to deny each request from outside the
allow-list.
"""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter import PolicyError
from s3_perimeter.fence import LOG_DELIVERY

from ..declared import kinds
from ..declared.deployment import Bucket, Deployment, Resource
from ..declared.documents import LEFT_OUT, Document, bucket_policies
from ..declared.log_delivery import log_buckets
from ..declared.origins import name_from, unnamed
from ..declared.unjudged_buckets import unjudged_buckets, why_unjudged
from ..judging.allow_list import NoAllowList
from ..judging.context import Context
from ..judging.proofs import partition_note, proof_of, what_gets_in, why_unknown
from ..judging.rule import REMEDY, Violation, broken, rule
from ..judging.single import more_than_one

__all__ = ["concerns", "judge", "judge_alone"]


@rule(
    id="bucket-policy-denies-outside",
    severity="critical",
    description="Every bucket's policy denies each request from outside the allow-list, whoever sends it.",
    remedy=(
        "give the bucket a policy with the explicit Deny that `s3_perimeter.deny_statements` builds, or use "
        "the PrivateBucket component"
    ),
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
    properties={
        "allowedNetworks": {
            "type": "array",
            "description": (
                "the allow-list for stacks whose own config has no `s3-perimeter:allowedNetworks`: networks "
                "in CIDR form, or objects {cidr, label, expires, owner}"
            ),
            "items": {"type": ["string", "object"]},
        },
        "allowedNetworksByBucket": {
            "type": "object",
            "description": (
                'allow-lists of single buckets, by a pattern of the bucket\'s name, such as {"exchange-*": '
                '["198.51.100.0/25"]}; they override every other list; the longest pattern applies'
            ),
            "additionalProperties": {"type": "array", "items": {"type": ["string", "object"]}},
        },
        "vpcEndpoints": {
            "type": "array",
            "description": (
                "VPC endpoints that are exempt from the allow-list: ids, or {organization: ID}, "
                "{account: ID} or {vpc: ARN} for all of their endpoints; with any, the list may be empty"
            ),
            "items": {"type": ["string", "object"]},
        },
        "breakGlassPrincipals": {
            "type": "array",
            "description": "ARNs of principals that are exempt from the allow-list",
            "items": {"type": "string"},
        },
        "trustAwsServices": {
            "type": "boolean",
            "description": "whether AWS service principals are exempt from the allow-list",
        },
        "mustReach": {
            "type": "array",
            "description": "addresses or networks that must stay allowed; a list without them is refused",
            "items": {"type": "string"},
        },
    },
)
def judge(context: Context) -> Iterator[Violation]:
    yield from _unjudged(context.deployment)
    yield from _without_provider(context.deployment)
    yield from _of_no_bucket(context.deployment)
    logs = log_buckets(context.deployment)
    for bucket in context.deployment.buckets:
        documents = bucket_policies(bucket, context.deployment)
        if bucket.resource is not None and not documents:
            yield broken(
                bucket.urn,
                f"bucket {bucket.label}",
                "it has no bucket policy, so nothing denies requests from outside the allow-list",
                REMEDY,
            )
        yield from more_than_one(bucket, kinds.BUCKET_POLICY, "bucket policy", "policy")
        yield from _open(context, bucket, bucket.urn in logs)


def concerns(resource: Resource) -> bool:
    """Whether the rule can judge this resource by itself."""
    kind = kinds.BUCKET_POLICY | kinds.BUCKET
    return resource.without_provider or resource.type in kind or why_unjudged(resource) is not None


def judge_alone(context: Context) -> Iterator[Violation]:
    """Yield what breaks the rule, as far as one resource alone shows it.

    Only the whole stack shows that a bucket has no policy at all, or is a log bucket. A policy alone has to
    meet only what both kinds of buckets require.
    """
    yield from _unjudged(context.deployment)
    yield from _without_provider(context.deployment)
    for bucket in context.deployment.buckets:
        yield from _open(context, bucket, is_log_bucket=True)


def _open(context: Context, bucket: Bucket, is_log_bucket: bool) -> Iterator[Violation]:
    for document in bucket_policies(bucket, context.deployment):
        reason, fix = _problem(context, bucket, document, is_log_bucket)
        if reason:
            reason += partition_note(bucket, document.text)
            yield broken(document.urn, f"bucket {bucket.label}", reason, fix)


def _problem(context: Context, bucket: Bucket, document: Document, is_log_bucket: bool) -> tuple[str, str]:
    """Return why this policy of the bucket is not proved, and the fix; both empty if it is proved."""
    listed = context.listed(bucket)
    if isinstance(listed, NoAllowList):
        return listed.problem, listed.fix
    if document.text is None:
        return document.problem, document.fix
    if bucket.name is None:
        return unnamed(bucket, context.deployment)
    perimeter = listed.perimeter(bucket)
    try:
        exempt = (LOG_DELIVERY,) if is_log_bucket else ()
        proof = proof_of(document.text, perimeter, context.now, exempt)
    except PolicyError as error:
        return f"S3 would reject its policy: {error}", "correct the document"
    if proof.verdict == "proved":
        return "", ""
    if proof.escapes:
        return what_gets_in(proof.faults, listed.where)
    return f"its policy cannot be proved to deny requests from outside: {why_unknown(proof)}", REMEDY


def _unjudged(deployment: Deployment) -> Iterator[Violation]:
    """Yield what is, or may create, a bucket or a bucket policy in a form that cannot be judged."""
    for resource, reason in unjudged_buckets(deployment):
        yield broken(
            resource.urn,
            f"resource `{resource.name}`",
            reason,
            "declare the bucket and its policy as resources of the `aws` or `aws-native` provider, with the "
            "template in the program where there is one, or exempt this resource with a reason",
        )


def _without_provider(deployment: Deployment) -> Iterator[Violation]:
    """Yield resources that have the type of an AWS resource, but are not created by its provider."""
    for resource in deployment.without_provider:
        yield broken(
            resource.urn,
            f"resource `{resource.name}`",
            f"it has the type `{resource.type}`, but no provider of that type creates it: it is a "
            "component, or `--target` leaves its provider out",
            "declare the resource itself, and give a component a type of its own",
        )


def _of_no_bucket(deployment: Deployment) -> Iterator[Violation]:
    """Yield policies of a bucket that is not known, and settings with a provider for another S3 than the
    bucket's.
    """
    for part in deployment.unplaced:
        if part.type in kinds.BUCKET_POLICY:
            reason, fix = (
                LEFT_OUT
                if part.left_out
                else name_from(
                    part,
                    "bucket",
                    deployment,
                    "its bucket is not known during preview",
                    "give the bucket an explicit name and use that name here",
                )
            )
            yield broken(part.urn, f"bucket policy `{part.name}`", reason, fix)
    for part in deployment.in_another_s3:
        yield broken(
            part.urn,
            f"resource `{part.name}`",
            f"it names the bucket `{part.value('bucket')}` of this deployment, but its provider does not "
            "certainly use the same S3: `endpoints` or the partition differ, or are not known",
            "declare it with the provider of its bucket",
        )
