"""Whether AWS did what it gave no answer to, and what to say of it.

The SDK asks again when a connection breaks. For what has a name of ours that is harmless: the second request
meets the first one's thing. What AWS chooses the id of is made once more, so it is asked for once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, SSLError

from local.provider.failures import code, eventually
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.values import Props

T = TypeVar("T")

GUIDE = '"Recover an interrupted deployment" (docs/how-to/recover-an-interrupted-deployment.md)'
THROTTLED = frozenset(
    {"PriorRequestNotComplete", "RequestLimitExceeded", "RequestThrottled", "SlowDown"}
    | {"Throttling", "ThrottlingException", "TooManyRequestsException"}
)
"""Codes with which AWS turns a request away before it looks at it ("Common errors" of each service)."""

TAKEN = frozenset(
    {"AlreadyExistsException", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "EntityAlreadyExists"}
)


def asked_once(session: Session, attempt: Callable[[], T], passing: Callable[[BaseException], bool]) -> T:
    """Return the result of ``attempt``, made with a client of ``session.client(..., once=True)``.

    Tried again for errors that are ``passing`` and where AWS has surely made nothing.
    """
    return eventually(attempt, lambda error: not_begun(error) or passing(error), session.cancelled)


def not_begun(error: BaseException) -> bool:
    """Whether AWS turned the request away for its number, or was never reached: asking again is safe."""
    if isinstance(error, ConnectionError):  # broken off in mid-air is an HTTPClientError
        return not isinstance(error, SSLError)
    return code(error) in THROTTLED


def maybe_done(error: BaseException) -> bool:
    """Whether AWS may have done it all the same: no answer came, or one that blames AWS itself."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 and not not_begun(error)
    return isinstance(error, (HTTPClientError, SSLError))


def doubt(resource: Resource, inputs: Props, error: BaseException) -> str:
    """Return what follows the reason in the message of a failed create; empty where nothing is in doubt."""
    if resource.lost and maybe_done(error):
        return f"\n\n{resource.lost.format_map(inputs)}; see {GUIDE}"
    if code(error) in TAKEN:
        return (
            "\n\nhint: if an answer of AWS was lost, in this deployment or an earlier one, a deployment may "
            f"have created it; check when it was created, and if that was just now, delete it and run "
            f"`pulumi up` again; see {GUIDE}"
        )
    return ""
