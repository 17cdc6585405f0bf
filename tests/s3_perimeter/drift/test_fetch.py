"""In which order calls are sent, when more wait than can be under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from s3_perimeter.drift.facts import Absent, Answer, Call, Value
from s3_perimeter.drift.fetch import fetch


class OneService:
    """Answers every operation with its name, and keeps their order; `other` waits for `raised`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.raised = threading.Event()

    def client(self, service: str, region: str | None) -> OneService:  # noqa: ARG002  (it answers for all)
        return self

    def __getattr__(self, operation: str) -> Callable[[], dict[str, Any]]:
        def answer() -> dict[str, Any]:
            self.asked.append(operation)
            if operation == "other":
                assert self.raised.wait(30)
            return {"Name": operation}

        return answer


def test_what_an_answer_raises_is_sent_before_the_calls_that_still_wait() -> None:
    service = OneService()

    def then(_: Answer) -> Iterator[Call]:
        yield Call("iam", "following")
        service.raised.set()

    calls = [Call("iam", "first", then=then), *(Call("iam", name) for name in ("other", "third", "fourth"))]
    with ThreadPoolExecutor(1) as pool:
        facts = fetch(calls, service, pool)
    assert sorted(service.asked[:3]) == ["first", "following", "other"]
    assert service.asked[3:] == ["third", "fourth"]
    assert [facts.fact(call) for call in calls][1:] == [
        Value({"Name": name}) for name in ("other", "third", "fourth")
    ]


def test_a_call_whose_answer_is_known_is_not_sent_and_what_it_raises_is() -> None:
    service = OneService()
    known = Call("iam", "first", then=lambda _: [Call("iam", "following")])
    with ThreadPoolExecutor(1) as pool:
        facts = fetch([known], service, pool, known={known: Value({})})
        fetch([known], service, pool, known={known: Absent()})
    assert service.asked == ["following"]
    assert facts.fact(Call("iam", "following")) == Value({"Name": "following"})
