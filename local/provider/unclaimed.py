"""Resources that were made for an engine that may have died before it wrote them down."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from local.provider.lifecycle import Made
from local.provider.values import Props


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A created resource of which the engine has not spoken since."""

    token: str
    inputs: Props
    made: Made


class Register:
    """The unclaimed resources, by URN. The engine claims one by naming its id in any later request.

    The real provider keeps no such register: there, what ``kill -9`` leaves behind has to be imported or
    removed by hand.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: dict[str, Unclaimed] = {}

    def add(self, urn: str, token: str, inputs: Props, made: Made) -> None:
        """Remember what was made for a URN."""
        with self.lock:
            self.entries[urn] = Unclaimed(token, inputs, made)

    def claim(self, urn: str, identity: str) -> None:
        """Forget what the engine knows of."""
        with self.lock:
            entry = self.entries.get(urn)
            if entry and entry.made.identity == identity:
                del self.entries[urn]

    def take(self, urn: str, token: str) -> Unclaimed | None:
        """Hand out what was made for a URN and never claimed."""
        with self.lock:
            entry = self.entries.get(urn)
            return self.entries.pop(urn) if entry and entry.token == token else None
