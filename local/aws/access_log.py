"""Lines of S3's server access log, laid out as its guide's "Amazon S3 server access log format" says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

OBJECT_OPERATIONS = {
    "acl": "ACL",
    "legal-hold": "OBJECT_LEGAL_HOLD",
    "partNumber": "PART",
    "retention": "OBJECT_RETENTION",
    "tagging": "OBJECT_TAGGING",
    "uploadId": "UPLOAD",
    "uploads": "UPLOADS",
}
BUCKET_OPERATIONS = {
    "acl": "ACL",
    "delete": "MULTI_OBJECT_DELETE",
    "location": "LOCATION",
    "logging": "LOGGING_STATUS",
    "ownershipControls": "OWNERSHIP_CONTROLS",
    "policy": "BUCKETPOLICY",
    "policyStatus": "BUCKETPOLICYSTATUS",
    "publicAccessBlock": "PUBLIC_ACCESS_BLOCK",
    "requestPayment": "REQUEST_PAYMENT",
    "uploads": "UPLOADS",
    "versions": "BUCKETVERSIONS",
}
PLAIN = {
    "accelerate",
    "cors",
    "encryption",
    "lifecycle",
    "notification",
    "replication",
    "tagging",
    "versioning",
}
"""Bucket subresources that the log names as they are, in capitals; ``website`` too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as the log shows it; None where the log has ``-``."""

    owner: str
    bucket: str
    time: datetime
    address: str
    requester: str | None
    request_id: str
    method: str
    key: str
    query: tuple[str, ...]
    uri: str
    status: int
    error: str | None
    sent: int
    size: int | None
    milliseconds: int
    referer: str | None
    agent: str | None
    version: str | None
    host_id: str
    auth: str | None
    host: str
    tls: bool

    @property
    def operation(self) -> str:
        """``REST.`` method ``.`` what it addressed, such as ``REST.GET.OBJECT``."""
        return f"REST.{self.method}.{self.resource}"

    @property
    def resource(self) -> str:
        """What the request addressed: an object, a bucket, or a subresource of either."""
        names = OBJECT_OPERATIONS if self.key else BUCKET_OPERATIONS
        for name in self.query:
            if name in names:
                return names[name]
            if not self.key and (name in PLAIN or name == "website"):
                return name.upper()
        return "OBJECT" if self.key else "BUCKET"

    def line(self) -> str:
        """Return the line, without its end."""
        fields = [
            self.owner,
            self.bucket,
            f"[{self.time:%d/%b/%Y:%H:%M:%S +0000}]",
            self.address,
            self.requester or "-",
            self.request_id,
            self.operation,
            quote(self.key) or "-",
            quoted(f"{self.method} {self.uri} HTTP/1.1"),
            str(self.status),
            self.error or "-",
            str(self.sent or "-"),
            "-" if self.size is None else str(self.size),
            str(self.milliseconds),
            str(self.milliseconds),
            quoted(self.referer),
            quoted(self.agent),
            self.version or "-",
            self.host_id or "-",
            "SigV4" if self.auth else "-",
            "TLS_AES_256_GCM_SHA384" if self.tls else "-",
            self.auth or "-",
            self.host or "-",
            "TLSv1.3" if self.tls else "-",
            "-",  # no access point
            "-",  # no ACL was needed
        ]
        return " ".join(fields)


def quoted(text: str | None) -> str:
    """Return a field in double quotes, those of the text itself unescaped as S3 writes them; ``-`` is
    none.
    """
    return f'"{text or "-"}"'
