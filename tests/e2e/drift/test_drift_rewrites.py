"""Rewrites that mean nothing are silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.e2e.drift.changes.mutation import ACCOUNT, Target, Undo, fence_of, new_version, sources
from tests.e2e.drift.world import World

pytestmark = pytest.mark.e2e
Document: TypeAlias = dict[str, Any]
REWRITES: list[tuple[str, Callable[[Target], Undo]]] = []


def bucket_policy(name: str, edit: Callable[[Document], Any]) -> None:
    """Enter a rewrite of the data bucket's policy."""

    def make(t: Target) -> Undo:
        before = t.s3.get_bucket_policy(Bucket=t.bucket)["Policy"]
        document = json.loads(before)
        document = edit(document) or document
        t.s3.put_bucket_policy(Bucket=t.bucket, Policy=json.dumps(document))
        return lambda: t.s3.put_bucket_policy(Bucket=t.bucket, Policy=before)

    REWRITES.append((name, make))


def managed_policy(name: str, edit: Callable[[Document], Any]) -> None:
    """Enter a rewrite of the users' managed policy."""

    REWRITES.append((name, lambda t: new_version(t, edit)))


def reverse_keys(value: Any) -> Any:
    """The same JSON with every object's keys in the opposite order."""
    if isinstance(value, dict):
        return {key: reverse_keys(value[key]) for key in reversed(value)}
    return [reverse_keys(item) for item in value] if isinstance(value, list) else value


def each_statement(document: Document, edit: Callable[[int, Document], Any]) -> None:
    for number, statement in enumerate(document["Statement"]):
        edit(number, statement)


def split_actions(document: Document) -> None:
    """One statement for every action."""
    document["Statement"] = [
        {**statement, "Action": action}
        for statement in document["Statement"]
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    ]
    each_statement(document, lambda number, statement: statement.update(Sid=f"Split{number}"))


def as_lists(_: int, statement: Document) -> None:
    for key in ("Action", "Resource"):
        if isinstance(statement.get(key), str):
            statement[key] = [statement[key]]


def as_scalars(_: int, statement: Document) -> None:
    for key in ("Action", "Resource"):
        if isinstance(statement.get(key), list) and len(statement[key]) == 1:
            statement[key] = statement[key][0]


bucket_policy("keys-in-another-order", reverse_keys)
bucket_policy("statements-in-another-order", lambda d: d["Statement"].reverse())
bucket_policy("resources-in-another-order", lambda d: fence_of(d)["Resource"].reverse())
bucket_policy("addresses-in-another-order", lambda d: sources(fence_of(d)).reverse())
bucket_policy("a-network-twice", lambda d: sources(fence_of(d)).append("203.0.113.0/24"))
bucket_policy("a-network-inside-another", lambda d: sources(fence_of(d)).append("203.0.113.128/25"))
bucket_policy("an-ipv6-network-written-out", lambda d: sources(fence_of(d)).append("2001:0DB8:1234::/48"))
bucket_policy("action-in-another-case", lambda d: fence_of(d).update(Action="S3:*"))
bucket_policy("scalars-as-lists", lambda d: each_statement(d, as_lists))
bucket_policy("lists-as-scalars", lambda d: each_statement(d, as_scalars))
bucket_policy("principal-as-an-object", lambda d: fence_of(d).update(Principal={"AWS": "*"}))
bucket_policy("sids-numbered", lambda d: each_statement(d, lambda n, s: s.update(Sid=f"Stmt{n}")))
bucket_policy("sids-left-out", lambda d: each_statement(d, lambda _, s: s.pop("Sid", None)))
bucket_policy("an-id-for-the-document", lambda d: d.update(Id="Policy1234567890"))
bucket_policy("a-statement-twice", lambda d: d["Statement"].append({**fence_of(d), "Sid": "Again"}))
bucket_policy(
    "condition-key-in-another-case",
    lambda d: fence_of(d)["Condition"].update(NotIpAddress={"AWS:SourceIP": sources(fence_of(d))}),
)
bucket_policy(
    "the-tls-condition-as-a-boolean",
    lambda d: each_statement(
        d,
        lambda _, s: (
            s.get("Condition", {}).get("Bool") and s["Condition"].update(Bool={"aws:SecureTransport": False})
        ),
    ),
)
managed_policy("actions-in-another-order", lambda d: d["Statement"].reverse())
managed_policy("actions-split-into-statements", split_actions)
managed_policy("actions-in-capitals", lambda d: each_statement(d, lambda n, s: s.update(Sid=f"Auto{n}")))


def named(name: str) -> Callable[[Callable[[Target], Undo]], Callable[[Target], Undo]]:
    def enter(make: Callable[[Target], Undo]) -> Callable[[Target], Undo]:
        REWRITES.append((name, make))
        return make

    return enter


@named("lifecycle-rule-under-another-id")
def _(t: Target) -> Undo:
    before = t.s3.get_bucket_lifecycle_configuration(Bucket=t.logs)["Rules"]
    after = [{**rule, "ID": f"auto-{number}"} for number, rule in enumerate(before)]
    t.s3.put_bucket_lifecycle_configuration(Bucket=t.logs, LifecycleConfiguration={"Rules": after})
    return lambda: t.s3.put_bucket_lifecycle_configuration(
        Bucket=t.logs, LifecycleConfiguration={"Rules": before}
    )


@named("key-policy-with-the-account-id-alone")
def _(t: Target) -> Undo:
    before = t.kms_client.get_key_policy(KeyId=t.kms, PolicyName="default")["Policy"]
    after = before.replace(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
    assert after != before
    t.kms_client.put_key_policy(KeyId=t.kms, PolicyName="default", Policy=after)
    return lambda: t.kms_client.put_key_policy(KeyId=t.kms, PolicyName="default", Policy=before)


@named("tags-in-another-order")
def _(t: Target) -> Undo:
    before = t.s3.get_bucket_tagging(Bucket=t.bucket)["TagSet"]
    t.s3.put_bucket_tagging(Bucket=t.bucket, Tagging={"TagSet": before[::-1]})
    return lambda: t.s3.put_bucket_tagging(Bucket=t.bucket, Tagging={"TagSet": before})


@named("a-second-version-of-the-policy-not-in-force")
def _(t: Target) -> Undo:
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    )
    made = t.iam.create_policy_version(PolicyArn=t.policy, PolicyDocument=document)["PolicyVersion"]
    return lambda: t.iam.delete_policy_version(PolicyArn=t.policy, VersionId=made["VersionId"])


@pytest.mark.parametrize(("name", "make"), REWRITES, ids=[name for name, _ in REWRITES])
def test_a_rewrite_that_means_nothing_is_silent(
    name: str, make: Callable[[Target], Undo], world: World, target: Target
) -> None:
    """Nothing is said, strict or not."""
    undo = make(target)
    try:
        report = world.check(
            strict=True,
            only=frozenset(
                {"bucket-policy", "bucket-policy-status", "bucket-lifecycle", "bucket-tags"}
                | {"policy-document", "kms-key-policy", "other-principals"}
            ),
        )
    finally:
        undo()
    assert report.findings == (), name


def test_there_are_enough_rewrites() -> None:
    assert len(REWRITES) >= 15
