"""CloudTrail's records of requests to S3, of which more is known than of a line in S3's own access logs.

Source: AWS CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity
events" and "CloudTrail userIdentity element"; Amazon S3 User Guide, "Amazon S3 CloudTrail events".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from s3_perimeter.access_logs.tally import Request, Tally
from s3_perimeter.access_logs.times import iso_hour

__all__ = ["events_in", "tally_events"]

_S3: Final = "s3.amazonaws.com"
_REFUSED: Final = frozenset(
    {"AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
)
_ANONYMOUS: Final = "ANONYMOUS_PRINCIPAL"


def events_in(value: object) -> Sequence[object] | None:
    """Return the records of a file that CloudTrail delivered; None where it is none."""
    records = value.get("Records") if isinstance(value, Mapping) else None
    if not isinstance(records, list) or not all(isinstance(one, Mapping) for one in records):
        return None
    return records if all("eventSource" in one for one in records) else None


def tally_events(events: Sequence[object], tally: Tally, since: int) -> bool:
    """Count the requests to S3 among CloudTrail's records, as callers. Returns True: it is a log."""
    for event in events:
        tally.lines += 1
        if not isinstance(event, Mapping) or event.get("eventSource") != _S3:
            continue
        request = _request_of(event)
        if request is None:
            tally.unread += 1
        elif request.bucket != b"-":
            tally.count(request, "callers", since)
    return True


def _request_of(event: Mapping[str, Any]) -> Request | None:
    """Return a record as a request; None where it has no time or nobody who asked."""
    hour = iso_hour(str(event.get("eventTime")))
    who = event.get("userIdentity")
    if not hour or not isinstance(who, Mapping):
        return None
    asked = event.get("requestParameters")
    address = str(event.get("sourceIPAddress") or "-")
    service = str(who.get("invokedBy") or "")
    if not service and address.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        service = address
    if service == "AWS Internal":
        service = ""  # the console and its like, by whoever is signed in there
    requester = who.get("arn") or _nobody_by_arn(who)
    refused = event.get("errorCode") in _REFUSED
    return Request(
        hour,
        _field(address),
        _field(requester),
        operation=_field(event.get("eventName")),
        status=b"403" if refused else b"200",
        error=_field(event.get("errorCode")),
        bucket=_field(asked.get("bucketName") if isinstance(asked, Mapping) else None),
        endpoint=_field(event.get("vpcEndpointId")),
        endpoint_owner=_field(event.get("vpcEndpointAccountId")),
        service=_field(service),
    )


def _nobody_by_arn(who: Mapping[str, Any]) -> str | None:
    """Return who asked without an ARN: another account, which CloudTrail names by its id, or nobody."""
    account = who.get("accountId")
    if account in (None, "", _ANONYMOUS) or who.get("type") == "AWSService":
        return None
    return str(account)


def _field(value: object) -> bytes:
    """Return a field as S3's own log has it: `-` where there is none."""
    return str(value).encode("utf-8", "backslashreplace") if value not in (None, "") else b"-"
