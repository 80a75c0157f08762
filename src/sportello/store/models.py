"""Language models of a company: which to ask, whether the budget allows it, and what it cost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sportello.statements import statements
from sportello.store import vault
from sportello.store.pool import Connection
from sportello.store.vault import Key

_SQL = statements(__file__)
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A model as the company chose it. Prices: millionths of the currency for a million tokens."""

    id: int
    place: int
    provider: str
    base_url: str
    model: str
    price_in_micros: int
    price_out_micros: int
    updated_at: datetime
    sealed: bytes | None
    sees: bool = False

    def key(self, key: Key) -> str:
        """The provider's key, "" where none was given. Raises UnsealError."""
        if self.sealed is None:
            return ""
        return vault.unseal(key, self.sealed, vault.model_key_place(self.id))

    def cost_micros(self, tokens_in: int, tokens_out: int) -> int:
        """Rounded up: a budget must not be outwitted by small questions."""
        cost = tokens_in * self.price_in_micros + tokens_out * self.price_out_micros
        return -(-cost // _MILLION)


@dataclass(frozen=True, slots=True)
class Call:
    """`purpose`: rewrite, answer, repair, act, recap, picture, voice, test; for operators summary,
    language.

    `outcome`: written, failed, timeout.
    """

    model: str
    purpose: str
    outcome: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = 0
    took_ms: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """A model that is to be tried, and for whose company."""

    workspace_id: int
    choice: Choice


def beginnings(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """When the company's day and month began."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return day, day.replace(day=1)


async def chosen(connection: Connection, workspace_id: int) -> tuple[Choice, ...]:
    """The company's models, the first first; none without one."""
    cursor = await connection.execute(_SQL["chosen"], {"workspace_id": workspace_id})
    return tuple(Choice(**row) for row in await cursor.fetchall())


async def has_room(
    connection: Connection, workspace_id: int, conversation_id: int | None, zone: str, now: datetime
) -> bool:
    """Whether the budgets leave room for another call."""
    day, month = beginnings(zone, now)
    asked = {
        "workspace_id": workspace_id,
        "conversation_id": conversation_id,
        "day": day,
        "month": month,
    }
    row = await (await connection.execute(_SQL["room"], asked)).fetchone()
    return bool(row and row["room"])


async def note(
    connection: Connection,
    workspace_id: int,
    conversation_id: int | None,
    call: Call,
    now: datetime,
) -> None:
    await connection.execute(
        _SQL["note"],
        {
            "workspace_id": workspace_id,
            "conversation_id": conversation_id,
            "model": call.model[:120],
            "purpose": call.purpose,
            "outcome": call.outcome,
            "tokens_in": call.tokens_in,
            "tokens_out": call.tokens_out,
            "cost_micros": call.cost_micros,
            "took_ms": call.took_ms,
            "now": now,
        },
    )


async def to_try(connection: Connection) -> Tried | None:
    """A model whose trial was asked for. Two workers may try it: the first to end is believed."""
    row = await (await connection.execute(_SQL["to_try"])).fetchone()
    if row is None:
        return None
    return Tried(row.pop("workspace_id"), Choice(**row))


async def tried(connection: Connection, model_id: int, reason: str, took_ms: int) -> None:
    """`reason`: why it failed, "" where it works."""
    state = "failed" if reason else "works"
    await connection.execute(
        _SQL["tried"], {"id": model_id, "state": state, "reason": reason, "took_ms": took_ms}
    )
