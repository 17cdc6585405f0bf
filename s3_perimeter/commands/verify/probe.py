"""The probe: an object of our own that is written, read and removed again, whatever happens in between."""

from __future__ import annotations

import os
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from s3_perimeter.aws import Aws

__all__ = ["FOLDER", "Probe", "ends_in_order", "undisturbed"]

FOLDER: Final = ".s3-perimeter-verify/"
# A run takes seconds: a probe this old was left by one that was killed.
STALE: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Probe:
    """An object below the user's prefix with a name that nobody else uses; `operator` may remove its
    versions.
    """

    operator: Aws
    bucket: str
    owner: dict[str, str]
    prefix: str
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    content: bytes = field(default_factory=lambda: os.urandom(1024), repr=False)
    tries: list[str] = field(default_factory=list, repr=False)
    """The keys that were written, or may have been."""

    @property
    def folder(self) -> str:
        """Where probes of this user lie."""
        return f"{self.prefix}{FOLDER}"

    @property
    def key(self) -> str:
        """The probe's key."""
        return f"{self.folder}{self.name}"

    @property
    def written(self) -> bool:
        """Whether there may be something to remove."""
        return bool(self.tries)

    def remove(self) -> int:
        """Remove every version of the probe, and of probes that killed runs left; returns how many remain.

        Raises CommandError where the operator may not.
        """
        s3 = self.operator.client("s3")
        with self.operator.words_for("removing the probe"):
            for version in self.versions(s3):
                s3.delete_object(
                    Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"], **self.owner
                )
            return sum(1 for _ in self.versions(s3))

    def versions(self, s3: Any) -> Iterator[dict[str, Any]]:
        """Yield the versions and delete markers that are ours to remove."""
        now = datetime.now(UTC)
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, Prefix=self.folder, **self.owner
        )
        for page in pages:
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                if version["Key"].startswith(self.key) or now - version["LastModified"] > STALE:
                    yield version


@contextmanager
def ends_in_order() -> Iterator[None]:
    """Within, a request to end (SIGTERM, a closed terminal) unwinds as Ctrl-C does, so that `finally` is
    run.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def unwind(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, unwind) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within, requests to end wait: what cleans up is not interrupted itself, and ends as asked when done.

    Raises KeyboardInterrupt at its end where one came meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []

    def wait(number: int, _: object) -> None:
        heard.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, wait) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if heard:
        raise KeyboardInterrupt
