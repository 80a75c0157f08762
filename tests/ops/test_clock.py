"""The company's time follows another clock as it stands, and outlives its silence."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sportello.clock import _Followed

_SOON = timedelta(minutes=1)


class _Other(BaseHTTPRequestHandler):
    """Another clock over HTTP; what it answers is told by its test."""

    answer = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def other() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Other)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _tells(server: HTTPServer, ahead: timedelta) -> None:
    at = datetime.now(UTC) + ahead  # noqa: TID251  # the other clock, as the wall has it
    _Other.answer = f'{{"now": "{at.isoformat()}"}}'.encode()


def _ahead(followed: _Followed) -> timedelta:
    return followed.now() - datetime.now(UTC)  # noqa: TID251  # against the wall


def test_a_clock_that_was_moved_is_seen_by_the_very_next_look(other: HTTPServer) -> None:
    followed = _Followed(f"http://127.0.0.1:{other.server_port}/sim/clock")

    for days in (0, 1, 30, 29):
        _tells(other, timedelta(days=days))
        assert abs(_ahead(followed) - timedelta(days=days)) < _SOON


@pytest.mark.parametrize(
    "answer", [b"", b"{", b"[]", b"null", b'{"now": 7}', b'{"now": "noon"}', b"\xff" * 5_000]
)
def test_a_clock_that_talks_nonsense_is_not_followed(other: HTTPServer, answer: bytes) -> None:
    followed = _Followed(f"http://127.0.0.1:{other.server_port}/sim/clock")
    _tells(other, timedelta(days=3))
    followed.now()

    _Other.answer = answer

    assert abs(_ahead(followed) - timedelta(days=3)) < _SOON


def test_a_clock_that_is_away_leaves_its_last_lead() -> None:
    followed = _Followed("http://127.0.0.1:9/sim/clock")

    assert abs(_ahead(followed)) < _SOON
