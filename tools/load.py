"""Load: many clients at the fence at once, inside, outside and moved by a change of the allow-list."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import urllib3
from botocore.config import Config

from local.stand import Stand
from tests.conftest import Aws

MOVED = ("192.0.2.10", "192.0.2.0/24")
"""An address that changes of the allow-list allow and block, and its network."""

URL_SECONDS = 900
REQUEST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: when it was asked for and given (seconds of one clock), and whether it allowed access."""

    asked: float
    given: float
    allowed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the allow-list: when it was begun and done, and whether the moved address is in then."""

    begun: float
    done: float
    opens: bool


@dataclass(slots=True)
class Client:
    """One client with a connection of its own: it asks until it is stopped, and pauses after each answer."""

    urls: Sequence[str]
    authority: str
    stop: threading.Event
    pause: float = 0.0
    answers: list[Answered] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Ask for each URL in turn; anything but what was asked for and AccessDenied counts as broken."""
        pool = urllib3.PoolManager(1, ca_certs=self.authority, retries=False, timeout=REQUEST_SECONDS)
        while not self.stop.is_set():
            for url in self.urls:
                asked = time.monotonic()
                try:
                    answer = pool.request("GET", url)
                except urllib3.exceptions.HTTPError as error:
                    self.broken.append(f"{type(error).__name__}: {error}")
                    continue
                refused = answer.status == 403 and b"<Code>AccessDenied</Code>" in answer.data
                if answer.status == 200 or refused:
                    self.answers.append(Answered(asked, time.monotonic(), not refused))
                else:
                    self.broken.append(f"{answer.status} {answer.data[:200]!r}")
                if self.pause:
                    self.stop.wait(self.pause)


@dataclass(frozen=True, slots=True)
class Seen:
    """What every client met, sorted by what the fence owes it, and when the allow-list changed."""

    inside: list[Answered]
    outside: list[Answered]
    moved: list[Answered]
    broken: list[str]
    changes: list[Change]
    seconds: float

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return len(self.inside) + len(self.outside) + len(self.moved)

    def outsiders_allowed(self) -> int:
        """Return answers that allow a client that is on no list, or was removed from the list before the
        change ended.
        """
        return sum(each.allowed for each in self.outside) + self._against(allowed=True)

    def insiders_refused(self) -> int:
        """Return answers that refuse a client that is on every list, or was added to one before the change
        ended.
        """
        return sum(not each.allowed for each in self.inside) + self._against(allowed=False)

    def _against(self, *, allowed: bool) -> int:
        """Return answers to the moving address, asked and given between changes, that contradict the list."""
        wrong = 0
        for each in self.moved:
            before = [change for change in self.changes if change.done <= each.asked]
            if any(change.begun < each.given and each.asked < change.done for change in self.changes):
                continue
            inside = before[-1].opens if before else False
            wrong += each.allowed is allowed and inside is not allowed
        return wrong

    def windows(self) -> list[float]:
        """Return, for each change, the seconds in which moving clients got both old and new answers.

        They count from the first request that met the new list to the last one that met the old; 0 if every
        old answer came first.
        """
        found = []
        for change in self.changes:
            near = [each for each in self.moved if change.begun <= each.given and each.asked <= change.done]
            new = [each.given for each in near if each.allowed is change.opens]
            old = [each.asked for each in near if each.allowed is not change.opens]
            found.append(max(0.0, max(old) - min(new)) if old and new else 0.0)
        return found


def signed(stand: Stand, bucket: str, address: str, key: dict[str, str]) -> list[str]:
    """Return the requests of a client at an address: a listing and an object, signed with a valid key."""
    s3 = Aws(stand)("s3", stand.vantage(address), config=Config(signature_version="s3v4"), **key)
    asked: dict[str, dict[str, object]] = {"list_objects_v2": {"MaxKeys": 1}, "get_object": {"Key": "probe"}}
    return [
        s3.generate_presigned_url(name, {"Bucket": bucket, **more}, ExpiresIn=URL_SECONDS)
        for name, more in asked.items()
    ]


@contextmanager
def running(clients: Sequence[Client], stop: threading.Event) -> Iterator[None]:
    """Run the clients, each in a thread, until the block ends."""
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    with ExitStack() as ends:
        for thread in threads:
            thread.start()
            ends.callback(thread.join, REQUEST_SECONDS + 5)
        ends.callback(stop.set)
        yield


def load(
    stand: Stand,
    bucket: str,
    key: dict[str, str],
    *,
    inside: Sequence[str],
    outside: Sequence[str],
    clients: int,
    seconds: float,
    change: Callable[[bool], object],
    pause: float = 0.0,
) -> Seen:
    """Let `clients` clients ask for `seconds`, four in ten inside, four outside, two at the moved address.

    Each makes a `pause` after each answer.
    `change(True)` and `change(False)` deploy the allow-list with and without the moved network; they take
    turns until the time is over, and the last one blocks it again.
    """
    stop = threading.Event()
    places = {name: signed(stand, bucket, name, key) for name in (*inside, *outside, MOVED[0])}
    groups: dict[str, list[Client]] = {"inside": [], "outside": [], "moved": []}
    for number in range(clients):
        group = ("inside", "outside", "moved", "inside", "outside")[number % 5]
        addresses = {"inside": inside, "outside": outside, "moved": [MOVED[0]]}[group]
        urls = places[addresses[number // 5 % len(addresses)]]
        groups[group].append(Client(urls, str(stand.authority), stop, pause))
    everybody = [client for group in groups.values() for client in group]
    changes: list[Change] = []
    began = time.monotonic()
    with running(everybody, stop):
        opens = True
        while time.monotonic() < began + seconds or not opens:
            time.sleep(1)
            begun = time.monotonic()
            change(opens)
            changes.append(Change(begun, time.monotonic(), opens))
            opens = not opens
        time.sleep(1)
    took = time.monotonic() - began
    answers = {name: [each for client in group for each in client.answers] for name, group in groups.items()}
    broken = [each for client in everybody for each in client.broken]
    return Seen(answers["inside"], answers["outside"], answers["moved"], broken, changes, took)
