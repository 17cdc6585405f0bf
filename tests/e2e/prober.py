"""A prober: clients outside the fence that ask without pause and remember every answer but a refusal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.stand import Stand

# What S3 says to somebody it allows nowhere: refused, or nothing is there (yet, or any more).
REFUSALS = {"AccessDenied", "403", "NoSuchBucket", "404", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, or nobody's."""

    name: str
    key: str | None = None
    secret: str | None = None


@dataclass(slots=True)
class Prober:
    """Lists, reads and writes from `endpoint` for each of `who`, until the block ends."""

    stand: Stand
    endpoint: str
    bucket: str
    who: tuple[Credentials, ...]
    object_key: str = "probe"
    pause: float = 0.02
    """Seconds between one round of requests and the next."""
    answers: dict[str, int] = field(default_factory=dict)
    allowed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Prober:
        for credentials in self.who:
            thread = threading.Thread(target=self._probe, args=(credentials,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _probe(self, credentials: Credentials) -> None:
        client = self._client(credentials)
        requests: dict[str, Callable[[], object]] = {
            "ListObjectsV2": lambda: client.list_objects_v2(Bucket=self.bucket),
            "GetObject": lambda: client.get_object(Bucket=self.bucket, Key=self.object_key),
            "PutObject": lambda: client.put_object(Bucket=self.bucket, Key="intruder", Body=b"x"),
            "GetBucketPolicy": lambda: client.get_bucket_policy(Bucket=self.bucket),
        }
        while not self._stop.is_set():
            for name, request in requests.items():
                self._ask(credentials.name, name, request)
            time.sleep(self.pause)

    def _ask(self, who: str, name: str, request: Callable[[], object]) -> None:
        moment = time.strftime("%H:%M:%S")
        try:
            request()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            self.answers[code] = self.answers.get(code, 0) + 1
            if code not in REFUSALS:
                self.broken.append(f"{moment} {who} {name}: {code}")
        except BotoCoreError as error:
            self.broken.append(f"{moment} {who} {name}: {error}")
        else:
            self.allowed.append(f"{moment} {who} {name}")

    def _client(self, credentials: Credentials) -> Any:
        options: dict[str, Any] = (
            {"aws_access_key_id": credentials.key, "aws_secret_access_key": credentials.secret}
            if credentials.key
            else {}
        )
        signing = {} if credentials.key else {"signature_version": UNSIGNED}
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="ap-northeast-1",
            verify=str(self.stand.authority),
            config=Config(retries={"total_max_attempts": 1}, **signing),
            **options,
        )
