"""JSON as Meta writes it, and instants as Meta and people write them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False)


def dumps(value: object) -> bytes:
    r"""Compact JSON, non-ASCII as lower-case \uXXXX and `/` as `\/`.

    Source: reference webhooks 5.1; the signature is made over just these bytes.
    """
    return _ENCODER.encode(value).replace("/", "\\/").encode("ascii")


def loads(raw: bytes) -> Any:
    """Any JSON value, or None for what is not JSON (bad UTF-8 and absurd nesting included)."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def signature_256(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signature_1(secret: str, body: bytes) -> str:
    """The value of the legacy `X-Hub-Signature`."""
    return "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def iso(at: float) -> str:
    """UTC with milliseconds, as /sim answers show instants."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def meta_time(at: float) -> str:
    """`2026-11-22T10:00:00+0000`, as Graph nodes show instants."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
