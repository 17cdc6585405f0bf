"""Where access logs lie: files and folders on this machine, or the log bucket of a stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from s3_perimeter.access_logs.formats import HEAD, is_plain_log
from s3_perimeter.reporting.errors import CommandError

if TYPE_CHECKING:
    from s3_perimeter.stack.deployed import Stack

__all__ = ["BucketLogs", "FileLogs", "LogSource", "Piece", "logs_of", "logs_of_stack"]

# Small enough to stay in a processor's cache while a block is searched again and again.
BLOCK: Final = 1 << 17
LONGEST: Final = 1 << 20
# Pieces are what one worker takes at a time: a stretch of a file, or some objects of the log bucket.
STRETCH: Final = 1 << 26
OBJECTS: Final = 100
WHEN_DELIVERED: Final = re.compile(r"(\d{4}-\d{2}-\d{2}-\d{2})-\d{2}-\d{2}-[^/]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A share of the logs: names in the source, and for a file the stretch of bytes to read."""

    names: tuple[str, ...]
    start: int = 0
    end: int | None = None


class LogSource(Protocol):
    """Logs that can be cut into pieces, each of which is read by itself."""

    def pieces(self) -> Iterator[Piece]:
        """Return all pieces; together they hold each line once."""

    def read(self, piece: Piece) -> Iterator[Iterator[bytes]]:
        """Return the texts of a piece, each as blocks of bytes, in the order of the piece's names."""


@dataclass(frozen=True, slots=True)
class FileLogs:
    """Log files on this machine: the files given, and every file below the folders given."""

    paths: tuple[Path, ...]

    def pieces(self) -> Iterator[Piece]:
        """Yield every file, cut into stretches. Raises CommandError where one cannot be read."""
        for path in self.paths:
            if str(path) == "-" or path.is_fifo():
                yield Piece((str(path),))  # what a pipe says is read once, and from its beginning
                continue
            if not path.exists():
                raise CommandError(
                    f"there is no file or folder `{path}`", "name the folder that holds the logs"
                )
            files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
            for file in files:
                yield from self._pieces_of(file)

    @staticmethod
    def _pieces_of(file: Path) -> Iterator[Piece]:
        """Yield a file of plain log text in stretches, any other in one."""
        try:
            size = file.stat().st_size
            with file.open("rb") as opened:
                stretch = STRETCH if is_plain_log(opened.read(HEAD)) else max(size, 1)
        except OSError as error:
            raise CommandError(f"cannot read `{file}`: {error.strerror}") from error
        for start in range(0, max(size, 1), stretch):
            yield Piece((str(file),), start, min(start + stretch, size))

    def read(self, piece: Piece) -> Iterator[Iterator[bytes]]:
        """Yield the lines that begin in the piece's stretch."""
        if piece.end is None:
            yield self._pipe(piece.names[0])
        else:
            yield self._stretch(Path(piece.names[0]), piece.start, piece.end)

    @staticmethod
    def _pipe(name: str) -> Iterator[bytes]:
        try:
            with open("/dev/stdin" if name == "-" else name, "rb") as file:  # noqa: PTH123
                while block := file.read(BLOCK):
                    yield block
        except OSError as error:
            raise CommandError(f"cannot read `{name}`: {error.strerror}") from error

    @staticmethod
    def _stretch(path: Path, start: int, end: int) -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                if start:
                    # The line that the stretch begins within belongs to the stretch before.
                    file.seek(start - 1)
                    file.readline(LONGEST)
                while (left := end - file.tell()) > 0:
                    block = file.read(min(BLOCK, left))
                    if not block:
                        return
                    # And the line that it ends within is read to its end.
                    yield (
                        block
                        if block.endswith(b"\n") or len(block) < left
                        else block + file.readline(LONGEST)
                    )
        except OSError as error:
            raise CommandError(f"cannot read `{path}`: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class BucketLogs:
    """The objects below a prefix of the log bucket that were delivered at or after `since`.

    A log object is named for the time of its delivery, which is never before that of the requests in it: an
    older object holds nothing that is asked for, and is not read. `flat` says that names are `PREFIX` and
    that time alone.
    """

    aws: Any
    bucket: str
    prefix: str
    since: datetime
    flat: bool
    owner: str | None = None

    def pieces(self) -> Iterator[Piece]:
        """Some objects at a time, in the order of their names."""
        start = f"{self.since:%Y-%m-%d-%H}"
        arguments: dict[str, str] = {"Bucket": self.bucket, "Prefix": self.prefix}
        if self.flat:
            arguments["StartAfter"] = self.prefix + start
        if self.owner:
            arguments["ExpectedBucketOwner"] = self.owner
        names: list[str] = []
        with self.aws.words_for(f"listing the log bucket `{self.bucket}`"):
            for page in self.aws.client("s3").get_paginator("list_objects_v2").paginate(**arguments):
                for entry in page.get("Contents", ()):
                    delivered = WHEN_DELIVERED.search(entry["Key"])
                    if entry["Size"] and (delivered is None or delivered[1] >= start):
                        names.append(entry["Key"])
                    if len(names) == OBJECTS:
                        yield Piece(tuple(names))
                        names.clear()
        if names:
            yield Piece(tuple(names))

    def read(self, piece: Piece) -> Iterator[Iterator[bytes]]:
        """Yield the text of each object, fetched while the one before is read."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(4) as fetchers:
            ahead = [fetchers.submit(self._fetch, name) for name in piece.names[:4]]
            for place in range(len(piece.names)):
                yield ahead.pop(0).result()
                if place + 4 < len(piece.names):
                    ahead.append(fetchers.submit(self._fetch, piece.names[place + 4]))

    def _fetch(self, name: str) -> Iterator[bytes]:
        """Return the object's blocks; the first is here when this returns."""
        owner = {"ExpectedBucketOwner": self.owner} if self.owner else {}
        with self.aws.words_for(f"reading `{name}` in the log bucket `{self.bucket}`"):
            body = self.aws.client("s3").get_object(Bucket=self.bucket, Key=name, **owner)["Body"]
            first: bytes = body.read(BLOCK)
        return self._blocks(first, body, name)

    def _blocks(self, first: bytes, body: Any, name: str) -> Iterator[bytes]:
        block = first
        while block:
            yield block
            with self.aws.words_for(f"reading `{name}` in the log bucket `{self.bucket}`"):
                block = body.read(BLOCK)


def logs_of(stack: Stack | None, paths: list[Path], since: datetime, profile: str | None) -> LogSource:
    """Return the logs: the files given, or else the stack's log bucket."""
    if paths or stack is None:
        return FileLogs(tuple(paths))
    return logs_of_stack(stack, since, profile)


def logs_of_stack(stack: Stack, since: datetime, profile: str | None = None) -> BucketLogs:
    """Return the log bucket of a stack; every call names the owner it must have."""
    from s3_perimeter.aws import Aws

    bucket, prefix, flat = stack.log_place
    # A log bucket given by config may be another account's by agreement; the stack's own may not.
    owner = stack.account if bucket == stack.outputs.get("logBucket") and not _external(stack) else None
    return BucketLogs(Aws(profile=profile, region=stack.region), bucket, prefix, since, flat, owner)


def _external(stack: Stack) -> bool:
    """Whether the config names a log bucket that the stack does not declare."""
    logs = stack.config.get("accessLogs")
    return isinstance(logs, dict) and "bucket" in logs
