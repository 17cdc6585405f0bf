"""`accessLogs`: where S3 writes who did what to the bucket."""

from __future__ import annotations

from dataclasses import dataclass

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.settings.bucket_names import advice_on_name
from s3_perimeter.settings.forms import fields, one_line, shown, whole_number
from s3_perimeter.settings.report import Report

__all__ = ["AccessLogs", "read_access_logs"]


@dataclass(frozen=True, slots=True)
class AccessLogs:
    """Server access logging; without a `bucket` into one of the stack's own, kept for `retention_days`."""

    bucket: str | None = None
    prefix: str = "access/"
    retention_days: int = 365


FIELDS = ("bucket", "prefix", "retentionDays")
LONGEST_PREFIX = 512
LONGEST_RETENTION = 36_500


def read_access_logs(value: object, report: Report) -> AccessLogs:
    """Return the logging that the config asks for; the default where it says nothing."""
    given = None if value is None else fields(value, report, FIELDS)
    if given is None:
        return AccessLogs()
    default = AccessLogs()
    bucket, prefix, days = default.bucket, default.prefix, default.retention_days
    if "bucket" in given:
        bucket = _bucket(given["bucket"], report.at("`bucket`"))
    if "prefix" in given:
        prefix = _prefix(given["prefix"], report.at("`prefix`")) or prefix
    if "retentionDays" in given:
        here = report.at("`retentionDays`")
        days = whole_number(given["retentionDays"], here, 1, LONGEST_RETENTION, "days") or days
        if bucket is not None:
            here.warn(
                f"`{bucket}` is another bucket, whose objects this stack does not delete",
                "set its lifecycle rules where that bucket is declared",
            )
    return AccessLogs(bucket, prefix, days)


def _bucket(value: object, report: Report) -> str | None:
    """Return the name of a bucket that is there already, so one with dots too."""
    if not isinstance(value, str):
        report.mistake(
            f"{shown(value)} is not a bucket name", "write the name of the log bucket, or leave it out"
        )
        return None
    advice = advice_on_name(value, dots=True)
    if advice:
        report.mistake(advice.problem, advice.remedy)
        return None
    return value


def _prefix(value: object, report: Report) -> str | None:
    """Return the beginning of the log objects' keys."""
    prefix = one_line(value, report, "write a prefix such as `access/`", LONGEST_PREFIX)
    if prefix is None:
        return None
    if any(special in prefix for special in ("*", "?", "${")):
        report.mistake(
            f"`{clipped(prefix)}` contains `*`, `?` or `${{`, which have a special meaning in a policy",
            "write the prefix itself",
        )
    elif not prefix.endswith("/"):
        report.mistake(f"`{clipped(prefix)}` does not end in `/`", f"write `{clipped(prefix)}/`")
    return prefix
