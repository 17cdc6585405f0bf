"""200 clients at the fence for a minute, inside and outside, while `pulumi up` changes the allow-list."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.rows import Row
from local.stand import Stand
from tools.loaded import loaded

CLIENTS = 200
SECONDS = 60.0


def rows() -> Iterator[Row]:
    """Yield what has to be zero, how many requests were sent, and how long answers were mixed."""
    with tempfile.TemporaryDirectory() as place, Stand(Path(place) / "stand") as stand:
        seen = loaded(stand, Path(place), clients=CLIENTS, seconds=SECONDS)
    for line in sorted(set(seen.broken))[:10]:
        print(line, file=sys.stderr)
    name = f"{CLIENTS} clients for {seen.seconds:.0f} s, {len(seen.changes)} changes"
    yield Row(f"{name}: requests from outside, allowed", seen.outsiders_allowed(), "", target=0)
    yield Row(
        f"{name}: requests from inside, denied outside of a change", seen.insiders_refused(), "", target=0
    )
    yield Row(f"{name}: requests without a proper answer", len(seen.broken), "", target=0)
    yield Row(f"{name}: requests of outsiders", len(seen.outside), "")
    yield Row(f"{name}: requests of insiders", len(seen.inside), "")
    yield Row(f"{name}: requests of clients that a change moves", len(seen.moved), "")
    yield Row(f"{name}: requests", seen.requests / seen.seconds, "/s", better="higher")
    yield Row(f"{name}: old and new answers side by side, at most", max(seen.windows()), "s")
    longest = max(change.done - change.begun for change in seen.changes)
    yield Row(f"{name}: a change's window (`pulumi up`), at most", longest, "s")
