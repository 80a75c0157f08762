"""Keys of the outward API, `sk_<prefix>_<secret>`: made once, shown once, kept as SHA-256."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Final

from sportello.schema.team import ApiKey, Role, Workspace

_SHAPE: Final = re.compile(r"sk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


def create(workspace: Workspace, name: str, role: Role = Role.ADMINISTRATOR) -> tuple[ApiKey, str]:
    """The row, and the key itself, which nobody can show again."""
    prefix = secrets.token_hex(6)
    plain = f"sk_{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        workspace=workspace, name=name, prefix=prefix, key_sha256=_digest(plain), role=role
    )
    return row, plain


def revoke(key_id: int, now: datetime) -> None:
    """From the commit on it opens nothing. Raises ApiKey.DoesNotExist."""
    if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now):
        raise ApiKey.DoesNotExist


def prefix_of(plain: str) -> str:
    """What the row is found by; "" for a text that is not shaped like a key."""
    shape = _SHAPE.fullmatch(plain)
    return shape.group(1) if shape else ""


def find(plain: str) -> ApiKey | None:
    """The living key. The transaction must have named its prefix, or no row shows."""
    row = ApiKey.objects.filter(prefix=prefix_of(plain), revoked_at=None).first()
    # Compared in constant time, though it is a digest: the habit costs nothing.
    if row is None or not hmac.compare_digest(row.key_sha256, _digest(plain)):
        return None
    return row


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
