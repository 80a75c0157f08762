"""The demo shop's order system: another company program, which knows orders by a phone number.

A thread of the supervisor, on an address of its own: the assistant reaches it as it would reach
any system of a company's, through an action, and only because the demo allows this one address.
"""

import json
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

import structlog

from sportello.ops import demo_content

# Not the loopback address of everything else: what the demo allows is this system alone.
HOST: Final = "127.0.0.2"
_BODY_MAX: Final = 4_096
_PATIENCE_S: Final = 5
_log = structlog.get_logger(__name__)


def url(port: int) -> str:
    """Where it is asked, for a demo whose console has this port."""
    return f"http://{HOST}:{port}/orders/latest"


def serve(port: int) -> bool:
    """Begins to answer beside everything else; False where the address cannot be had."""
    try:
        server = ThreadingHTTPServer((HOST, port), _Desk)
    except OSError as error:
        _log.warning("demo_orders_not_served", error=type(error).__name__)
        return False
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    return True


class _Desk(BaseHTTPRequestHandler):
    """POST {"customer": number} → the latest order of that number, or 404."""

    timeout = _PATIENCE_S

    def do_POST(self) -> None:
        """Named by http.server."""
        customer = self._customer()
        order = _orders().get(customer)
        if self.path != "/orders/latest" or order is None:
            self._answer(HTTPStatus.NOT_FOUND, {})
            return
        self._answer(HTTPStatus.OK, {"order": order})

    def _customer(self) -> str:
        told = self.headers.get("Content-Length", "")
        length = int(told) if told.isdecimal() and len(told) < 6 else 0
        try:
            body = json.loads(self.rfile.read(min(length, _BODY_MAX)))
            return str(body["customer"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""

    def _answer(self, status: HTTPStatus, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its name there
        """Says nothing: a log line would hold what was asked."""


@cache
def _orders() -> dict[str, dict[str, str]]:
    return demo_content.orders()
