"""S3 Intelligent-Tiering archives objects only as declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.filters import declared_filter, observed_filter
from s3_perimeter.drift.judging.words import changed, name_of, on, redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]

_KIND = "s3/bucketIntelligentTieringConfiguration"


@control(
    about=Bucket,
    id="bucket-intelligent-tiering",
    title="S3 Intelligent-Tiering archives objects only as declared",
    severity=Severity.MEDIUM,
    impact="Reading an archived object fails with InvalidObjectState until somebody restores it.",
    reads=lambda bucket: [s3.tiering(bucket)],
    parts=(_KIND,),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    declared = {name_of(part): _declared(part.properties) for part in bucket.parts if part.kind == _KIND}
    answer = Block("the answer", context(s3.tiering(bucket)) or {})
    observed = {
        str(each.text("Id")): _observed(each) for each in answer.blocks("IntelligentTieringConfigurationList")
    }
    for name in sorted({*declared, *observed}):
        if name not in declared:
            yield Difference(
                Kind.UNMANAGED,
                Severity.MEDIUM,
                None,
                {"id": name, **observed[name]},
                f"configuration {name} archives objects that nobody reads: they must be restored before the "
                "next read",
                f"aws s3api delete-bucket-intelligent-tiering-configuration {on(bucket)} --id {name}",
            )
        elif declared[name] != observed.get(name):
            yield changed(
                Severity.LOW if name not in observed else Severity.MEDIUM,
                declared[name],
                observed.get(name),
                f"configuration {name} archives other objects than declared, or at another time",
                redeploy(context),
            )


def _declared(given: Block) -> dict[str, Any]:
    tiers = [[tier.text("accessTier"), tier.number("days")] for tier in given.blocks("tierings")]
    return _configuration(given.text("status") or "Enabled", declared_filter(given), tiers)


def _observed(given: Block) -> dict[str, Any]:
    tiers = [[tier.text("AccessTier"), tier.number("Days")] for tier in given.blocks("Tierings")]
    return _configuration(given.text("Status"), observed_filter(given), tiers)


def _configuration(
    status: str | None, about: tuple[str | None, dict[str, str]], tiers: list[list[Any]]
) -> dict[str, Any]:
    return {"status": status, "prefix": about[0], "tags": about[1], "tiers": sorted(tiers, key=str)}
