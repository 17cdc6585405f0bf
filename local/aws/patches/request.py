"""An S3 request as the emulator's dispatch sees it, and what a patch answers it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ministack.services import s3

Answer = tuple[int, dict[str, str], bytes]
SIGNATURES = {"AWSAccessKeyId", "Signature", "Expires"}
"""Of a URL presigned with Signature Version 2."""


@dataclass(frozen=True, slots=True)
class S3Request:
    """One authorized request; ``key`` is empty for one to the bucket itself."""

    method: str
    bucket: str
    key: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]

    @property
    def subresources(self) -> set[str]:
        """The query parameters that are not its signature's or the SDK's own."""
        return {name for name in self.query if not name.lower().startswith("x-")} - SIGNATURES

    def asks(self, method: str, subresource: str) -> bool:
        """Whether it is that request for that subresource of a bucket that exists."""
        return (
            self.method == method
            and not self.key
            and subresource in self.query
            and self.bucket in s3._buckets
        )

    def refused(self, status: int, code: str, message: str) -> Answer:
        """S3's error document."""
        resource = f"/{self.bucket}/{self.key}" if self.key else f"/{self.bucket}"
        answer: Answer = s3._error(code, message, status, resource)
        return answer


def xml(text: str) -> Answer:
    """Return a successful answer in XML."""
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n' + text
    return 200, {"Content-Type": "application/xml"}, declared.encode()


def text_of(body: bytes | str, element: str) -> str | None:
    """Return the text of the first element of that name, None where there is none."""
    found = texts_of(body, element)
    return found[0] if found else None


def texts_of(body: bytes | str, element: str) -> list[str]:
    """Return the texts of all elements of that name, whatever their namespace; none in what is not XML."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  (a client of the embedded AWS sends only to itself)
    except ElementTree.ParseError:
        return []
    return [(item.text or "").strip() for item in root.iter() if item.tag.rpartition("}")[2] == element]
