"""The address that the internet sees, asked of web servers on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from s3_perimeter.own_address import Answer, agreed, ask_all
from s3_perimeter.reporting.errors import CommandError


class V6Server(ThreadingHTTPServer):
    """A server on the IPv6 loopback address."""

    address_family = socket.AF_INET6


@contextmanager
def says(text: str, *, status: int = 200, version: int = 4, delay: float = 0) -> Iterator[str]:
    """The URL of a server that answers with a text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(delay)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    kind, host = (V6Server, "::1") if version == 6 else (ThreadingHTTPServer, "127.0.0.1")
    server = kind((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://{'[::1]' if version == 6 else host}:{server.server_address[1]}/ip?plain=1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_sources_that_agree_give_the_addresses_of_both_versions() -> None:
    """White space around the answer is not part of it."""
    with (
        says("203.0.113.9\n") as one,
        says("203.0.113.9") as two,
        says("2001:DB8::5", version=6) as three,
        says("2001:db8::5", version=6) as four,
    ):
        found = agreed(ask_all({4: (one, two), 6: (three, four)}, 5))
    assert {version: str(address) for version, address in found.items()} == {
        4: "203.0.113.9",
        6: "2001:db8::5",
    }


def test_a_version_that_this_machine_has_no_way_for_is_none() -> None:
    """No IPv6 is a common state, and no fault."""
    with says("203.0.113.9") as one, says("203.0.113.9") as two:
        found = agreed(ask_all({4: (one, two), 6: (one, two)}, 5))
    assert found[6] is None


def test_sources_that_disagree_are_not_believed() -> None:
    """The message shows both answers and what that usually means."""
    with (
        says("203.0.113.9") as one,
        says("203.0.113.10") as two,
        pytest.raises(CommandError, match=r"disagree: 203\.0\.113\.10, 203\.0\.113\.9") as raised,
    ):
        agreed(ask_all({4: (one, two)}, 5))
    assert "VPN" in raised.value.hint


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        pytest.param(
            "<html>log in to the hotel network</html>" * 9, 200, "no address", id="a captive portal"
        ),
        pytest.param("nonsense", 200, "nonsense", id="no address"),
        pytest.param("", 200, "no address", id="nothing"),
        pytest.param("203.0.113.9", 302, "302", id="a redirection"),
        pytest.param("203.0.113.9", 503, "503", id="an outage"),
        pytest.param("127.0.0.1", 200, "which is not a public address", id="a loopback address"),
        pytest.param("2001:db8::5", 200, "asked over IPv4", id="the other IP version"),
    ],
)
def test_one_bad_answer_is_enough_to_name_no_address(text: str, status: int, expected: str) -> None:
    """A single source is not believed."""
    with (
        says("203.0.113.9") as good,
        says(text, status=status) as bad,
        pytest.raises(CommandError, match=expected),
    ):
        agreed(ask_all({4: (good, bad)}, 5))


def test_a_source_that_hangs_ends_with_its_time_out() -> None:
    """Nobody waits longer than they said."""
    started = time.monotonic()
    with (
        says("203.0.113.9") as good,
        says("203.0.113.9", delay=2) as slow,
        pytest.raises(CommandError, match="did not answer"),
    ):
        agreed(ask_all({4: (good, slow)}, 0.2))
    assert time.monotonic() - started < 30


def test_no_network_at_all_is_reported() -> None:
    """Unreachable sources in both versions are not the same as having no address."""
    with pytest.raises(CommandError, match="no source could be reached"):
        agreed(
            [Answer(4, "http://x/", None, "refused", False), Answer(6, "http://x/", None, "refused", False)]
        )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a" * 64 + ".example", id="a label too long"),
        pytest.param("no..dots", id="an empty label"),
    ],
)
def test_a_name_that_no_resolver_takes_is_a_source_without_an_answer(name: str) -> None:
    """It is not looked up at all, and Python says so in another error than for a name that is not there."""
    (answer,) = ask_all({4: (f"http://{name}/",)}, 1)
    assert (answer.address, answer.reached) == (None, False)
