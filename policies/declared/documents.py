"""Policy documents as programs declare them: text, object, secret or unknown; inline or as a resource of its
own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from . import kinds
from .deployment import Bucket, Deployment, Resource
from .origins import known_later
from .provider import REDACTED
from .values import Value, unknown_within

__all__ = ["LEFT_OUT", "Document", "bucket_policies", "document", "policy_of"]


@dataclass(frozen=True, slots=True)
class Document:
    """One declared policy document. ``text`` is None where it cannot be read; ``problem`` and ``fix`` say
    why.
    """

    urn: str
    text: str | None
    problem: str = ""
    fix: str = ""


def bucket_policies(bucket: Bucket, deployment: Deployment) -> tuple[Document, ...]:
    """Return every policy declared for the bucket, parts first, then the inline argument."""
    return tuple(_bucket_policies(bucket, deployment))


def _bucket_policies(bucket: Bucket, deployment: Deployment) -> Iterator[Document]:
    for part in bucket.attached(kinds.BUCKET_POLICY):
        if part.left_out:
            yield Document(part.urn, None, *LEFT_OUT)
            continue
        yield policy_of(part, deployment)
    inline = bucket.inline("policy")
    if bucket.resource is not None and inline is not None and inline != "":
        yield document(bucket.resource, "policy", deployment, inline)


def document(resource: Resource, name: str, deployment: Deployment, value: Value = None) -> Document:
    """Return the document that the resource's property of that name holds; ``value`` is one from inside of
    it.
    """
    urn = resource.urn
    value = resource.value(name) if value is None else value
    if value is None or value == "":
        return Document(urn, None, "its policy is empty", "give the policy a document")
    if unknown_within(value):
        why, fix = known_later(resource, name, deployment)
        problem = f"its policy is not known during preview, so it cannot be judged before it is in force{why}"
        return Document(urn, None, problem, fix or _FROM_THE_NAME)
    if value == REDACTED:
        return Document(urn, None, *_REDACTED)
    if isinstance(value, Mapping):
        return Document(urn, json.dumps(value))
    if isinstance(value, str):
        return Document(urn, value)
    return Document(
        urn, None, f"its policy is a {type(value).__name__}, not a document", "write it as JSON text"
    )


def policy_of(resource: Resource, deployment: Deployment) -> Document:
    """Return the document of a policy that is a resource of its own."""
    return document(resource, "policyDocument" if resource.native else "policy", deployment)


LEFT_OUT: Final = (
    "this run leaves its policy out (`--target`, `--exclude`), so the policy cannot be judged",
    "run without `--target` and `--exclude`, or include the bucket's resources in the targets",
)
_FROM_THE_NAME: Final = (
    "build the document from values known at preview: give the bucket an explicit name (`bucket`) and write "
    "its ARN from that name instead of from the bucket's `arn` output"
)
_REDACTED: Final = (
    "its policy is a secret that cannot be read here",
    "run with the stack's passphrase or secrets provider, or do not mark the policy as a secret",
)
