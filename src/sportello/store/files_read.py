"""Files that customers sent and somebody shall put into words."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from sportello.statements import statements
from sportello.store import vault
from sportello.store.pool import Connection
from sportello.store.vault import Key

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is ours until `claimed_until`. `kind`: picture, voice or document; `state`: as in
    schema.MediaState; `attempts` counts this one.
    """

    id: int
    workspace_id: int
    conversation_id: int
    message_id: int
    state: str
    mime_type: str
    attempts: int
    claimed_until: datetime
    zone: str
    language: str
    company: str
    kind: str


@dataclass(frozen=True, slots=True)
class Ears:
    """Who writes voice notes down, and for how many millionths of the currency a minute."""

    workspace_id: int
    url: str
    model: str
    minute_micros: int
    sealed: bytes | None

    def key(self, key: Key) -> str:
        """Empty where none was given. Raises UnsealError."""
        if self.sealed is None:
            return ""
        return vault.unseal(key, self.sealed, vault.voice_key_place(self.workspace_id))

    def cost_micros(self, lasts_s: float) -> int:
        """Rounded up: a budget must not be outwitted by short notes."""
        return ceil(self.minute_micros * lasts_s / 60)


async def claim(connection: Connection, *, lease_s: float) -> Wanted | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Wanted(**row)


async def ears(connection: Connection, workspace_id: int) -> Ears | None:
    given = {"workspace_id": workspace_id}
    row = await (await connection.execute(_SQL["ears"], given)).fetchone()
    return None if row is None else Ears(**row)


async def settle(
    connection: Connection, wanted: Wanted, words: str, why: str, cost_micros: int
) -> None:
    """In the caller's transaction. `why`: the reason for which there are no words, "" where there
    are. What another worker settled meanwhile is left alone.
    """
    chat = {"conversation_id": wanted.conversation_id, "id": wanted.id}
    await connection.execute(_SQL["hold"], chat)
    told = {
        "id": wanted.id,
        "claimed_until": wanted.claimed_until,
        "reading": "failed" if why else "done",
        "words": "" if why else words,
        "why": why,
        "cost_micros": cost_micros,
    }
    await connection.execute(_SQL["settle"], told)
    await connection.execute(_SQL["go_on"], chat)
    await connection.execute(_SQL["touch_message"], {"message_id": wanted.message_id})
