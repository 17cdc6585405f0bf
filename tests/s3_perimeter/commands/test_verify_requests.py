"""The requests of `perimeter verify` and the mark by which the access log shows them."""

from __future__ import annotations

from typing import Any

import pytest

from s3_perimeter.access_logs.tally import RUN
from s3_perimeter.commands.verify.outside import Outside
from s3_perimeter.commands.verify.probe import Probe
from s3_perimeter.commands.verify.requests import s3_client

KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")  # pragma: allowlist secret


@pytest.mark.parametrize("keys", [pytest.param(KEYS, id="signed"), pytest.param(None, id="anonymous")])
def test_every_probe_carries_the_mark_of_its_run(keys: tuple[str, str] | None) -> None:
    """From inside and from outside, and as `perimeter denied` looks for it."""
    probe = Probe(None, "b", {}, "")  # type: ignore[arg-type]
    clients: list[Any] = [
        s3_client("us-east-1", keys=keys, run=probe.name),
        Outside("there", endpoint="https://localhost:1").client("us-east-1", keys, probe.name),
    ]
    for client in clients:
        found = RUN.search(client.meta.config.user_agent.encode())
        assert found
        assert found[1].decode() == probe.name
