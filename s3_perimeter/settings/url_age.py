"""`maxUrlAge`: how long after its signature a presigned URL is good, whatever its signer asked for.

Source: Amazon S3 User Guide, "Download and upload objects with presigned URLs".
"""

from __future__ import annotations

import re
from datetime import timedelta

from s3_perimeter.build import LONGEST_URL
from s3_perimeter.settings.forms import shown
from s3_perimeter.settings.report import Report

__all__ = ["read_url_age"]

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
FORM = "write a whole number and its unit, such as `15m`, `12h` or `2d` (`s`, `m`, `h` or `d`), up to `7d`"
AGE = re.compile("([0-9]{1,9})([smhd])", re.ASCII)


def read_url_age(value: object, report: Report) -> timedelta | None:
    """Return the greatest age of a presigned URL; None where the config sets no limit."""
    if value is None:
        return None
    match = AGE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        report.mistake(f"{shown(value)} is not a length of time", FORM)
        return None
    age = timedelta(**{UNITS[match[2]]: int(match[1])})
    if not age:
        report.mistake(f"{shown(value)} would refuse every presigned URL of any age", FORM)
        return None
    if age > LONGEST_URL:
        report.mistake(f"{shown(value)} is longer than a presigned URL can be good for, seven days", FORM)
        return None
    return age
