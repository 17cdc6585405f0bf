"""The application in front of the emulator: root stays out, answers are kept, access is logged."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from ministack import app as ministack
from ministack.core import iam_evaluator
from ministack.services import s3

from local.aws import emulator
from local.aws.access_log import Entry
from local.aws.emulator import ACCOUNT, Application, Message, Receive, Scope, Send
from local.aws.exchange import SIGNED_FOR, Answered, Asked
from local.aws.log_delivery import LogDelivery
from local.aws.patches import evaluation, sts
from local.aws.patches.kept import KEPT

IDLE_SAVE_SECONDS = 2.0

ROOT_REFUSED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in "
    b"our records.</Message></Error>"
)


class Gateway:
    """Passes requests to the emulator; saves its state before a change is answered."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.logs = LogDelivery(ACCOUNT)
        self.last_request = time.monotonic()
        self.unsaved = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request of a vantage point."""
        self.last_request = began = time.monotonic()
        asked, answered = Asked.read(scope), Answered()
        if not asked.vantage.root and emulator.is_root(asked.access_key):
            await refuse(send)
            return
        evaluation.facts.set(asked.facts())
        self.unsaved = True
        changing = asked.changes

        async def answer(message: Message) -> None:
            if changing and message["type"] == "http.response.start":
                self.save(asked.service)
            answered.note(message)
            await send(message)

        await self.application(scope, receive, answer)
        self.note_use(asked)
        self.note_access(asked, answered, time.monotonic() - began)

    def note_use(self, asked: Asked) -> None:
        """Remember when a key, or the role of a session, was last used, as IAM does."""
        signed = SIGNED_FOR.search(asked.credential)
        if signed and asked.access_key:
            KEPT.data.last_used[asked.access_key] = {
                "LastUsedDate": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "ServiceName": signed["service"],
                "Region": signed["region"],
            }
            role = sts.role_of(asked.access_key)
            if role:
                when = {"LastUsedDate": KEPT.data.last_used[asked.access_key]["LastUsedDate"]}
                KEPT.data.roles_used[role] = {**when, "Region": signed["region"]}

    def note_access(self, asked: Asked, answered: Answered, seconds: float) -> None:
        """Give a request to a bucket to log delivery."""
        scope = asked.scope
        host = asked.headers.get("host", "")
        virtual = ministack._extract_s3_vhost_bucket(host)
        bucket, _, key = (f"{virtual}{scope['path']}" if virtual else scope["path"][1:]).partition("/")
        if not s3._buckets.contains_scoped(ACCOUNT, None, bucket):
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"")
        sizes = answered.headers if scope["method"] in ("GET", "HEAD") else asked.headers
        size = sizes.get("x-amz-decoded-content-length") or sizes.get("content-length")
        caller = iam_evaluator._request_caller_arn.get()
        self.logs.note(
            Entry(
                owner=s3._canonical_owner_id(ACCOUNT),
                bucket=bucket,
                time=datetime.now(UTC),
                address=scope["client"][0],
                requester=caller if asked.access_key else None,
                request_id=answered.headers.get("x-amz-request-id", "")[:16].replace("-", "").upper(),
                method=scope["method"],
                key=key,
                query=tuple(asked.query),
                uri=(raw + (b"?" + query if query else b"")).decode("latin-1"),
                status=answered.status,
                error=answered.error,
                sent=answered.sent,
                size=int(size) if key and size and size.isdigit() and answered.status < 300 else None,
                milliseconds=max(1, round(seconds * 1000)),
                referer=asked.headers.get("referer"),
                agent=asked.headers.get("user-agent"),
                version=answered.headers.get("x-amz-version-id"),
                host_id=answered.headers.get("x-amz-id-2", ""),
                auth=asked.auth,
                host=host,
                tls=asked.vantage.tls,
            )
        )

    def save(self, service: str = "") -> None:
        """Write the emulator's state, or that of one service, and the patches'."""
        emulator.save(service)
        KEPT.save()
        self.unsaved = bool(service)

    async def save_now_and_then(self) -> None:
        """Save what reading requests change too (when a key was last used), until cancelled."""
        while True:
            await asyncio.sleep(IDLE_SAVE_SECONDS)
            if self.unsaved:
                self.save()


async def refuse(send: Send) -> None:
    """Answer that root's key is unknown: its holder would be exempt from every policy."""
    headers = [(b"content-type", b"application/xml"), (b"content-length", str(len(ROOT_REFUSED)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": ROOT_REFUSED})
