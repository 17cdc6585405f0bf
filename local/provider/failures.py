"""What can go wrong with AWS, in the words of the real provider, and what to wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from local.provider.values import Props

AwsErrors = (ClientError, BotoCoreError)
T = TypeVar("T")

PATIENCE_SECONDS = 20.0
"""How long an error that passes by itself is waited for; the real provider waits for two minutes."""


class ProviderError(Exception):
    """An operation failed; the message is what the user reads."""


class InitializationError(ProviderError):
    """A resource exists, but not as declared: the engine has to know its id."""

    def __init__(self, identity: str, properties: Props, reason: str) -> None:
        super().__init__(reason)
        self.identity = identity
        self.properties = properties


class CancelledError(ProviderError):
    """The engine wants no more of it."""


def code(error: BaseException) -> str:
    """AWS's error code; empty for an error that is not AWS's answer."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def says(error: BaseException, expected: str, beginning: str) -> bool:
    """Whether AWS answers with that code and a message that begins so. Further on a message may quote the
    request, in which a user can have written the same words.
    """
    found = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
    return found.get("Code") == expected and str(found.get("Message", "")).startswith(beginning)


def gone(error: BaseException, codes: Collection[str]) -> bool:
    """Whether the error says that the thing does not exist: by one of these codes, or HEAD's bare 404."""
    return code(error) in codes or code(error) == "404"


def if_there(attempt: Callable[[], T], *codes: str) -> T | None:
    """Return the result of ``attempt``; None where AWS says, by one of the codes, that there is no such
    thing.
    """
    try:
        return attempt()
    except ClientError as error:
        if gone(error, codes):
            return None
        raise


def explain(error: BaseException) -> str:
    """Return the error as the AWS SDK that the real provider is built on words it."""
    if not isinstance(error, ClientError):
        return str(error)
    answer = error.response.get("ResponseMetadata", {})
    found = error.response.get("Error", {})
    return (
        f"operation error {error.operation_name}, https response error "
        f"StatusCode: {answer.get('HTTPStatusCode')}, RequestID: {answer.get('RequestId', '')}, "
        f"api error {found.get('Code')}: {found.get('Message')}"
    )


def eventually(
    attempt: Callable[[], T],
    passing: Callable[[BaseException], bool],
    cancelled: threading.Event,
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """Return the result of ``attempt``, tried again while its error passes by itself, at most for
    ``seconds``.
    """
    deadline, pause = time.monotonic() + seconds, 0.2
    while True:
        try:
            return attempt()
        except AwsErrors as error:
            if not passing(error) or time.monotonic() + pause > deadline:
                raise
        if cancelled.wait(pause):
            raise CancelledError("the operation was cancelled")
        pause = min(pause * 2, 3.0)
