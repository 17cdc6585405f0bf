"""Calls about the other ways to a bucket of the account: access points of every sort, access grants, the
account's block."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.facts import Answer, Call
from s3_perimeter.drift.subjects import Account, Bucket

__all__ = [
    "MULTI_REGION",
    "access_point_policy",
    "access_points",
    "account_block",
    "grants",
    "holding",
    "multi_region",
    "multi_region_policy",
    "object_lambda",
    "object_lambdas",
]

# Multi-region access points are asked about in this region only, wherever their buckets are.
MULTI_REGION = "us-west-2"


def _ask(
    bucket: Bucket | Account,
    operation: str,
    action: str,
    *absent: str,
    region: str | None = None,
    **params: str,
) -> Call:
    return Call(
        service="s3control",
        operation=operation,
        params=(("AccountId", bucket.account), *sorted(params.items())),
        action=f"s3:{action}",
        absent=frozenset(absent),
        region=region or bucket.region,
    )


def account_block(account: Account) -> Call:
    """Return the question for the account's block that is in force, whoever set it."""
    return _ask(
        account,
        "get_public_access_block",
        "GetAccountPublicAccessBlock",
        "NoSuchPublicAccessBlockConfiguration",
    )


def access_points(bucket: Bucket) -> Call:
    """Return the question for the access points on the bucket; it raises one for the policy of each."""

    def policies(answer: Answer) -> Iterable[Call]:
        return [access_point_policy(bucket, point["Name"]) for point in answer.get("AccessPointList", ())]

    call = _ask(bucket, "list_access_points", "ListAccessPoints", Bucket=bucket.name)
    return _with(call, policies)


def access_point_policy(bucket: Bucket, name: str) -> Call:
    def named(answer: Answer) -> Iterable[Call]:
        return iam.whose_ids(answer.get("Policy"))

    call = _ask(
        bucket, "get_access_point_policy", "GetAccessPointPolicy", "NoSuchAccessPointPolicy", Name=name
    )
    return _with(call, named)


def multi_region(bucket: Bucket) -> Call:
    """Return the question for the account's multi-region access points; it raises one for the policy of each
    that has this bucket.
    """

    def policies(answer: Answer) -> Iterable[Call]:
        return [multi_region_policy(bucket, point["Name"]) for point in holding(answer, bucket)]

    return _with(
        _ask(bucket, "list_multi_region_access_points", "ListMultiRegionAccessPoints", region=MULTI_REGION),
        policies,
    )


def holding(answer: Answer, bucket: Bucket) -> list[Answer]:
    """Return the listed multi-region access points that have this bucket behind them."""
    return [
        point
        for point in answer.get("AccessPoints", ())
        if any(region.get("Bucket") == bucket.name for region in point.get("Regions", ()))
    ]


def multi_region_policy(bucket: Bucket, name: str) -> Call:
    return _ask(
        bucket,
        "get_multi_region_access_point_policy",
        "GetMultiRegionAccessPointPolicy",
        "NoSuchAccessPointPolicy",
        region=MULTI_REGION,
        Name=name,
    )


def object_lambdas(bucket: Bucket) -> Call:
    """Return the question for the account's object-lambda access points; it raises one for each
    configuration, which names what it reads.
    """

    def configurations(answer: Answer) -> Iterable[Call]:
        return [
            object_lambda(bucket, point["Name"]) for point in answer.get("ObjectLambdaAccessPointList", ())
        ]

    return _with(
        _ask(bucket, "list_access_points_for_object_lambda", "ListAccessPointsForObjectLambda"),
        configurations,
    )


def object_lambda(bucket: Bucket, name: str) -> Call:
    return _ask(
        bucket,
        "get_access_point_configuration_for_object_lambda",
        "GetAccessPointConfigurationForObjectLambda",
        Name=name,
    )


def grants(bucket: Bucket) -> Call:
    """Return the question for every access grant of the account in the bucket's region; none if there is no
    grants instance.
    """
    return _ask(
        bucket,
        "list_access_grants",
        "ListAccessGrants",
        "AccessGrantsInstanceNotExistsError",
        "NoSuchAccessGrantsInstance",
    )


def _with(call: Call, then: Callable[[Answer], Iterable[Call]]) -> Call:
    return replace(call, then=then)
