"""S3 Control: the account's public-access block, and documented answers about what an account never made.

ministack 1.5.33 answers both with InvalidRequest. AWS keeps a public-access block for the account, which
counts in addition to each bucket's own (S3 User Guide, "Blocking public access"), and answers
ListAccessGrants of an account without an access grants instance with AccessGrantsInstanceNotExistsError.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.services import s3

from local.aws.patches.bucket_settings import text_of
from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer

BLOCK, GRANTS = "/v20180820/configuration/publicAccessBlock", "/v20180820/accessgrantsinstance/grants"
ACTIONS = {
    (BLOCK, "GET"): "s3:GetAccountPublicAccessBlock",
    (BLOCK, "PUT"): "s3:PutAccountPublicAccessBlock",
    (BLOCK, "DELETE"): "s3:PutAccountPublicAccessBlock",
    (GRANTS, "GET"): "s3:ListAccessGrants",
}
NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
NO_GRANTS = ("AccessGrantsInstanceNotExistsError", "Access Grants Instance does not exist")


def apply(kept: Kept) -> None:
    """Answer these requests, and honour the account's block in addition to the bucket's."""
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
        action = ACTIONS.get((path, method))
        if action is None:
            return await original(path, method, body, query, request_id, headers)
        refused = app._enforce_data_plane("s3", action, headers or {}, query, request_id)
        refused = refused or s3.s3control_account_error(headers or {})
        return refused or (missing(*NO_GRANTS) if path == GRANTS else block(method, body, kept))

    return handle


def missing(code: str, message: str) -> Answer:
    """S3 Control's error for what is not there."""
    answer: Answer = s3.s3control_error(code, message, 404)
    return answer


def block(method: str, body: bytes, kept: Kept) -> Answer:
    """Get, put or delete the block of the account."""
    if method == "PUT":
        kept.data.account_block = body.decode()
        return 201, {}, b""
    if method == "DELETE":
        kept.data.account_block = None
        return 204, {}, b""
    if kept.data.account_block is None:
        return missing(*NO_BLOCK)
    return 200, {"Content-Type": "application/xml"}, kept.data.account_block.encode()


def blocked(original: Callable[..., Any], kept: Kept) -> Callable[..., bool]:
    """Whether the bucket's own or the account's block turns a setting on."""

    def turned_on(owner: str, bucket: str, setting: str) -> bool:
        account = kept.data.account_block
        return bool(account and text_of(account, setting) == "true") or bool(original(owner, bucket, setting))

    return turned_on
