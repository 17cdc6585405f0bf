"""The emulator (ministack) in this process: the variables that configure it, and saving its state."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ACCOUNT = "111122223333"
"""The account of AWS's own documentation examples; everything here belongs to it."""

MANAGEMENT = "444455556666"
"""The management account of the organization that the account is in."""

REGION = "ap-northeast-1"
ROOT_KEY, ROOT_SECRET = "test", "test"

_written: dict[str, str] = {}
"""Each service with its state as it was last written."""


def configure(directory: Path) -> None:
    """Set what ministack reads while it is imported: enforcement on, loopback, state below ``directory``.

    The root key is named on purpose: ministack takes ``AWS_ACCESS_KEY_ID`` of its environment for root's,
    which would exempt the admin of a shell after ``make env`` from every policy.
    """
    for name in [name for name in os.environ if name.startswith(("AWS_", "LOCALSTACK_", "MINISTACK_"))]:
        del os.environ[name]
    os.environ.update(
        AUTH="true",
        AWS_ACCESS_KEY_ID=ROOT_KEY,
        AWS_SECRET_ACCESS_KEY=ROOT_SECRET,
        BIND_HOST="127.0.0.1",
        DOCKER_HOST=f"unix://{directory}/no-docker.sock",  # nothing here runs in containers
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="WARNING",
        MINISTACK_ACCOUNT_ID=ACCOUNT,
        MINISTACK_HOST="localhost",
        MINISTACK_REGION=REGION,
        PERSIST_STATE="1",
        S3_DATA_DIR=str(directory / "objects"),
        S3_PERSIST="1",
        SFTP_ENABLED="0",
        STATE_DIR=str(directory / "services"),
    )


PROTOCOLS = {
    "iam": {"protocol": "query"},
    "kms": {"protocol": "json", "jsonVersion": "1.1"},
    "organizations": {"protocol": "json", "jsonVersion": "1.1"},
    "s3": {"protocol": "rest-xml"},
    "sts": {"protocol": "query"},
}
"""What botocore's descriptions of the services that are asked most say of how they are asked."""


class Described:
    """botocore's description of a service, read where more than its protocol is asked for."""

    def __init__(self, service: str, read: Callable[[str], Any]) -> None:
        self.metadata = PROTOCOLS[service]
        self.read = functools.partial(read, service)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.read(), name)


def application() -> Application:
    """Return the emulator's ASGI application; ``configure`` comes first.

    ministack reads botocore's whole description of a service for the content type of its answers, which is a
    third of the processor time until the first answer.
    """
    from ministack.app import app
    from ministack.core import responses

    read = responses._service_model
    responses._service_model = lambda service: (
        Described(service, read) if service in PROTOCOLS else read(service)
    )
    chosen: Application = app
    return chosen


def save(service: str = "") -> None:
    """Write the state of a service to disk where it changed, so that ``kill -9`` loses nothing that was
    answered; that of every service where none of this name is running.

    ministack itself saves only when it is asked to end. Objects it writes at once.
    """
    from ministack.app import _build_persistence_save_dict
    from ministack.core import persistence

    states = _build_persistence_save_dict()
    for name in states if service not in states else [service]:
        text = json.dumps(states[name](), default=persistence._json_default)
        if text in ("null", _written.get(name)):  # a service without a state, and one without a change
            continue
        version = persistence._state_format_version(name)
        replace(
            Path(persistence.STATE_DIR, f"{name}.json"),
            f'{{"__ministack_format__": {version}, "payload": {text}}}',
        )
        _written[name] = text


def replace(file: Path, text: str) -> None:
    """Write a file in one step: a reader, or the next start after a kill, finds the old text or this one."""
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(text)
    fresh.replace(file)


def is_root(access_key: str) -> bool:
    """Whether that access key is one of root's, which the emulator exempts from every policy."""
    from ministack.core.iam_evaluator import is_root_access_key

    return bool(access_key) and bool(is_root_access_key(access_key))
