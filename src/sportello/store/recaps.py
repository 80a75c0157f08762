"""What a person and a customer said, kept for the assistant that gets the chat back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
# For a model.
_SAID_MAX: Final = 40
# As they are: the last of what customer and person said, and of each so many signs.
LINES_MAX: Final = 6
LINE_MAX: Final = 300

Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One that is ours until `claimed_until`. `held_until`: see schema.Recap."""

    id: int
    workspace_id: int
    conversation_id: int
    at: datetime
    held_until: datetime | None
    claimed_until: datetime
    zone: str
    language: str
    company: str


@dataclass(frozen=True, slots=True)
class Recap:
    """`lines`: (origin, words) as they were said, oldest first; `text`: a model's summary of the
    whole, "" where none was written.
    """

    text: str
    lines: tuple[Said, ...]


async def claim(connection: Connection, *, lease_s: float) -> Wanted | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Wanted(**row)


async def said(connection: Connection, conversation_id: int, at: datetime) -> tuple[Said, ...]:
    """Origin and words of the newest messages before the chat came back, oldest first."""
    given = {"conversation_id": conversation_id, "at": at, "limit": _SAID_MAX}
    rows = await (await connection.execute(_SQL["said"], given)).fetchall()
    return tuple((row["origin"], row["text"]) for row in reversed(rows))


def last_words(told: tuple[Said, ...]) -> tuple[Said, ...]:
    """Of customer and person, bounded."""
    between = [one for one in told if one[0] != "assistant"]
    return tuple((origin, text[:LINE_MAX]) for origin, text in between[-LINES_MAX:])


async def settle(connection: Connection, wanted: Wanted, recap: Recap) -> None:
    """In the caller's transaction; the conversation first, as everybody locks. What another worker
    wrote meanwhile is left alone.
    """
    held = {"conversation_id": wanted.conversation_id, "held_until": wanted.held_until}
    await connection.execute(_SQL["go_on"], held)
    told = {"text": recap.text, "lines": [list(line) for line in recap.lines]}
    await connection.execute(
        _SQL["settle"],
        {
            "id": wanted.id,
            "claimed_until": wanted.claimed_until,
            "payload": Jsonb({"recap": told}),
            "has_words": bool(recap.lines),
        },
    )


async def known(connection: Connection, conversation_id: int, control_epoch: int) -> Recap | None:
    """What the assistant knows of the time before it got the chat; the last words as they are
    while nobody has put them in short yet.
    """
    given = {"conversation_id": conversation_id, "control_epoch": control_epoch}
    row = await (await connection.execute(_SQL["known"], given)).fetchone()
    if row is None:
        return None
    if row["state"] == "waiting":
        lines = last_words(await said(connection, conversation_id, row["at"]))
        return Recap("", lines) if lines else None
    return _kept(row["told"])


def _kept(told: Any) -> Recap | None:
    if not isinstance(told, Mapping) or not isinstance(told.get("lines"), list):
        return None
    lines = tuple((str(origin), str(text)) for origin, text in told["lines"])
    return Recap(str(told.get("text", "")), lines)
