"""What is told of a number's token: its kind, what it may, until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.dateparse import parse_datetime

from sportello.console.channel import captions
from sportello.rules.connecting import PERMISSIONS

_SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shown:
    """`is_known`: Meta was asked; without `expires_at` it then never ends."""

    kind: str
    scopes: tuple[str, ...]
    missing: tuple[str, ...]
    expires_at: datetime | None
    is_known: bool
    is_invalid: bool
    ends_soon: bool


def token_of(told: Mapping[str, Any], now: datetime) -> Shown:
    """`told`: the number's facts without a column."""
    scopes = str(told.get("token_scopes") or "").split()
    expires_at = parse_datetime(told.get("token_expires_at") or "")
    if expires_at is not None and expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    kind = told.get("token_kind", "")
    return Shown(
        kind=str(captions.TOKEN_KIND.get(kind, kind)),
        scopes=tuple(scopes),
        missing=tuple(one for one in PERMISSIONS if scopes and one not in scopes),
        expires_at=expires_at,
        is_known="token_kind" in told,
        is_invalid=told.get("token_valid") == "no",
        ends_soon=expires_at is not None and expires_at < now + _SOON,
    )
