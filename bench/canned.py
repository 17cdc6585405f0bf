"""Stacks of a bucket each, as exported states, and what AWS answers about them, given from memory."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["ACCOUNT", "CONTROLS", "DELAY", "answer", "states"]

ACCOUNT = "111122223333"
DELAY = 0.01
CONTROLS = ("bucket-policy", "bucket-tags", "bucket-versioning")
"""What is checked; the answers are those that these controls ask for."""


def states(place: Path, many: int) -> Iterator[Path]:
    """Yield exported states, of which the one in the middle is broken."""
    for number in range(many):
        file = place / f"s{number}.json"
        name = f"b{number}"
        kind = "aws:s3/bucket:Bucket"
        bucket = {
            "urn": f"urn:pulumi:s{number}::fleet::{kind}::b",
            "type": kind,
            "id": name,
            "inputs": {"bucket": name},
            "outputs": {"arn": f"arn:aws:s3:::{name}", "region": "eu-west-1"},
        }
        user = {
            "urn": f"urn:pulumi:s{number}::fleet::pulumi:providers:aws::p",
            "type": "pulumi:providers:aws",
            "id": "p",
            "outputs": {"arn": f"arn:aws:iam::{ACCOUNT}:user/ada"},
        }
        text = json.dumps({"version": 3, "deployment": {"resources": [user, bucket]}})
        file.write_text(text if number != many // 2 else "{")
        yield file


_ANSWERS = {
    "location": b"<LocationConstraint>eu-west-1</LocationConstraint>",
    "versioning": b"<VersioningConfiguration/>",
    "policy": None,
    "tagging": None,
}


_CALLER = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult>"
    b"<Arn>arn:aws:iam::111122223333:user/ada</Arn><UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_MISSING = {"policy": "NoSuchBucketPolicy", "tagging": "NoSuchTagSet"}


def answer(request: Any, **_: Any) -> Any:
    """Return what AWS answers about a bucket without any configuration, after a while."""
    from botocore.awsrequest import AWSResponse

    time.sleep(DELAY)
    question = request.url.partition("?")[2]
    if not question:  # STS is asked in the body, and only one thing
        return AWSResponse(request.url, 200, {}, _Body(_CALLER))
    if "prefix=" in question:
        name = question.partition("prefix=")[2].partition("&")[0]
        listed = f"<Buckets><Bucket><Name>{name}</Name></Bucket></Buckets>"
        body = f"<ListAllMyBucketsResult>{listed}</ListAllMyBucketsResult>".encode()
        return AWSResponse(request.url, 200, {}, _Body(body))
    found = _ANSWERS.get(question)
    if found is not None:
        return AWSResponse(request.url, 200, {}, _Body(found))
    code = _MISSING[question]
    return AWSResponse(request.url, 404, {}, _Body(f"<Error><Code>{code}</Code></Error>".encode()))


class _Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.content
