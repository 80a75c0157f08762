"""Pages by keyset: a cursor names the last row shown, so what arrives in between moves nothing."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

PAGE: Final = 50
PAGE_MAX: Final = 200
_CURSOR_LENGTH_MAX: Final = 200
_ID_MAX: Final = 2**63 - 1
_ID: Final = re.compile(r"[0-9]{1,19}")

Row = TypeVar("Row", bound=Model)


class WrongCursor(ValueError):  # noqa: N818  # the caller's mistake, nothing broke
    """A cursor that no page gave out."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next_cursor` is "" on the last page."""

    items: list[Row]
    next_cursor: str


def newest_first(
    rows: QuerySet[Row], column: str, when: Callable[[Row], datetime], cursor: str, limit: int
) -> Page[Row]:
    """A page of rows by (column, id), both falling. `when` reads the column. Raises WrongCursor."""
    if cursor:
        at, row_id = _read(cursor)
        # The first filter is what an index can use; the second tells equal instants apart.
        rows = rows.filter(**{f"{column}__lte": at}).filter(
            Q(**{f"{column}__lt": at}) | Q(pk__lt=row_id)
        )
    size = max(1, min(limit, PAGE_MAX))
    found = list(rows[: size + 1])
    items = found[:size]
    more = len(found) > size
    return Page(items, cursor_at(when(items[-1]), items[-1].pk) if more else "")


def newest_ids_first(rows: QuerySet[Row], cursor: str, limit: int) -> Page[Row]:
    """A page of rows by falling id. Raises WrongCursor."""
    if cursor:
        if not _ID.fullmatch(cursor) or int(cursor) > _ID_MAX:
            raise WrongCursor("not one of ours")
        rows = rows.filter(pk__lt=int(cursor))
    size = max(1, min(limit, PAGE_MAX))
    found = list(rows.order_by("-pk")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def cursor_at(at: datetime, row_id: int) -> str:
    """What comes after this row."""
    text = json.dumps([at.isoformat(), row_id]).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _read(cursor: str) -> tuple[datetime, int]:
    if len(cursor) > _CURSOR_LENGTH_MAX:
        raise WrongCursor("too long")
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = datetime.fromisoformat(at)
    except (binascii.Error, ValueError, TypeError) as error:
        raise WrongCursor("not one of ours") from error
    if instant.tzinfo is None or type(row_id) is not int or not 0 <= row_id <= _ID_MAX:
        raise WrongCursor("not one of ours")
    return instant, row_id
