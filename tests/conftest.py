"""What the tests of every folder share: an embedded AWS, and the real Pulumi CLI to run against it."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import subprocess
from base64 import b64encode
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import hypothesis
import pytest
from botocore.config import Config

from local.browser.chromium import Chromium
from local.browser.obtain import BrowserError, FetchError, find_or_get
from local.console import note
from local.environment import file_backend
from local.stand import Stand
from tests.browser import in_ci
from tests.hang import Hangs
from tests.warm.warm import AWS, WARM, Warm

# Modules and tests are objects that stay: to look through them for garbage takes a tenth of the time.
gc.set_threshold(50_000, 20, 100)

# No test is timed: how long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Bound every test."""
    config.pluginmanager.register(Hangs(config))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what is collected out of every search for garbage: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before `-m` is applied
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no worker is left alone with one at the end.

    What needs a browser is slow: that may have to be fetched first. Whole deployments get more time: with ten
    other programs on each core they take minutes.
    """
    for item in items:
        if item.get_closest_marker("e2e") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(900))
        if "tab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.get_closest_marker("e2e") is None, item.path not in slow))


def pytest_collection_finish() -> None:
    """Leave what was collected out of the search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _interrupts_are_heard() -> Iterator[None]:
    """Take SIGINT as a foreground job does, so that the processes that tests start and interrupt do.

    A shell starts a job in the background with SIGINT ignored, and every child inherits that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _signal_handlers_stay() -> Iterator[None]:
    """Put back what a command called in this process does on signals: what later tests fork inherits it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The warm process of this process's tests."""
    with WARM:
        yield WARM


@pytest.fixture(scope="session")
def stand(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The embedded AWS that the tests of this process share (one per xdist worker); it ends with it."""
    assert warm.started
    with AWS, Stand(tmp_path_factory.mktemp("stand")) as running:
        state_key(running)  # before any test looks at what the account has
        yield running


@pytest.fixture(scope="session")
def tab() -> Iterator[Chromium]:
    """A tab of a headless Chromium that the tests of this process share."""
    try:
        browser = find_or_get(os.environ.get("PATH", os.defpath), note)
    except BrowserError as error:
        if isinstance(error, FetchError) and in_ci():
            raise
        pytest.skip(str(error))
    with Chromium(browser) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything it said."""
        return self.out + self.err


@dataclass(frozen=True, slots=True)
class Pulumi:
    """The Pulumi CLI in one project directory, with the stand's environment."""

    directory: Path
    environment: Mapping[str, str] = field(repr=False)

    def found(self, program: str) -> str:
        """The file that a command's name means on PATH here."""
        file = shutil.which(program, path=self.environment["PATH"])
        assert file, f"there is no {program} on PATH"
        return file

    def __call__(self, *arguments: str, expect: int | None = 0, seconds: float = 300) -> Ran:
        """Run ``pulumi ARGUMENTS``; the exit code has to be ``expect`` (None: any)."""
        done = subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *arguments],
            cwd=self.directory,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        if expect is not None:
            assert ran.code == expect, f"pulumi {' '.join(arguments)} exited {ran.code}:\n{ran.text}"
        return ran


NO_COLLECTION = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
"""Keeps the CLI from its collection of garbage, a tenth of the processor time of a deployment."""


class PulumiIn:
    """Makes a ``Pulumi`` for a project directory, with a backend of its own below the test's directory."""

    def __init__(self, stand: Stand, own: Path) -> None:
        self.stand = stand
        self.own = own

    def __call__(self, directory: Path, **added: str) -> Pulumi:
        """The CLI in ``directory``; ``added`` goes on top of the environment."""
        backend = self.own / "stacks"
        backend.mkdir(exist_ok=True)
        return Pulumi(
            directory,
            {
                **WARM.environment(self.stand),
                **NO_COLLECTION,
                "PULUMI_BACKEND_URL": file_backend(backend),
                **added,
            },
        )


@pytest.fixture
def pulumi(stand: Stand, tmp_path: Path) -> PulumiIn:
    """Call it with a project directory for the CLI there: ``pulumi(directory)("up", "--yes")``."""
    return PulumiIn(stand, tmp_path)


class Aws:
    """Makes boto3 clients of the stand, from any address and for any key."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.admin = stand.record.admin
        self.management = stand.record.management

    def __call__(self, service: str, endpoint: str = "inside", **options: Any) -> Any:
        """A client through a vantage point (name or URL), as the admin unless ``options`` say otherwise."""
        url = endpoint if "://" in endpoint else self.stand.endpoint(endpoint)
        client = boto3.client(
            service,
            **{
                "endpoint_url": url,
                "region_name": "ap-northeast-1",
                "aws_access_key_id": self.admin["key"],
                "aws_secret_access_key": self.admin["secret"],
                "verify": str(self.stand.authority),
                "config": Config(retries={"total_max_attempts": 1}),
                **options,
            },
        )
        client.meta.events.register("before-call.s3-control", without_account)
        return client

    def organizations(self) -> Any:
        """A client of AWS Organizations, as the admin of the management account."""
        key, secret = self.management["key"], self.management["secret"]
        return self("organizations", aws_access_key_id=key, aws_secret_access_key=secret)


def without_account(params: dict[str, Any], **_: object) -> None:
    """S3 Control puts the account's id in front of the host, which an IP address cannot have."""
    params["url"] = re.sub(r"//\d{12}\.", "//", params["url"])


@pytest.fixture(scope="session")
def aws(stand: Stand) -> Aws:
    """Call it for a boto3 client: ``aws("s3")``, ``aws("s3", "outside")``, ``aws("s3", url)``."""
    return Aws(stand)


STATE_KEY = "alias/pulumi-state"
DATA_KEYS: dict[str, bytes] = {}
"""The data keys for the secrets of stacks, by what KMS makes of each."""


@cache
def state_key(stand: Stand) -> str:
    """A data key for the secrets of stacks, as a KMS key of the stand encrypts it; made at the first call."""
    kms, data_key = Aws(stand)("kms"), os.urandom(32)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=STATE_KEY, TargetKeyId=key)
    encrypted = b64encode(kms.encrypt(KeyId=key, Plaintext=data_key)["CiphertextBlob"]).decode()
    DATA_KEYS[encrypted] = data_key
    return encrypted
