"""Archiving by access (S3 Intelligent-Tiering) is as declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.words import changed, name_of, on, redeploy
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

_KIND = "s3/bucketIntelligentTieringConfiguration"


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
    tiers = [(tier.text("accessTier"), tier.number("days")) for tier in given.blocks("tierings")]
    where = given.block("filter")
    return {
        "status": given.text("status") or "Enabled",
        "prefix": where.text("prefix"),
        "tags": dict(sorted(where.strings("tags").items())),
        "tiers": sorted([list(tier) for tier in tiers], key=str),
    }


def _observed(given: Block) -> dict[str, Any]:
    tiers = [(tier.text("AccessTier"), tier.number("Days")) for tier in given.blocks("Tierings")]
    where = given.block("Filter")
    several = where.block("And")
    listed = [*several.blocks("Tags"), *([where.block("Tag")] if where.get("Tag") else [])]
    tags = {tag.text("Key") or "": tag.text("Value") or "" for tag in listed}
    return {
        "status": given.text("Status"),
        "prefix": where.text("Prefix") or several.text("Prefix"),
        "tags": dict(sorted(tags.items())),
        "tiers": sorted([list(tier) for tier in tiers], key=str),
    }


CONTROL = Control(
    id="bucket-intelligent-tiering",
    title="no object is archived by access (Intelligent-Tiering) otherwise than declared",
    scope="bucket",
    severity=Severity.MEDIUM,
    impact="Archived objects answer a read with InvalidObjectState until somebody restores them.",
    reads=lambda bucket: [s3.tiering(bucket)],
    judge=judge,
    parts=(_KIND,),
)
