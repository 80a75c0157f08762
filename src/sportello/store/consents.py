"""Where customers stand, folded from the consent ledger, and what follows when they say stop.

Whoever writes into the ledger holds the customer's conversations first: a claim of the dispatcher
holds its conversation too, so it has either gone before, or reads what was written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules import receipt
from sportello.rules.consent import Change, Standing, Topic, stands
from sportello.statements import statements
from sportello.store import arrays
from sportello.store.asking import Asked, ask
from sportello.store.pool import Connection
from sportello.store.statuses import Report

_SQL: Final = statements(__file__)
# Two programs that answer each other's "stop" would otherwise go on for ever.
CONFIRM_EVERY: Final = timedelta(days=1)
# Who has just told us what they meant is not asked again for a while.
ASK_EVERY: Final = timedelta(days=7)
# Ids of the two buttons under our question.
STOP_ID: Final = "consent:stop"
KEEP_ID: Final = "consent:keep"
# Source: reference, limits-and-pricing 6.5 (wait at least 24 hours).
CAP: Final = timedelta(days=1)
_TEXT_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be added about marketing. `source`: keyword, preference or doubt; `proof`: ids."""

    workspace_id: int
    contact_id: int
    change: Change
    source: str
    text: str
    proof: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Newest:
    """Where a customer stands on marketing, and what is open between us.

    `in_doubt`: by words that we asked about; `asked`: nothing was said in this chat since;
    `spared`: they were asked of late.
    """

    standing: Standing
    in_doubt: bool
    asked: bool
    spared: bool


@dataclass(frozen=True, slots=True)
class Word:
    """What is said to a customer: `body` as Meta takes it, `text` as the chat shows it."""

    type: str
    text: str
    body: Mapping[str, Any]


def plain(text: str) -> Word:
    return Word("text", text, {"type": "text", "text": {"body": text, "preview_url": False}})


def question(text: str, stop: str, keep: str) -> Word:
    """With two buttons, whose titles have at most 20 characters."""
    buttons = [
        {"type": "reply", "reply": {"id": STOP_ID, "title": stop}},
        {"type": "reply", "reply": {"id": KEEP_ID, "title": keep}},
    ]
    shown = {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}
    return Word("interactive", text, {"type": "interactive", "interactive": shown})


@dataclass(frozen=True, slots=True)
class History:
    """`confirmed`: the same words were heard, and answered, within a day."""

    company: str
    language: str
    confirmed: bool


async def standings(
    connection: Connection, contact_ids: Iterable[int], topic: Topic
) -> dict[int, Standing]:
    """By contact, all of those asked for; `none` where the ledger says nothing of the topic."""
    asked = sorted(set(contact_ids))
    return await (await ask_standings(connection, asked, topic)).told() if asked else {}


async def ask_standings(
    connection: Connection, contact_ids: Iterable[int], topic: Topic
) -> Asked[dict[int, Standing]]:
    """The same, answered when it is told."""
    wanted = sorted(contact_ids)

    def read(found: list[DictRow]) -> dict[int, Standing]:
        said = {row["contact_id"]: stands(Change(row["action"])) for row in found}
        return dict.fromkeys(wanted, Standing.NONE) | said

    parameters = {"contact_ids": arrays.numbers(wanted), "topic": topic.value}
    return await ask(connection, _SQL["standings"], parameters, read)


async def hold(connection: Connection, contact_ids: Iterable[int]) -> None:
    """Until the transaction ends, nobody claims a send to these customers."""
    await connection.execute(_SQL["hold"], {"contact_ids": sorted(set(contact_ids))})


async def add(connection: Connection, line: Line, now: datetime) -> None:
    """Once, however often it is told. The customer is held; taking cancels what promotes.

    A line from a clock that runs ahead must not outrank what the customer says later.
    """
    await connection.execute(_SQL["lock_contact"], {"id": line.contact_id})
    parameters = {
        "workspace_id": line.workspace_id,
        "contact_id": line.contact_id,
        "action": line.change.value,
        "source": line.source,
        "text": line.text[:_TEXT_MAX],
        "proof": Jsonb(dict(line.proof)),
        "at": min(line.at, now),
    }
    await connection.execute(_SQL["add"], parameters)
    if line.change is Change.WITHDRAW:
        await cancel_marketing(connection, [line.contact_id], now)


async def cancel_marketing(
    connection: Connection, contact_ids: Sequence[int], now: datetime
) -> None:
    """Of those among these customers, who are held, that do not want it any more."""
    found = await standings(connection, contact_ids, Topic.MARKETING)
    gone = [one for one, where in found.items() if where is Standing.WITHDRAWN]
    if gone:
        kept = Jsonb(receipt.opted_out(now))
        await connection.execute(
            _SQL["cancel_marketing"], {"contact_ids": sorted(gone), "receipt": kept}
        )


async def history(
    connection: Connection, contact_id: int, change: Change, now: datetime
) -> History:
    since = now - CONFIRM_EVERY
    asked = {"contact_id": contact_id, "action": change.value, "since": since}
    row = await (await connection.execute(_SQL["history"], asked)).fetchone()
    if row is None:
        raise RuntimeError("a customer who was there is gone")
    return History(**row)


async def newest(connection: Connection, contact_id: int, number_id: int, now: datetime) -> Newest:
    parameters = {
        "contact_id": contact_id,
        "number_id": number_id,
        "since": now - ASK_EVERY,
        "question": Jsonb({"action": {"buttons": [{"reply": {"id": STOP_ID}}]}}),
    }
    row = await (await connection.execute(_SQL["newest"], parameters)).fetchone()
    if row is None:
        return Newest(Standing.NONE, in_doubt=False, asked=False, spared=False)
    standing = stands(Change(row["action"]))
    in_doubt = row["source"] == "doubt" and standing is Standing.WITHDRAWN
    return Newest(standing, in_doubt, row["asked"], row["doubted"])


async def confirm(
    connection: Connection, workspace_id: int, conversation_id: int, word: Word, now: datetime
) -> None:
    """Puts a word of ours into the outbox; whoever holds the chat, it is not theirs."""
    await connection.execute(
        _SQL["confirm"],
        {
            "workspace_id": workspace_id,
            "conversation_id": conversation_id,
            "type": word.type,
            "text": word.text,
            "payload": Jsonb(dict(word.body.get("interactive", {}))),
            "body": Jsonb(dict(word.body)),
            "now": now,
        },
    )


async def opt_out(connection: Connection, reports: Sequence[Report], now: datetime) -> None:
    """The customers of these failed messages have stopped marketing in WhatsApp itself."""
    if not reports:
        return
    told = _instants(reports)
    cursor = await connection.execute(_SQL["contacts_of"], told)
    contact_ids = [row["contact_id"] for row in await cursor.fetchall()]
    await hold(connection, contact_ids)
    await connection.execute(_SQL["opt_out"], told)
    await cancel_marketing(connection, contact_ids, now)


async def cap(connection: Connection, reports: Sequence[Report]) -> None:
    """Meta delivers no more marketing to the customers of these messages, for a day."""
    if reports:
        told = _instants(reports)
        told["untils"] = [report.at + CAP for report in reports]
        await connection.execute(_SQL["cap"], told)


async def lose(connection: Connection, reports: Sequence[Report]) -> None:
    """The customers of these messages cannot be reached on WhatsApp."""
    if reports:
        await connection.execute(_SQL["lose"], _instants(reports))


async def reach(connection: Connection, contact_id: int) -> None:
    """They wrote: they can be."""
    await connection.execute(_SQL["reach"], {"id": contact_id})


def _instants(reports: Sequence[Report]) -> dict[str, Any]:
    return {
        "workspace_ids": [report.workspace_id for report in reports],
        "wamids": [report.wamid for report in reports],
        "ats": [report.at for report in reports],
    }
