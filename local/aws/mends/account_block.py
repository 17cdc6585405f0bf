"""The account's own public-access block (s3control), which the emulator lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.services import s3

from local.aws.mends.bucket_settings import text_of
from local.aws.mends.kept import Kept
from local.aws.mends.request import Answer

PATH = "/v20180820/configuration/publicAccessBlock"
ACTIONS = {
    "GET": "s3:GetAccountPublicAccessBlock",
    "PUT": "s3:PutAccountPublicAccessBlock",
    "DELETE": "s3:PutAccountPublicAccessBlock",
}


def apply(kept: Kept) -> None:
    """Answer for the account's block, which the emulator refuses, and honour it beside the bucket's."""
    app._handle_s3_control_request = control(app._handle_s3_control_request, kept)
    s3._public_access_blocked = blocked(s3._public_access_blocked, kept)


def control(original: Callable[..., Awaitable[Any]], kept: Kept) -> Callable[..., Awaitable[Any]]:
    """Requests to S3 Control."""

    async def handle(
        path: str,
        method: str,
        body: bytes,
        query: dict[str, Any],
        request_id: str,
        headers: dict[str, str] | None = None,
    ) -> Any:
        if path != PATH or method not in ACTIONS:
            return await original(path, method, body, query, request_id, headers)
        refused = app._enforce_data_plane("s3", ACTIONS[method], headers or {}, query, request_id)
        refused = refused or s3.s3control_account_error(headers or {})
        return refused or answer(method, body, kept)

    return handle


def answer(method: str, body: bytes, kept: Kept) -> Answer:
    """Get, put or delete the block of the account."""
    if method == "PUT":
        kept.data.account_block = body.decode()
        return 201, {}, b""
    if method == "DELETE":
        kept.data.account_block = None
        return 204, {}, b""
    if kept.data.account_block is None:
        missing: Answer = s3.s3control_error(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            404,
        )
        return missing
    return 200, {"Content-Type": "application/xml"}, kept.data.account_block.encode()


def blocked(original: Callable[..., Any], kept: Kept) -> Callable[..., bool]:
    """Whether the bucket's own or the account's block turns a setting on."""

    def turned_on(owner: str, bucket: str, setting: str) -> bool:
        account = kept.data.account_block
        return bool(account and text_of(account, setting) == "true") or bool(original(owner, bucket, setting))

    return turned_on
