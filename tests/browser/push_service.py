"""A browser maker's push service on loopback, over TLS: keeps what it is asked to hand on.

The real ones are closed to test browsers and to this machine; what stands here is their side of
RFC 8030 (a POST to the subscription's address, answered 201), and the two calls of the Push API by
which a browser talks to it.
"""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_HOST: Final = "127.0.0.1"
# Keeps the subscription over a reload, as a browser does; the key must be a point of P-256.
SUBSCRIBES: Final = """(address) => {
  const kept = () => {
    const told = JSON.parse(sessionStorage.getItem("push") ?? "null");
    return told && {
      endpoint: told.endpoint,
      options: { applicationServerKey: Uint8Array.from(told.key).buffer },
      unsubscribe: async () => { sessionStorage.removeItem("push"); return true; },
    };
  };
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    const key = [...new Uint8Array(applicationServerKey)];
    if (Notification.permission !== "granted") throw new DOMException("no", "NotAllowedError");
    if (!userVisibleOnly || key.length !== 65 || key[0] !== 4) throw new TypeError("unfit");
    sessionStorage.setItem("push", JSON.stringify({ endpoint: address, key }));
    return kept();
  };
}"""


@dataclass
class PushService:
    """`heard`: headers (small letters) and body of each push; `trusted`: its certificate."""

    address: str
    trusted: Path
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def running(folder: Path) -> Iterator[PushService]:
    heard: list[tuple[dict[str, str], bytes]] = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            pass

    server = ThreadingHTTPServer((_HOST, 0), Hears)
    trusted = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield PushService(f"https://{_HOST}:{server.server_port}/wake/1", trusted, heard)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(20)


def _certificate(folder: Path) -> Path:
    """Key and certificate of loopback, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push service")])
    today = datetime.now(UTC)  # noqa: TID251  # certificates hold by the clock on the wall
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_HOST))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, SHA256())
    )
    file = folder / "push.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file
