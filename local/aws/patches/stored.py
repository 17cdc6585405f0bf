"""Configurations of a bucket, or of the account, that are stored and given back as the client sent them.

ministack routes none of them: it lists the bucket for a GET and deletes it for a DELETE, and answers S3
Control with InvalidRequest. AWS: S3 API Reference, "PutBucketInventoryConfiguration" and its siblings,
"PutBucketAbac", "CreateBucketMetadataConfiguration", and S3 Control's "PutPublicAccessBlock" and
"ListAccessGrants". ``answers.json`` lists them: by subresource of a bucket, or by path of S3 Control.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import s3

from local.aws.patches.kept import KEPT
from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer, S3Request, text_of, xml

ANSWERS: dict[str, Any] = json.loads((Path(__file__).parent.parent / "answers.json").read_text())
BLOCK = "/v20180820/configuration/publicAccessBlock"
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One kind of them."""

    actions: dict[str, str]
    """Method -> what IAM authorizes it as."""
    listing: str = ""
    """Where a bucket has several, each with an id: the element of a list of them."""
    default: str = ""
    """What a bucket that has none answers with, and else this error."""
    absent: tuple[str, str] = ("NoSuchConfiguration", "The specified configuration does not exist.")
    shown: str = ""
    """What is given back where that is another document: with ``{bucket}``, and the texts of elements."""


CONFIGURATIONS = {name: Configuration(**each) for name, each in ANSWERS["configurations"].items()}
iam_actions._S3_BUCKET_QUERY_ACTIONS.update({name: each.actions for name, each in CONFIGURATIONS.items()})


def served(
    kind: str, owner: str, name: str, method: str, body: bytes, refused: Callable[[int, str, str], Answer]
) -> Answer:
    """Store, give back, list or delete the configuration of a bucket or account."""
    about = CONFIGURATIONS[kind]
    stored = KEPT.data.configurations.setdefault(owner, {}).setdefault(kind, {})
    if method in ("PUT", "POST"):
        stored[name] = DECLARATION.sub("", body.decode())
        return 200, {}, b""
    if about.listing and method == "GET" and not name:
        items = "".join(stored[each] for each in sorted(stored))
        return xml(f"<{about.listing}><IsTruncated>false</IsTruncated>{items}</{about.listing}>")
    found = stored.get(name, about.default)
    if not found:
        return refused(404, *about.absent)
    if method == "DELETE":
        del stored[name]
        return 204, {}, b""
    fields = {"bucket": owner}
    return xml(FIELD.sub(lambda at: fields.get(at[1]) or text_of(found, at[1]) or "", about.shown) or found)


def of_bucket(request: S3Request) -> Answer | None:
    """Serve a request for one of them; None for any other."""
    for kind, about in CONFIGURATIONS.items():
        if request.method in about.actions and request.asks(request.method, kind):
            name = str((request.query.get("id") or [""])[0])
            return served(kind, request.bucket, name, request.method, request.body, request.refused)
    return None


@instead_of(s3, "_delete_bucket")
def forgotten(original: Callable[[str], Answer], bucket: str) -> Answer:
    """DeleteBucket; the bucket's configurations go with it."""
    answer = original(bucket)
    if answer[0] < 300:
        KEPT.data.configurations.pop(bucket, None)
    return answer


@instead_of(app, "_handle_s3_control_request")
async def of_account(
    original: Callable[..., Awaitable[Any]],
    path: str,
    method: str,
    body: bytes,
    query: dict[str, Any],
    request_id: str,
    headers: dict[str, str] | None = None,
) -> Any:
    """S3 Control."""
    action = CONFIGURATIONS[path].actions.get(method) if path in CONFIGURATIONS else None
    if action is None:
        return await original(path, method, body, query, request_id, headers)
    denied = app._enforce_data_plane("s3", f"s3:{action}", headers or {}, query, request_id)
    denied = denied or s3.s3control_account_error(headers or {})

    def refused(status: int, code: str, message: str) -> Answer:
        answer: Answer = s3.s3control_error(code, message, status)
        return answer

    return denied or served(path, account(s3.get_account_id()), "", method, body, refused)


@instead_of(s3, "_public_access_blocked")
def blocked(original: Callable[..., bool], owner: str, bucket: str, setting: str) -> bool:
    """Whether the bucket's own or the account's public-access block turns a setting on.

    AWS: S3 User Guide, "Blocking public access": the most restrictive counts.
    """
    block = KEPT.data.configurations.get(account(owner), {}).get(BLOCK, {}).get("", "")
    return text_of(block, setting) == "true" or original(owner, bucket, setting)


def account(identity: str) -> str:
    """Return what stands for an account among the owners of configurations: no bucket has that name."""
    return f"account {identity}"
