"""Secrets that people type in, sealed before they touch the database: all of them here."""

from django.conf import settings

from sportello.store import vault


def for_connection(connection_id: int, name: str, text: str) -> bytes:
    """What is secret while a number is being connected; `tend` opens it."""
    return _sealed(text, vault.secret_place(connection_id, name))


def for_model(model_id: int, key: str) -> bytes:
    return _sealed(key, vault.model_key_place(model_id))


def for_voice(workspace_id: int, key: str) -> bytes:
    return _sealed(key, vault.voice_key_place(workspace_id))


def for_action(action_id: int, secret: str) -> bytes:
    return _sealed(secret, vault.action_secret_place(action_id))


def for_endpoint(endpoint_id: int, secret: str) -> bytes:
    return _sealed(secret, vault.endpoint_secret_place(endpoint_id))


def for_factor(text: str) -> bytes:
    return _sealed(text, vault.FACTOR_PLACE)


def for_provider(provider_id: int, secret: str) -> bytes:
    return _sealed(secret, vault.provider_secret_place(provider_id))


def provider(provider_id: int, sealed: bytes) -> str:
    """With a factor, all that the console opens again. Raises vault.UnsealError."""
    return vault.unseal(_key(), sealed, vault.provider_secret_place(provider_id))


def factor(sealed: bytes) -> str:
    """Raises vault.UnsealError."""
    return vault.unseal(_key(), sealed, vault.FACTOR_PLACE)


def _sealed(text: str, place: str) -> bytes:
    return vault.seal(_key(), text, place)


def _key() -> vault.Key:
    return vault.key_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
