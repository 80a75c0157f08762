"""Follow-ups in SQL: errands frozen with the audience, timed, released, and over once answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules import receipt
from sportello.statements import statements
from sportello.store import campaigns
from sportello.store.campaigns import Letter
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Frozen:
    """One person's values for one follow-up."""

    contact_id: int
    position: int
    filled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Posting:
    """What an errand sends: a letter to it, with the template and the file of its step."""

    letter: Letter
    template_id: int | None
    file_id: int | None


async def steps(connection: Connection, campaign_id: int) -> list[DictRow]:
    """A campaign's follow-ups, in their order."""
    cursor = await connection.execute(_SQL["steps"], {"campaign_id": campaign_id})
    return await cursor.fetchall()


async def freeze(connection: Connection, campaign_id: int, portion: Sequence[Frozen]) -> None:
    """An errand for each; the recipients are there already."""
    await connection.execute(
        _SQL["freeze"],
        {
            "campaign_id": campaign_id,
            "contact_ids": [one.contact_id for one in portion],
            "positions": [one.position for one in portion],
            "filled": [Jsonb(dict(one.filled)) for one in portion],
        },
    )


async def follow(connection: Connection, recipient_ids: Sequence[int]) -> None:
    """The first follow-up of these counts from the message that was released just now."""
    await connection.execute(_SQL["follow"], {"recipient_ids": list(recipient_ids)})


async def untimed(connection: Connection, campaign_id: int, *, limit: int) -> list[DictRow]:
    """Follow-ups of whose forerunner more is known by now, locked."""
    asked = {"campaign_id": campaign_id, "limit": limit}
    return await (await connection.execute(_SQL["untimed"], asked)).fetchall()


async def untimed_events(connection: Connection, campaign_id: int, *, limit: int) -> list[DictRow]:
    """What an automation took and has set no time for, locked; `age_s`: since it came."""
    asked = {"campaign_id": campaign_id, "limit": limit}
    return await (await connection.execute(_SQL["untimed_events"], asked)).fetchall()


async def automation(connection: Connection, campaign_id: int) -> DictRow | None:
    """How long the campaign's automation waits."""
    return await (await connection.execute(_SQL["automation"], {"id": campaign_id})).fetchone()


async def time(connection: Connection, due_at: Mapping[int, datetime]) -> None:
    """When errands fall due, by their ids."""
    if due_at:
        asked = {"ids": list(due_at), "due_ats": list(due_at.values())}
        await connection.execute(_SQL["time"], asked)


async def end(connection: Connection, gone: Sequence[tuple[int, int]]) -> None:
    """(recipient, position): this follow-up and all later ones have nothing to follow."""
    if gone:
        asked = {"recipient_ids": [who for who, _ in gone], "positions": [at for _, at in gone]}
        await connection.execute(_SQL["end"], asked)


async def zones(connection: Connection, campaign_id: int) -> list[str]:
    """The zones in which an errand has its time; an empty name where the company's hours count."""
    cursor = await connection.execute(_SQL["zones"], {"campaign_id": campaign_id})
    return [row["zone"] for row in await cursor.fetchall()]


async def spare(connection: Connection, recipient_ids: Sequence[int]) -> None:
    """Of these, whoever was skipped after all is skipped in every step."""
    if recipient_ids:
        await connection.execute(_SQL["spare"], {"recipient_ids": list(recipient_ids)})


async def due(
    connection: Connection,
    campaign: DictRow,
    among: Sequence[str] | None,
    now: datetime,
    *,
    limit: int,
) -> dict[int, int]:
    """Errands whose time has come, to their contacts; of each contact one. `among`: the zones in
    which those live; None: anywhere.
    """
    where = await zones(connection, campaign["id"]) if among is None else list(among)
    asked = {"campaign_id": campaign["id"], "now": now, "limit": limit, "zones": where}
    rows = await (await connection.execute(_SQL["due"], asked)).fetchall()
    first = {row["contact_id"]: row["id"] for row in reversed(rows)}
    return {errand_id: contact_id for contact_id, errand_id in first.items()}


async def take(
    connection: Connection, campaign: DictRow, wanted: Mapping[int, int]
) -> tuple[list[DictRow], dict[int, DictRow]]:
    """Those of the errands that are still to come, locked, and their conversations by contact.

    The conversations are locked first, as whoever folds an answer does: it has either come
    before, or finds the errand released.
    """
    chats = await campaigns.chats(connection, campaign, list(wanted.values()))
    rows = await (await connection.execute(_SQL["take"], {"ids": list(wanted)})).fetchall()
    return rows, chats


async def skip(connection: Connection, why: Mapping[int, str]) -> None:
    """Errands at which nothing is sent, each with its reason."""
    if why:
        await connection.execute(_SQL["skip"], {"ids": list(why), "whys": list(why.values())})


async def release(
    connection: Connection,
    campaign: DictRow,
    postings: Sequence[Posting],
    chats: Mapping[int, DictRow],
    now: datetime,
) -> None:
    """Puts errands into the outbox, all or none; the caller holds them and their conversations."""
    if not postings:
        return
    letters = [one.letter for one in postings]
    placed = [chats[letter.recipient.contact_id] for letter in letters]
    await connection.execute(
        _SQL["release"],
        {
            "workspace_id": campaign["workspace_id"],
            "number_id": campaign["number_id"],
            "campaign_id": campaign["id"],
            "origin": "automation" if campaign["automatic"] else "campaign",
            "now": now,
            "errand_ids": [letter.recipient.id for letter in letters],
            "conversation_ids": [chat["id"] for chat in placed],
            "epochs": [chat["control_epoch"] for chat in placed],
            "texts": [letter.text for letter in letters],
            "payloads": [Jsonb(letter.payload) for letter in letters],
            "bodies": [Jsonb(letter.body) for letter in letters],
            "template_ids": [one.template_id for one in postings],
            "file_ids": [one.file_id for one in postings],
        },
    )
    await campaigns.pace(connection, campaign["id"], len(postings))


async def pending(connection: Connection, campaign_id: int) -> bool:
    """Whether a follow-up may still come."""
    asked = {"campaign_id": campaign_id}
    row = await (await connection.execute(_SQL["pending"], asked)).fetchone()
    return row is not None and bool(row["pending"])


async def leave_out(connection: Connection, campaign_id: int) -> None:
    """What is left of a campaign that is over will never come."""
    await connection.execute(_SQL["leave_out"], {"campaign_id": campaign_id})


@dataclass(frozen=True, slots=True)
class Answer:
    """A customer's word to one of our numbers. `answers`: it is fresh, as `rules.window` says."""

    number_id: int
    contact_id: int
    at: datetime
    answers: bool


async def answer(connection: Connection, given: Answer, now: datetime) -> None:
    """What was meant for their silence is over. The conversation is held by the caller."""
    await connection.execute(
        _SQL["answer"],
        {
            "number_id": given.number_id,
            "contact_id": given.contact_id,
            "at": given.at,
            "answers": given.answers,
            "receipt": Jsonb(receipt.answered(now)),
        },
    )
