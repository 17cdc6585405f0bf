"""An S3 request as the emulator's dispatch sees it, and what a patch answers it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ministack.services import s3

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class S3Request:
    """One authorised request; ``key`` is empty for one to the bucket itself."""

    method: str
    bucket: str
    key: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]

    @property
    def to_bucket(self) -> bool:
        """Whether it addresses a bucket that exists, not an object."""
        return bool(self.bucket) and not self.key and self.bucket in s3._buckets

    def asks(self, subresource: str) -> bool:
        """Whether it addresses that subresource of a bucket."""
        return self.to_bucket and subresource in self.query

    def value(self, name: str) -> str:
        """Return the first value of a query parameter, empty where it has none."""
        return str((self.query.get(name) or [""])[0])

    @property
    def deletes_bucket(self) -> bool:
        """Whether it is DeleteBucket: a DELETE without a subresource."""
        return self.method == "DELETE" and bool(self.bucket) and not self.key and not subresources(self.query)


def subresources(query: dict[str, Any]) -> set[str]:
    """Return the query parameters of a request that are not its signature's or the SDK's own."""
    return {name for name in query if not name.lower().startswith("x-")}


def error(code: str, message: str, status: int, request: S3Request) -> Answer:
    """S3's error document."""
    resource = f"/{request.bucket}/{request.key}" if request.key else f"/{request.bucket}"
    answer: Answer = s3._error(code, message, status, resource)
    return answer


def xml(text: str) -> Answer:
    """Return a successful answer in XML."""
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n' + text
    return 200, {"Content-Type": "application/xml"}, declared.encode()
