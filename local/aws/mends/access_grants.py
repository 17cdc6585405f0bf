"""The account's S3 access grants, unknown to the emulator: there is no instance, so there are none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.services import s3

PATH = "/v20180820/accessgrantsinstance/grants"


def apply() -> None:
    """Answer ListAccessGrants as an account does that never made an access grants instance."""
    app._handle_s3_control_request = control(app._handle_s3_control_request)


def control(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Requests to S3 Control."""

    async def handle(
        path: str,
        method: str,
        body: bytes,
        query: dict[str, Any],
        request_id: str,
        headers: dict[str, str] | None = None,
    ) -> Any:
        if path != PATH or method != "GET":
            return await original(path, method, body, query, request_id, headers)
        refused = app._enforce_data_plane("s3", "s3:ListAccessGrants", headers or {}, query, request_id)
        refused = refused or s3.s3control_account_error(headers or {})
        return refused or s3.s3control_error(
            "AccessGrantsInstanceNotExistsError", "Access Grants Instance does not exist", 404
        )

    return handle
