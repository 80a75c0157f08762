"""A signed, expiring ticket for the live stream, bound to one user and one workspace."""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sportello.rules.ids import UserId, WorkspaceId

_LENGTH_MAX = 512
_VERSION = "live1"
_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may listen, to which workspace's nudges, until when."""

    user: UserId
    workspace: WorkspaceId
    expires_at: datetime


def issue(key: bytes, user: UserId, workspace: WorkspaceId, expires_at: datetime) -> str:
    """Text safe in a URL. Expires at whole seconds, rounded down.

    Raises ValueError for an empty key, as `read` does: with one, everybody could write tickets.
    """
    claims = json.dumps([_VERSION, user, workspace, int(expires_at.timestamp())]).encode()
    return f"{_encoded(claims)}.{_encoded(_mac(key, claims))}"


def read(key: bytes, text: str, now: datetime) -> Ticket | None:
    """None for anything that `issue` did not write with this key, or that has expired."""
    if len(text) > _LENGTH_MAX or text.count(".") != 1:
        return None
    claims_text, mac_text = text.split(".")
    claims, mac = _decoded(claims_text), _decoded(mac_text)
    if claims is None or mac is None or not hmac.compare_digest(mac, _mac(key, claims)):
        return None
    ticket = _ticket(claims)
    return ticket if ticket is not None and now < ticket.expires_at else None


def _ticket(claims: bytes) -> Ticket | None:
    """The claims were signed by us, yet perhaps for another purpose with the same key."""
    try:
        fields = json.loads(claims)
    except ValueError:
        return None
    if not isinstance(fields, list) or len(fields) != _FIELDS or fields[0] != _VERSION:
        return None
    user, workspace, expires_at = (int(field) for field in fields[1:])
    return Ticket(UserId(user), WorkspaceId(workspace), datetime.fromtimestamp(expires_at, UTC))


def _mac(key: bytes, claims: bytes) -> bytes:
    if not key:
        raise ValueError("a ticket needs a key")
    return hmac.digest(key, claims, "sha256")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    # Only the one spelling that `issue` writes: base64 decoders skip what they do not know.
    return raw if _encoded(raw) == text else None
