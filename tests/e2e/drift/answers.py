"""AWS's answers, kept below botocore and given again without asking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

from botocore.awsrequest import AWSResponse

Question: TypeAlias = tuple[Any, ...]


class Body:
    """The raw side of an HTTP response, already read."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.content


class Answers:
    """What was answered to each request; `delay` seconds pass before it is given again.

    The services that are `changing` are asked each time.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.changing: set[str] = set()
        self._kept: dict[Question, tuple[int, dict[str, str], bytes]] = {}
        self._undo: list[Callable[[], None]] = []

    def keep(self, client: Any) -> None:
        """Keep what this client is answered, and answer it from there where it asks the same again."""
        session, service = client._endpoint.http_session, client.meta.service_model.service_name
        given = partial(self._given, service)
        send, event = session.send, f"before-send.{client.meta.service_model.service_id.hyphenize()}"

        def keeping(request: Any) -> Any:
            response = send(request)
            if service not in self.changing:
                self._kept[_question(request)] = (
                    response.status_code,
                    dict(response.headers),
                    response.content,
                )
            return response

        session.send = keeping
        client.meta.events.register_last(event, given)
        self._undo += [
            partial(client.meta.events.unregister, event, given),
            partial(setattr, session, "send", send),
        ]

    def forget(self) -> None:
        """Let the clients ask again."""
        while self._undo:
            self._undo.pop()()

    def _given(self, service: str, request: Any, **_: Any) -> AWSResponse | None:
        known = self._kept.get(_question(request))
        if known is None or service in self.changing:
            return None
        time.sleep(self.delay)
        return AWSResponse(request.url, known[0], known[1], Body(known[2]))


def _question(request: Any) -> Question:
    return (request.method, request.url, str(request.body), request.headers.get("X-Amz-Target"))
