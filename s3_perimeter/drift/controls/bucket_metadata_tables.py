"""No undeclared table about the bucket's objects (S3 Metadata) is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Json, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-metadata-tables",
    title="no undeclared table about the bucket's objects (S3 Metadata) is kept",
    severity=Severity.HIGH,
    impact="The tables are read through s3tables, without a request to the bucket: its policy does not "
    "protect them.",
    reads=lambda bucket: [s3.metadata(bucket), s3.metadata_table(bucket)],
    parts=("s3/bucketMetadataConfiguration",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield the difference in the tables. A configuration has one of two forms; the provider cannot declare
    the older one.
    """
    part = bucket.part("s3/bucketMetadataConfiguration")
    declared = _declared(part.properties.block("metadataConfiguration")) if part else None
    observed = _observed(context(s3.metadata(bucket)) or {}) or _older(
        context(s3.metadata_table(bucket)) or {}
    )
    if observed == declared:
        return
    if declared is None:
        where = observed["where"] if observed else None
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            observed,
            f"the name, size, tags and changes of every object are written to tables in {where}: a "
            "principal who can read them with s3tables actions needs no request to the bucket, so its "
            "policy does not apply",
            f"aws s3api delete-bucket-metadata-configuration {on(bucket)}",
        )
    else:
        yield changed(
            Severity.HIGH if observed else Severity.LOW,
            declared,
            observed,
            "other tables about the bucket's objects are kept than declared"
            if observed
            else "the tables about the bucket's objects are no longer kept",
            redeploy(context),
        )


def _declared(given: Block) -> dict[str, Json]:
    """Return the declared tables; the provider supports only the table bucket that AWS manages. Raises
    ShapeError.
    """
    inventory = given.block("inventoryTableConfiguration").text("configurationState")
    where = given.block("destination").text("tableBucketType") or "aws"
    return {"where": _place(where), "inventory": inventory == "ENABLED", "annotations": False}


def _observed(answer: Mapping[str, Any]) -> dict[str, Json] | None:
    result = answer.get("GetBucketMetadataConfigurationResult", {}).get("MetadataConfigurationResult")
    if not result:
        return None
    target = result.get("DestinationResult", {})
    sort = target.get("TableBucketType") or "aws"
    return {
        "where": _place(sort) if sort == "aws" else str(target.get("TableBucketArn")),
        "inventory": _enabled(result, "InventoryTableConfigurationResult"),
        "annotations": _enabled(result, "AnnotationTableConfigurationResult"),
    }


def _older(answer: Mapping[str, Any]) -> dict[str, Json] | None:
    result = answer.get("GetBucketMetadataTableConfigurationResult", {}).get(
        "MetadataTableConfigurationResult"
    )
    if not result:
        return None
    where = str(result.get("S3TablesDestinationResult", {}).get("TableBucketArn"))
    return {"where": where, "inventory": False, "annotations": False}


def _place(sort: str) -> str:
    return "the table bucket that AWS manages (aws-s3)" if sort == "aws" else sort


def _enabled(result: Mapping[str, Any], table: str) -> bool:
    return bool(result.get(table, {}).get("ConfigurationState") == "ENABLED")
