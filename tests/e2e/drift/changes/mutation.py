"""A change to a deployed stack: a function that makes it and gives the one that takes it back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Undo: TypeAlias = Callable[[], Any]
ACCOUNT = "111122223333"
REGION = "ap-northeast-1"


@dataclass(frozen=True)
class Target:
    """A deployed stack, and the admin's clients."""

    bucket: str
    logs: str
    user: str
    key: str
    policy: str
    kms: str
    s3: Any
    iam: Any
    kms_client: Any
    control: Any
    multi_region: Any


@dataclass(frozen=True)
class Mutation:
    """One change, and the one control that has to name it, with its severity and kind."""

    name: str
    control: str
    severity: str
    kind: str
    make: Callable[[Target], Undo]
    strict: bool = False


MUTATIONS: list[Mutation] = []
Maker: TypeAlias = Callable[[Target], Undo]


def mutation(control: str, severity: str, kind: str, *, strict: bool = False) -> Callable[[Maker], Maker]:
    """Enter a change into the table, under its function's name."""

    def enter(make: Maker) -> Maker:
        MUTATIONS.append(Mutation(make.__name__.replace("_", "-"), control, severity, kind, make, strict))
        return make

    return enter


def edited_policy(target: Target, edit: Callable[[dict[str, Any]], Any], bucket: str | None = None) -> Undo:
    """Put the bucket's policy back with an edit."""
    name = bucket or target.bucket
    before = target.s3.get_bucket_policy(Bucket=name)["Policy"]
    document = json.loads(before)
    edit(document)
    target.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
    return lambda: target.s3.put_bucket_policy(Bucket=name, Policy=before)


def new_version(t: Target, edit: Callable[[dict[str, Any]], Any]) -> Undo:
    """Give the users' managed policy a version with an edit."""
    before = t.iam.get_policy(PolicyArn=t.policy)["Policy"]["DefaultVersionId"]
    version = t.iam.get_policy_version(PolicyArn=t.policy, VersionId=before)["PolicyVersion"]
    document = version["Document"]
    edit(document)
    made = t.iam.create_policy_version(
        PolicyArn=t.policy, PolicyDocument=json.dumps(document), SetAsDefault=True
    )["PolicyVersion"]["VersionId"]

    def undo() -> None:
        t.iam.set_default_policy_version(PolicyArn=t.policy, VersionId=before)
        t.iam.delete_policy_version(PolicyArn=t.policy, VersionId=made)

    return undo


def fence_of(document: dict[str, Any]) -> dict[str, Any]:
    """The statement that denies by address."""
    found: dict[str, Any] = next(
        statement
        for statement in document["Statement"]
        if statement["Effect"] == "Deny" and "NotIpAddress" in statement.get("Condition", {})
    )
    return found


def sources(statement: dict[str, Any]) -> list[str]:
    """The addresses of a fence, as a list that can be edited in place."""
    block = statement["Condition"]["NotIpAddress"]
    key = next(iter(block))
    if isinstance(block[key], str):
        block[key] = [block[key]]
    listed: list[str] = block[key]
    return listed


def new_name(kind: str) -> str:
    """A name that no other test uses."""
    return f"{kind}-{uuid.uuid4().hex[:8]}"
