"""Secrets at rest: sealed with a key from outside the database, and bound to their place in it."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE: Final = b"sportello vault 1"


class UnsealError(Exception):
    """The sealed text was made with another key, altered, or moved here from another row."""


class Vault:
    """Seals with the first key, opens with any: a new key goes in front of the old ones."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys or not all(secret_keys):
            raise ValueError("a vault needs a key")
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in secret_keys])

    def seal(self, text: str, where: str) -> bytes:
        """`where` is `table:column:row`, as `token_place` writes it."""
        return self._fernet.encrypt(f"{where}\n{text}".encode())

    def unseal(self, sealed: bytes, where: str) -> str:
        """Raises UnsealError. Fernet has no associated data, so the place stands inside."""
        try:
            text = self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            raise UnsealError(where) from None
        found, _, secret = text.partition("\n")
        if found != where:
            raise UnsealError(where)
        return secret


def token_place(number_id: int) -> str:
    """Where the access token of a number lies."""
    return f"sportello_token:sealed:{number_id}"


def _derived(secret_key: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return urlsafe_b64encode(kdf.derive(secret_key.encode()))
