"""What this installation is at Meta: its app, and the address at which its webhooks come."""

from typing import Final

from sportello.ops.settings import Settings
from sportello.workers.outward import Ours

_WEBHOOKS: Final = "/webhooks/whatsapp"


def ours_of(settings: Settings) -> Ours:
    """Of a process that takes webhooks, or works beside one that does."""
    return _ours(settings, f"{settings.url}{_WEBHOOKS}")


def ours_told(settings: Settings) -> Ours:
    """Of a command: it knows the address only if it is told, for it is not where webhooks come."""
    return _ours(settings, f"{settings.public_url}{_WEBHOOKS}" if settings.public_url else "")


def _ours(settings: Settings, callback: str) -> Ours:
    secret, verify = settings.app_secret, settings.verify_token
    return Ours(
        app_id=settings.app_id,
        app_secret=secret.get_secret_value() if secret else "",
        verify_token=verify.get_secret_value() if verify else "",
        callback=callback,
    )
