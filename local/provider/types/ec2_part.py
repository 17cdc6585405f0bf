"""What the EC2 types share: tags, and waiting for a state."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from local.provider.failures import CancelledError, ProviderError, code
from local.provider.session import Session
from local.provider.structures import to_tags
from local.provider.values import Props

WAIT_SECONDS = 120.0


def tags_for(session: Session, kind: str, inputs: Props) -> Props:
    """The argument with which a create call tags what it makes."""
    wanted = {**session.default_tags, **(inputs.get("tags") or {})}
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": to_tags(wanted)}]} if wanted else {}


def retag(session: Session, ec2: Any, identity: str, old: Props, new: Props) -> None:
    """Bring tags to the program's over the provider's default tags."""
    before = old.get("tagsAll") or {}
    wanted = {**session.default_tags, **(new.get("tags") or {})}
    dropped = sorted(before.keys() - wanted.keys())
    changed = {key: value for key, value in wanted.items() if before.get(key) != value}
    if dropped:
        ec2.delete_tags(Resources=[identity], Tags=[{"Key": key} for key in dropped])
    if changed:
        ec2.create_tags(Resources=[identity], Tags=to_tags(changed))


def one_of(describe: Callable[[], list[Any]], absent: str) -> Any:
    """The one thing that is described; None where EC2 says that there is none (a code ending so)."""
    try:
        found = describe()
    except ClientError as error:
        if code(error).endswith(absent):
            return None
        raise
    return found[0] if found else None


def wait_for(session: Session, reached: Callable[[], bool], what: str) -> None:
    """Wait until a state is reached. Raises ProviderError where it is not in time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not reached():
        if time.monotonic() > deadline:
            raise ProviderError(f"timeout while waiting for {what}")
        if session.cancelled.wait(0.5):
            raise CancelledError("the operation was cancelled")
