"""The bucket serves no undeclared website."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block, ShapeError

__all__ = ["judge"]

_ROUTED: Final = {
    "condition": ("httpErrorCodeReturnedEquals", "keyPrefixEquals"),
    "redirect": ("hostName", "httpRedirectCode", "protocol", "replaceKeyPrefixWith", "replaceKeyWith"),
}


@control(
    about=Bucket,
    id="bucket-website",
    title="the bucket serves no undeclared website",
    severity=Severity.HIGH,
    impact="A website endpoint serves over plain HTTP and can redirect every visitor.",
    reads=lambda bucket: [s3.website(bucket)],
    parts=("s3/bucketWebsiteConfiguration",),
    inline=("website",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketWebsiteConfiguration")
    answer = context(s3.website(bucket))
    observed = None if answer is None else _observed(_lowered(answer))
    if part is not None:
        declared: Json = _declared(part.properties)
    elif "website" in bucket.inline:
        declared = _inline(bucket.inline.block("website"))
    elif observed is None:
        return
    else:
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            observed,
            "the bucket answers as a website, over plain HTTP, or redirects its visitors elsewhere",
            f"aws s3api delete-bucket-website {on(bucket)}",
        )
        return
    if observed != declared:
        detail = "visitors are served or sent elsewhere than declared"
        yield changed(Severity.HIGH, declared, observed, detail, redeploy(context))


def _declared(given: Block) -> Json:
    rules = given.blocks("routingRules") or _rules_of(given.text("routingRuleDetails"), given)
    return _site(
        given.block("indexDocument").text("suffix"),
        given.block("errorDocument").text("key"),
        given.block("redirectAllRequestsTo").text("hostName"),
        rules,
    )


def _inline(given: Block) -> Json:
    """Return the old form, on the bucket itself: plain texts, and rules as a document."""
    listed = given.get("routingRules")
    rules = given.blocks("routingRules") if isinstance(listed, list) else _rules_of(listed, given)
    target = (given.text("redirectAllRequestsTo") or "").rpartition("://")[2]
    return _site(given.text("indexDocument"), given.text("errorDocument"), target or None, rules)


def _observed(answer: Block) -> Json:
    return _site(
        answer.block("indexDocument").text("suffix"),
        answer.block("errorDocument").text("key"),
        answer.block("redirectAllRequestsTo").text("hostName"),
        answer.blocks("routingRules"),
    )


def _site(index: str | None, error: str | None, redirect: str | None, rules: tuple[Block, ...]) -> Json:
    routed = [
        {
            name: value
            for block, names in _ROUTED.items()
            for name in names
            if (value := rule.block(block).text(name))
        }
        for rule in rules
    ]
    return {"index": index, "error": error, "redirect": redirect, "rules": routed}


def _rules_of(document: object, given: Block) -> tuple[Block, ...]:
    """Return the routing rules in a JSON document, whose names are the API's."""
    if not document:
        return ()
    try:
        rules = json.loads(str(document))
    except ValueError as error:
        raise ShapeError(f"the routing rules of {given.where} are not JSON") from error
    return _lowered({"rules": rules}).blocks("rules")


def _lowered(answer: Mapping[str, Any]) -> Block:
    """Return an answer of the API under the names of the state: the same with a small first letter."""

    def lower(value: Any) -> Any:
        if isinstance(value, dict):
            return {name[:1].lower() + name[1:]: lower(item) for name, item in value.items()}
        return [lower(item) for item in value] if isinstance(value, list) else value

    return Block("the website", lower(answer))
