"""Lifecycle rules are as declared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend, on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity

Rule = dict[str, Any]


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketLifecycleConfiguration")
    given: Any = part.get("rules") if part else bucket.inline("lifecycleRules")
    declared = [declared_rule(rule) for rule in given or ()]
    observed = [observed_rule(rule) for rule in (view(s3.lifecycle(bucket)) or {}).get("Rules", ())]
    if _texts(declared) == _texts(observed):
        return
    if not declared:
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            observed,
            "lifecycle rules that nobody declared move or delete objects",
            f"aws s3api delete-bucket-lifecycle {on(bucket)}",
        )
    else:
        yield changed(
            Severity.HIGH,
            declared,
            observed or None,
            "objects are moved or deleted at other times than declared",
            mend(view),
        )


def declared_rule(rule: Mapping[str, Any]) -> Rule:
    """A rule of the state in the comparable form; what is not given is left out."""
    where = rule.get("filter") or {}
    several = where.get("and") or {}
    tag = where.get("tag")
    tags = {**(several.get("tags") or {}), **({tag["key"]: tag["value"]} if tag else {})}
    return _kept(
        status=rule.get("status") or ("Enabled" if rule.get("enabled") else "Disabled"),
        prefix=where.get("prefix") or several.get("prefix") or rule.get("prefix"),
        tags=tags,
        larger=_number(where.get("objectSizeGreaterThan") or several.get("objectSizeGreaterThan")),
        smaller=_number(where.get("objectSizeLessThan") or several.get("objectSizeLessThan")),
        expire=_timing(rule.get("expiration"), "days", "date", "expiredObjectDeleteMarker"),
        expire_old=_timing(
            rule.get("noncurrentVersionExpiration"), "noncurrentDays", "days", "newerNoncurrentVersions"
        ),
        move=_moves(rule.get("transitions"), "days", "date", "storageClass"),
        move_old=_moves(
            rule.get("noncurrentVersionTransitions"),
            "noncurrentDays",
            "days",
            "newerNoncurrentVersions",
            "storageClass",
        ),
        abort=_number(
            (rule.get("abortIncompleteMultipartUpload") or {}).get("daysAfterInitiation")
            or rule.get("abortIncompleteMultipartUploadDays")
        ),
    )


def observed_rule(rule: Mapping[str, Any]) -> Rule:
    """A rule of the API in the comparable form."""
    where = rule.get("Filter") or {}
    several = where.get("And") or {}
    listed = [*several.get("Tags", ()), *([where["Tag"]] if where.get("Tag") else ())]
    return _kept(
        status=rule.get("Status"),
        prefix=where.get("Prefix") or several.get("Prefix") or rule.get("Prefix"),
        tags={tag["Key"]: tag["Value"] for tag in listed},
        larger=_number(where.get("ObjectSizeGreaterThan") or several.get("ObjectSizeGreaterThan")),
        smaller=_number(where.get("ObjectSizeLessThan") or several.get("ObjectSizeLessThan")),
        expire=_timing(rule.get("Expiration"), "Days", "Date", "ExpiredObjectDeleteMarker"),
        expire_old=_timing(
            rule.get("NoncurrentVersionExpiration"), "NoncurrentDays", "Days", "NewerNoncurrentVersions"
        ),
        move=_moves(rule.get("Transitions"), "Days", "Date", "StorageClass"),
        move_old=_moves(
            rule.get("NoncurrentVersionTransitions"),
            "NoncurrentDays",
            "Days",
            "NewerNoncurrentVersions",
            "StorageClass",
        ),
        abort=_number((rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")),
    )


def _kept(**aspects: Any) -> Rule:
    return {name: value for name, value in aspects.items() if value not in (None, "", {}, [], 0)}


def _timing(block: Mapping[str, Any] | None, *names: str) -> Rule:
    """The block's values under plain names; a date is its day, a number a number whatever it was written
    as."""
    found: Rule = {}
    for name in names:
        value = (block or {}).get(name)
        if value in (None, "", 0, False):
            continue
        plain = name[0].lower() + name[1:]
        plain = {"noncurrentDays": "days"}.get(plain, plain)
        if plain == "date":
            found[plain] = str(value)[:10]
        else:
            found[plain] = value if isinstance(value, bool) or plain == "storageClass" else _number(value)
    return found


def _moves(blocks: Sequence[Mapping[str, Any]] | None, *names: str) -> list[Rule]:
    return sorted((_timing(block, *names) for block in blocks or ()), key=str)


def _number(value: Any) -> int | None:
    return None if value in (None, "", 0) else int(value)


def _texts(rules: Sequence[Rule]) -> list[str]:
    return sorted(json.dumps(rule, sort_keys=True) for rule in rules)


CONTROL = Control(
    id="bucket-lifecycle",
    title="lifecycle rules are as declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="A lifecycle rule deletes data without a request that anybody could see in the logs as theirs.",
    reads=lambda bucket: [s3.lifecycle(bucket)],
    judge=judge,
)
