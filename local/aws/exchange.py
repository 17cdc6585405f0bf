"""One exchange with a client: the request as it came, and what of the answer the access log shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

from ministack.core.router import extract_access_key_id

from local.aws.emulator import Message, Scope
from local.vantages import Vantage

READING = ("Get", "List", "Head", "Describe", "Simulate", "Generate")
ERROR_CODE = re.compile(rb"<Code>(\w+)</Code>")
SIGNED_FOR = re.compile(r"/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: headers in lower case, query parameters, and the access key it is signed with."""

    scope: Scope
    headers: dict[str, str]
    query: dict[str, list[str]]

    @classmethod
    def read(cls, scope: Scope) -> Asked:
        """Read the request's head."""
        return cls(
            scope,
            {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True),
        )

    @property
    def vantage(self) -> Vantage:
        """Where it comes from."""
        found: Vantage = self.scope["vantage"]
        return found

    @property
    def access_key(self) -> str:
        """The access key of its header or its query; empty for an anonymous request."""
        return str(extract_access_key_id(self.headers, self.query) or "")

    @property
    def auth(self) -> str | None:
        """How it is signed, in the access log's words; None for an anonymous request."""
        if "authorization" in self.headers:
            return "AuthHeader"
        return "QueryString" if self.access_key else None

    @property
    def credential(self) -> str:
        """Where the signature names its region and service."""
        return self.headers.get("authorization", "") or self.query.get("X-Amz-Credential", [""])[0]

    @property
    def service(self) -> str:
        """The service that it is signed for; empty for an anonymous request."""
        signed = SIGNED_FOR.search(self.credential)
        return signed["service"] if signed else ""

    @property
    def signature_age(self) -> str | None:
        """Milliseconds since a presigned URL was signed; None for a request that is signed otherwise."""
        if self.auth != "QueryString":
            return None
        try:
            moment = datetime.strptime(self.query.get("X-Amz-Date", [""])[0], "%Y%m%dT%H%M%SZ")
        except ValueError:
            return None
        moment = moment.replace(tzinfo=UTC)
        return str(max(int((datetime.now(UTC) - moment).total_seconds() * 1000), 0))

    @property
    def changes(self) -> bool:
        """Whether it may change state. Query services have the operation in the body: those count."""
        if self.scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return False
        target = self.headers.get("x-amz-target", "")
        return not target.rpartition(".")[2].startswith(READING) if target else True

    def facts(self) -> dict[str, str]:
        """Condition keys that the emulator does not know, in lower case."""
        known = {
            "aws:useragent": self.headers.get("user-agent"),
            "aws:referer": self.headers.get("referer"),
            "s3:authtype": {"AuthHeader": "REST-HEADER", "QueryString": "REST-QUERY-STRING"}.get(
                self.auth or ""
            ),
            "s3:signatureversion": "AWS4-HMAC-SHA256" if SIGNED_FOR.search(self.credential) else None,
            "s3:signatureage": self.signature_age,
            "s3:tlsversion": "1.3" if self.vantage.tls else None,
            **{
                f"s3:{name}": value
                for name, value in self.headers.items()
                if name.startswith("x-amz-server-side-encryption")
            },
        }
        return {key: value for key, value in known.items() if value is not None}


@dataclass(slots=True)
class Answered:
    """What was sent back, as far as the access log shows it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    error: str | None = None

    def note(self, message: Message) -> None:
        """Take in a message of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in message["headers"]}
        else:
            body = message.get("body", b"")
            if self.status >= 300 and not self.sent:
                found = ERROR_CODE.search(body)
                self.error = found[1].decode() if found else None
            self.sent += len(body)
