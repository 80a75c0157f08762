"""Sign-in links that work once. The link is the secret; only its SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sportello.schema.team import LoginLink, User

VALID_FOR: Final = timedelta(minutes=15)
PATH: Final = "/enter/"
_SECRET_BYTES: Final = 32
_SECRET_LENGTH_MAX: Final = 100


def issue(user: User, now: datetime, valid_for: timedelta = VALID_FOR) -> str:
    """The path of a new link: `PATH` and the secret. Older links of the person stay as they are."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    LoginLink.objects.create(user=user, secret_sha256=_digest(secret), expires_at=now + valid_for)
    return f"{PATH}{secret}"


def redeem(secret: str, now: datetime) -> User | None:
    """Whom the link signs in; None for one that is unknown, used, expired, or of a closed account.

    Of two who redeem it at once, the database lets one through.
    """
    if len(secret) > _SECRET_LENGTH_MAX:
        return None
    link = LoginLink.objects.filter(
        secret_sha256=_digest(secret), used_at=None, expires_at__gt=now, user__is_active=True
    )
    if not link.update(used_at=now):
        return None
    return User.objects.get(loginlink__secret_sha256=_digest(secret))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
