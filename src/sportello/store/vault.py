"""Secrets at rest: sealed with a key from outside the database, and bound to their place in it."""

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Key = MultiFernet
# Of a person's second factor. Its row is known only after it was made: the column is named alone.
FACTOR_PLACE: Final = "mfa_authenticator:data"
_PURPOSE: Final = b"sportello vault 1"


class UnsealError(Exception):
    """The sealed text was made with another key, altered, or moved here from another row."""


def key_of(*secret_keys: str) -> Key:
    """Seals with the first, opens with any: a new secret key goes in front of the old ones.

    Raises ValueError where one is missing or empty.
    """
    if not secret_keys or not all(secret_keys):
        raise ValueError("a vault needs a secret key")
    return MultiFernet([Fernet(_derived(secret)) for secret in secret_keys])


def seal(key: Key, text: str, where: str) -> bytes:
    """`where` is `table:column:row`, as `token_place` writes it."""
    return key.encrypt(f"{where}\n{text}".encode())


def unseal(key: Key, sealed: bytes, where: str) -> str:
    """Raises UnsealError. Fernet has no associated data, so the place stands inside."""
    try:
        text = key.decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise UnsealError(where) from None
    found, _, secret = text.partition("\n")
    if found != where:
        raise UnsealError(where)
    return secret


def sealed_anew(key: Key, sealed: bytes) -> bytes:
    """The same under the first key. Raises UnsealError where none opens it."""
    try:
        return key.rotate(bytes(sealed))
    except InvalidToken:
        raise UnsealError("any") from None


def token_place(number_id: int) -> str:
    """Where the access token of a number lies."""
    return f"sportello_token:sealed:{number_id}"


def pin_place(number_id: int) -> str:
    """Where the PIN of a number's two-step verification lies."""
    return f"sportello_token:pin:{number_id}"


def secret_place(connection_id: int, name: str) -> str:
    """Where a secret lies while a number is being connected."""
    return f"sportello_connectionsecret:{name}:{connection_id}"


def model_key_place(model_id: int) -> str:
    """Where the key of a language model lies."""
    return f"sportello_modelkey:sealed:{model_id}"


def voice_key_place(workspace_id: int) -> str:
    """Where the key lies of whoever writes a company's voice notes down."""
    return f"sportello_voicekey:sealed:{workspace_id}"


def action_secret_place(action_id: int) -> str:
    """Where the secret of an action's header lies."""
    return f"sportello_actionsecret:sealed:{action_id}"


def endpoint_secret_place(endpoint_id: int) -> str:
    """Where the secrets lie that sign what an endpoint is told."""
    return f"sportello_endpointsecret:sealed:{endpoint_id}"


def provider_secret_place(provider_id: int) -> str:
    """Where the secret for a company's identity provider lies."""
    return f"sportello_identityprovider:sealed:{provider_id}"


def app_place(workspace_id: int, app_id: str) -> str:
    """Where the secret of a company's own app lies."""
    return f"sportello_appsecret:{app_id}:{workspace_id}"


def _derived(secret_key: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return urlsafe_b64encode(kdf.derive(secret_key.encode()))
