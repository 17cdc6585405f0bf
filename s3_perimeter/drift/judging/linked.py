"""Which bucket a location of another service is in."""

from __future__ import annotations

import re
from typing import Final

from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.judging.control import Context
from s3_perimeter.drift.subjects import Bucket

__all__ = ["leads_to"]

# `s3://NAME/…`, with the region in front of the name where DataSync writes it, or an ARN.
_URI: Final = re.compile(r"s3://(?P<name>[^/]+)(/.*)?", re.DOTALL)
_ARN: Final = re.compile(r"arn:[^:]+:s3:::(?P<name>[^/]+)(/.*)?", re.DOTALL)
_POINT: Final = re.compile(r"(?P<arn>arn:[^:]+:s3:[^:]+:\d{12}:accesspoint[/:][^/]+)(/.*)?", re.DOTALL)
_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d\.")


def leads_to(location: object, bucket: Bucket, context: Context) -> bool:
    """Whether a URI or ARN is in the bucket, by its own name or by that of an access point on it.

    Raises UnknownError where it names an access point, and the bucket's could not be listed.
    """
    text = str(location)
    point = _POINT.fullmatch(text)
    found = _URI.fullmatch(text) or _ARN.fullmatch(text)
    names = {found["name"], _REGION.sub("", found["name"], count=1)} if found else set()
    if bucket.name in names:
        return True
    if not point and not any(name.endswith("-s3alias") for name in names):
        return False
    points = (context(s3control.access_points(bucket)) or {}).get("AccessPointList", ())
    known = {each.get(field) for each in points for field in ("AccessPointArn", "Alias")}
    return not known.isdisjoint({point["arn"]} if point else names)
