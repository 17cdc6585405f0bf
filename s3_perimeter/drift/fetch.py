"""Asking AWS: many calls at once, each answer a named fact; nothing here decides what an answer means."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from s3_perimeter.drift.clients import NotOfferedError, UnservedError
from s3_perimeter.drift.facts import Absent, Answer, Call, Fact, Facts, NotOffered, Unreadable, Value

__all__ = ["Clients", "Counter", "fetch", "perform"]


class Clients(Protocol):
    """Where calls go: one client a service and region."""

    def client(self, service: str, region: str | None) -> Any: ...


@dataclass(slots=True)
class Counter:
    """How many requests were sent, and who is informed of each call; for use from any thread."""

    trace: Callable[[str], None] | None = None
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self) -> None:
        with self._lock:
            self.requests += 1


def fetch(
    calls: Iterable[Call],
    clients: Clients,
    pool: ThreadPoolExecutor,
    *,
    counter: Counter | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[int, int], None] | None = None,
    known: Mapping[Call, Fact] | None = None,
) -> Facts:
    """Make every call, and those that the answers raise, each once; returns all facts.

    Answers are waited for together, so the time is that of the longest chain of questions. After `stop` is
    set nothing new is asked and what is known is returned. `progress` is given how many of how many are
    answered. What is `known` already is not asked again.
    """
    fetcher = _Fetcher(clients, pool, counter or Counter())
    fetcher.facts.update(known or {})
    for call in sorted(calls, key=lambda call: call.then is None):  # those that lead to more come first
        fetcher.ask(call)
    while fetcher.running and not (stop and stop.is_set()):
        fetcher.gather()
        if progress:
            progress(len(fetcher.facts), len(fetcher.facts) + len(fetcher.running))
    fetcher.leave()
    return Facts(fetcher.facts)


class _Fetcher:
    """The calls under way and the facts so far; used from one thread, apart from the calls themselves."""

    def __init__(self, clients: Clients, pool: ThreadPoolExecutor, counter: Counter) -> None:
        self.clients = clients
        self.pool = pool
        self.counter = counter
        self.facts: dict[Call, Fact] = {}
        self.running: set[Future[tuple[Call, Fact]]] = set()
        self._next: deque[Call] = deque()  # each turn of the pool takes the first of them
        self._answered: SimpleQueue[Future[tuple[Call, Fact]]] = SimpleQueue()
        self._same: dict[Call, list[Call]] = defaultdict(list)  # one question, with other questions after it

    def ask(self, call: Call, *, first: bool = False) -> None:
        """Send the call unless it was sent before; what it raises is asked in either case.

        `first` puts it before those that still wait for their turn.
        """
        self._same[call].append(call)
        if call in self.facts:
            self._follow(call, self.facts[call])
        elif len(self._same[call]) == 1:
            (self._next.appendleft if first else self._next.append)(call)
            future = self.pool.submit(self._perform)
            self.running.add(future)
            future.add_done_callback(self._answered.put)

    def _perform(self) -> tuple[Call, Fact]:
        """Make the next call, in a thread of the pool."""
        call = self._next.popleft()
        return call, perform(call, self.clients, self.counter)

    def gather(self) -> None:
        """Wait a moment for an answer, and ask what it raises."""
        try:
            future = self._answered.get(timeout=0.2)
        except Empty:
            return
        self.running.remove(future)
        call, self.facts[call] = future.result()
        for same in tuple(self._same[call]):
            self._follow(same, self.facts[call])

    def leave(self) -> None:
        """Give up what is still under way."""
        for future in self.running:
            future.cancel()
        for call in self._same:
            self.facts.setdefault(call, Unreadable(f"{call.api}: stopped before it was answered"))

    def _follow(self, call: Call, fact: Fact) -> None:
        if isinstance(fact, Value) and call.then:
            for following in call.then(fact.value):
                self.ask(following, first=True)  # the chain that it belongs to takes the longest


def perform(call: Call, clients: Clients, counter: Counter) -> Fact:
    """Make one call, all its pages; a failure of any kind is a fact, never an exception."""
    begun = time.perf_counter()
    fact = _perform(call, clients, counter)
    if counter.trace:
        said = fact.reason if isinstance(fact, Unreadable | NotOffered) else type(fact).__name__.lower()
        about = " ".join(f"{key}={value}" for key, value in call.params)
        counter.trace(
            f"{1000 * (time.perf_counter() - begun):7.1f} ms  {call.service} {call.api} {about}: {said}"
        )
    return fact


def _perform(call: Call, clients: Clients, counter: Counter) -> Fact:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        return Value(_pages(call, clients.client(call.service, call.region), counter))
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in call.absent:
            return Absent()
        return Unreadable(f"{call.api}: {code}{_remedy(call, code)}", code)
    except NotOfferedError as error:
        return NotOffered(str(error))
    except _PartialError as error:
        return Unreadable(f"{call.api}: {error}")
    except (ResponseParserError, UnservedError) as error:
        return Unreadable(f"{call.api}: {type(error).__name__}: {_first_line(error)}", type(error).__name__)
    except (BotoCoreError, ValueError) as error:  # botocore refuses an endpoint or a region with a ValueError
        said = f"{type(error).__name__}: {_first_line(error)}"
        return Unreadable(f"{call.api}: {said}", type(error).__name__, answered=False)


class _PartialError(Exception):
    """AWS said that there is more and not how to ask for it."""


# How the APIs call the token of the next page: in the answer, and in the question.
_TOKENS = (
    ("NextContinuationToken", "ContinuationToken"),
    ("ContinuationToken", "ContinuationToken"),
    ("NextMarker", "Marker"),
    ("Marker", "Marker"),
    ("NextToken", "NextToken"),
)


def _pages(call: Call, client: Any, counter: Counter) -> Answer:
    """Return the answer with the lists of all its pages put together; raises _PartialError where the rest
    cannot be had.
    """
    method = getattr(client, call.operation)
    params: dict[str, str | tuple[str, ...]] = dict(call.params)
    whole: dict[str, Answer] = {}
    seen: set[str] = set()
    while True:
        counter.add()
        page = method(**params)
        page.pop("ResponseMetadata", None)
        for key, value in page.items():
            if isinstance(value, list):
                whole[key] = [*whole.get(key, []), *value]
            else:
                whole[key] = value
        more = page.get("IsTruncated") or page.get("Truncated")
        if more is False:
            return whole
        following = next(
            ((page[name], given) for name, given in _TOKENS if page.get(name) and page[name] not in seen),
            None,
        )
        if following is None:
            if more:
                raise _PartialError(
                    "a partial answer: AWS says that there is more, but returns no token to read it"
                )
            return whole
        seen.add(following[0])
        params[following[1]] = following[0]


_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"})
_THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "SlowDown", "RequestLimitExceeded", "TooManyRequestsException"}
)


def _remedy(call: Call, code: str) -> str:
    if code in _DENIED:
        inside = " from inside the allow-list" if call.service == "s3" else ""
        return f" (needs {call.action}{inside})"
    if code in _THROTTLED:
        return "; AWS limits the rate of calls, and the retries did not help: lower --max-concurrency"
    return ""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]
