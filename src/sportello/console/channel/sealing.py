"""Secrets that people type in, sealed before they touch the database; the console reads none."""

from django.conf import settings

from sportello.store import vault


def sealed(connection_id: int, name: str, text: str) -> bytes:
    """For `ConnectionSecret`; `tend` opens it."""
    key = vault.key_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return vault.seal(key, text, vault.secret_place(connection_id, name))
