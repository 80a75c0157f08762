"""Taps on the buttons of templates, as Meta counts them by the day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A template that was used lately, and whose token may ask how it fared."""

    id: int
    workspace_id: int
    meta_id: str
    waba_id: str
    number_id: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Tap:
    """So many taps on a button in one of Meta's days. `kind`: Meta's word."""

    template_id: int
    day: date
    kind: str
    words: str
    count: int


async def wanted(connection: Connection, since: datetime, *, limit: int) -> list[Wanted]:
    cursor = await connection.execute(_SQL["wanted"], {"since": since, "limit": limit})
    return [Wanted(**row) for row in await cursor.fetchall()]


async def learn(connection: Connection, taps: Collection[Tap]) -> None:
    """`taps`: each button of a template's day once."""
    if not taps:
        return
    await connection.execute(
        _SQL["learn"],
        {
            "template_ids": [one.template_id for one in taps],
            "days": [one.day for one in taps],
            "kinds": [one.kind for one in taps],
            "words": [one.words for one in taps],
            "counts": [one.count for one in taps],
        },
    )
