"""Meta's signature over the raw bytes of a webhook, checked before anything is parsed.

Source: reference, webhooks 5.1: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256(app secret, body)>`.
"""

import hmac
from collections.abc import Iterable
from typing import Final

_PREFIX: Final = "sha256="
_HEX_LENGTH: Final = 64


def is_genuine(body: bytes, header: str | None, secrets: Iterable[bytes]) -> bool:
    """Whether one of the secrets signed these very bytes. Fails closed.

    Several secrets, while one is being replaced or several apps deliver here. All are tried, so
    that the time taken does not tell which one fitted. An empty secret signs nothing, and the
    older sha1 header is not looked at.
    """
    given = _digest(header)
    if given is None:
        return False
    fits = [hmac.compare_digest(_signed(body, secret), given) for secret in secrets if secret]
    return any(fits)


def signature(body: bytes, secret: bytes) -> str:
    """The header's value for these bytes."""
    return _PREFIX + _signed(body, secret).hex()


def _digest(header: str | None) -> bytes | None:
    """The 32 bytes of a well-formed header; None for any other."""
    if header is None or not header.startswith(_PREFIX):
        return None
    digits = header[len(_PREFIX) :]
    if len(digits) != _HEX_LENGTH or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None


def _signed(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, body, "sha256")
