"""No undeclared web origin may use the bucket."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import on, other_rules
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]

_ASPECTS = ("allowedOrigins", "allowedMethods", "allowedHeaders", "exposeHeaders")


@control(
    about=Bucket,
    id="bucket-cors",
    title="no undeclared web origin may use the bucket",
    severity=Severity.MEDIUM,
    impact="A web page of an allowed origin can use the bucket with its visitor's credentials.",
    reads=lambda bucket: [s3.cors(bucket)],
    parts=("s3/bucketCorsConfiguration",),
    inline=("corsRules",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketCorsConfiguration")
    declared = [
        {aspect: _listed(rule.texts(aspect), aspect) for aspect in _ASPECTS}
        for rule in (part.properties if part else bucket.inline).blocks("corsRules")
    ]
    observed = [
        {aspect: _listed(rule.texts(aspect[0].upper() + aspect[1:]), aspect) for aspect in _ASPECTS}
        for rule in Block("the answer", context(s3.cors(bucket)) or {}).blocks("CORSRules")
    ]
    yield from other_rules(
        declared,
        observed,
        Severity.MEDIUM,
        context,
        undeclared="pages of these origins may use the bucket with what the visitor's browser can sign",
        remove=f"aws s3api delete-bucket-cors {on(bucket)}",
        otherwise="other web origins than declared may use it",
    )


def _listed(values: tuple[str, ...], aspect: str) -> list[str]:
    """Return the values sorted, and the names of headers in lower case."""
    return sorted(value.lower() if aspect.endswith("Headers") else value for value in values)
