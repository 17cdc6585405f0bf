"""No web origin may read the bucket that is not declared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend, on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketCorsConfiguration")
    given = part.get("corsRules") if part else bucket.inline("corsRules")
    declared = [_rule(rule, "allowedOrigins", "allowedMethods", "allowedHeaders") for rule in given or ()]
    answer = view(s3.cors(bucket)) or {}
    observed = [
        _rule(rule, "AllowedOrigins", "AllowedMethods", "AllowedHeaders")
        for rule in answer.get("CORSRules", ())
    ]
    if _texts(declared) == _texts(observed):
        return
    if not declared:
        yield Difference(
            Kind.UNMANAGED,
            Severity.MEDIUM,
            None,
            observed,
            "pages of these origins may use the bucket with what the visitor's browser can sign",
            f"aws s3api delete-bucket-cors {on(bucket)}",
        )
    else:
        yield changed(
            Severity.MEDIUM,
            declared,
            observed or None,
            "other web origins than declared may use it",
            mend(view),
        )


def _rule(rule: Mapping[str, Any], origins: str, methods: str, headers: str) -> dict[str, list[str]]:
    return {
        "origins": sorted(rule.get(origins) or ()),
        "methods": sorted(rule.get(methods) or ()),
        "headers": sorted(header.lower() for header in rule.get(headers) or ()),
    }


def _texts(rules: list[dict[str, list[str]]]) -> list[str]:
    return sorted(json.dumps(rule) for rule in rules)


CONTROL = Control(
    id="bucket-cors",
    title="no web origin may use the bucket that is not declared",
    scope="bucket",
    severity=Severity.MEDIUM,
    lets="A page of an allowed origin reads and writes with whatever its visitor can sign.",
    reads=lambda bucket: [s3.cors(bucket)],
    judge=judge,
)
