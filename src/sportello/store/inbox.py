"""What customers said, written down: contacts, conversations, messages, consents, in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules.ownership import Ownership
from sportello.statements import statements
from sportello.store import consents
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
_RACES_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Number:
    """A business number, with what its company decided. `assistant_on`: for both."""

    id: int
    workspace_id: int
    phone_number_id: str
    waba_id: str
    display_number: str
    assistant_on: bool
    debounce_s: float
    debounce_s_max: float


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as a webhook names them; at least one of the first two is known."""

    wa_id: str | None
    user_id: str | None
    profile_name: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A customer's message as it is kept. `payload`: what the bubble needs beside the text."""

    wamid: str
    type: str
    text: str
    payload: Mapping[str, Any]
    reply_to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What a customer's message changes in its conversation.

    `speaks`: it is a word of theirs, to be read and answered; `owes`: by the assistant, soon.
    `by_ad`: an advertisement brought them, so that our answer opens a free entry point.
    `answers`: they turned to us lately enough that we await nothing more.
    """

    ownership: Ownership
    last_inbound_at: datetime | None
    window_closes_at: datetime | None
    speaks: bool
    owes: bool
    answers: bool
    text: str
    at: datetime
    by_ad: bool = False


async def numbers(
    connection: Connection, phone_number_ids: Iterable[str], waba_ids: Iterable[str]
) -> list[Number]:
    """The known ones among these, by either id."""
    cursor = await connection.execute(
        _SQL["numbers"],
        {"phone_number_ids": list(phone_number_ids), "waba_ids": list(waba_ids)},
    )
    return [_number(row) for row in await cursor.fetchall()]


def _number(row: DictRow) -> Number:
    return Number(
        id=row["id"],
        workspace_id=row["workspace_id"],
        phone_number_id=row["phone_number_id"],
        waba_id=row["waba_id"],
        display_number=row["display_number"],
        assistant_on=row["assistant_on"],
        debounce_s=row["debounce_ms"] / 1000,
        debounce_s_max=row["debounce_ms_max"] / 1000,
    )


async def heard_from(connection: Connection, newest: Mapping[int, datetime]) -> None:
    """Notes Meta's newest time for each number, in the order of their ids."""
    ids = sorted(newest)
    parameters = {"ids": ids, "ats": [newest[one] for one in ids]}
    await connection.execute(_SQL["heard_from"], parameters)


async def knows_message(connection: Connection, workspace_id: int, wamid: str) -> bool:
    parameters = {"workspace_id": workspace_id, "wamid": wamid}
    return (await connection.execute(_SQL["knows_message"], parameters)).rowcount > 0


async def contact(connection: Connection, workspace_id: int, customer: Customer) -> int:
    """The customer's contact, made or completed; two that prove to be one are made one."""
    for _ in range(_RACES_MAX):
        rows = await _find_contacts(connection, workspace_id, customer)
        if not rows:
            made = await _add_contact(connection, workspace_id, customer)
            if made is not None:
                return made
            continue
        kept = rows[0]
        for other in rows[1:]:
            await absorb(connection, kept["id"], other["id"])
        if _tells_more(customer, kept):
            await _learn(connection, kept["id"], customer)
        if kept["unreachable_since"] is not None:
            await consents.reach(connection, kept["id"])
        return int(kept["id"])
    raise RuntimeError("a contact that is neither there nor can be added")


async def _find_contacts(
    connection: Connection, workspace_id: int, customer: Customer
) -> list[DictRow]:
    cursor = await connection.execute(
        _SQL["find_contacts"],
        {
            "workspace_id": workspace_id,
            "wa_id": customer.wa_id,
            "user_id": customer.user_id,
        },
    )
    return await cursor.fetchall()


async def _add_contact(connection: Connection, workspace_id: int, customer: Customer) -> int | None:
    cursor = await connection.execute(
        _SQL["add_contact"], {"workspace_id": workspace_id} | _columns(customer)
    )
    row = await cursor.fetchone()
    return None if row is None else int(row["id"])


def _tells_more(customer: Customer, known: DictRow) -> bool:
    told = _columns(customer)
    return any(value and value != known[name] for name, value in told.items())


def _columns(customer: Customer) -> dict[str, str | None]:
    return {
        "wa_id": customer.wa_id,
        "user_id": customer.user_id,
        "profile_name": customer.profile_name,
        "username": customer.username,
    }


async def _learn(connection: Connection, contact_id: int, customer: Customer) -> None:
    await connection.execute(_SQL["learn_contact"], {"id": contact_id} | _columns(customer))


async def rename(
    connection: Connection, workspace_id: int, contact_id: int, customer: Customer
) -> int:
    """The contact under a new number or user id; whoever had it before is the same customer."""
    for other in await _find_contacts(connection, workspace_id, customer):
        if other["id"] != contact_id:
            await absorb(connection, contact_id, other["id"])
    await _learn(connection, contact_id, customer)
    return contact_id


async def absorb(connection: Connection, kept: int, gone: int) -> None:
    """Makes two contacts one: conversations, messages, sends and ledger of `gone` go to `kept`."""
    cursor = await connection.execute(_SQL["lock_conversations"], {"contact_ids": [kept, gone]})
    rows = await cursor.fetchall()
    ours = {row["number_id"]: row["id"] for row in rows if row["contact_id"] == kept}
    for row in rows:
        if row["contact_id"] != gone:
            continue
        if row["number_id"] in ours:
            await _merge(connection, ours[row["number_id"]], row["id"])
        else:
            parameters = {"id": row["id"], "contact_id": kept}
            await connection.execute(_SQL["give_conversation"], parameters)
    await connection.execute(_SQL["move_consents"], {"to": kept, "from": gone})
    await connection.execute(_SQL["drop_contact"], {"id": gone})


async def _merge(connection: Connection, to: int, from_: int) -> None:
    for name in ("move_messages", "move_sends", "merge_conversation"):
        await connection.execute(_SQL[name], {"to": to, "from": from_})
    await connection.execute(_SQL["drop_conversation"], {"id": from_})


async def conversation(connection: Connection, number: Number, contact_id: int) -> DictRow:
    """The locked conversation; a new one is closed, so that the first word opens it."""
    key = {"number_id": number.id, "contact_id": contact_id}
    for _ in range(_RACES_MAX):
        row = await (await connection.execute(_SQL["find_conversation"], key)).fetchone()
        if row is not None:
            return row
        parameters = key | {"workspace_id": number.workspace_id}
        await connection.execute(_SQL["add_conversation"], parameters)
    raise RuntimeError("a conversation that is neither there nor can be added")


async def add_message(
    connection: Connection, workspace_id: int, conversation_id: int, message: NewMessage
) -> int | None:
    """Its id; None if it is known already."""
    cursor = await connection.execute(
        _SQL["add_message"],
        {
            "workspace_id": workspace_id,
            "conversation_id": conversation_id,
            "wamid": message.wamid,
            "type": message.type,
            "text": message.text,
            "payload": Jsonb(message.payload),
            "reply_to": message.reply_to,
            "at": message.at,
        },
    )
    row = await cursor.fetchone()
    return None if row is None else int(row["id"])


async def add_media(
    connection: Connection, workspace_id: int, message_id: int, file: Mapping[str, str]
) -> None:
    """`file`: media_id, mime_type, filename."""
    parameters = {"workspace_id": workspace_id, "message_id": message_id, **file}
    await connection.execute(_SQL["add_media"], parameters)


async def hear(
    connection: Connection, conversation_id: int, number: Number, heard: Heard, now: datetime
) -> None:
    held = heard.ownership
    await connection.execute(
        _SQL["hear"],
        {
            "id": conversation_id,
            "holder": held.holder.value,
            # A script that took control has no row among the people.
            "operator_id": held.operator or None,
            "handover_reason": "" if held.reason is None else held.reason.value,
            "control_epoch": held.control_epoch,
            "last_inbound_at": heard.last_inbound_at,
            "window_closes_at": heard.window_closes_at,
            "speaks": heard.speaks,
            "owes": heard.owes,
            "answers": heard.answers,
            "text": heard.text,
            "at": heard.at,
            "by_ad": heard.by_ad,
            "now": now,
            "debounce_s": number.debounce_s,
            "debounce_s_max": number.debounce_s_max,
        },
    )


async def apply_marks(
    connection: Connection, workspace_id: int, conversation_id: int, wamid: str
) -> None:
    """Shows on a message the reactions, edits and revocation that have come for it."""
    await connection.execute(
        _SQL["apply_marks"],
        {"workspace_id": workspace_id, "conversation_id": conversation_id, "wamid": wamid},
    )


async def add_platform_event(connection: Connection, event: Mapping[str, Any]) -> bool:
    """`event`: the columns of the table. False if it was told before."""
    parameters = {**event, "value": Jsonb(event["value"])}
    return (await connection.execute(_SQL["add_platform_event"], parameters)).rowcount > 0


async def is_overtaken(
    connection: Connection, event: Mapping[str, Any], events: Sequence[str] | None = None
) -> bool:
    """Whether the same field of the same account or number was told anew since `at`; by one of
    `events`, where only these count.
    """
    told = {**event, "events": None if events is None else list(events)}
    return (await connection.execute(_SQL["is_overtaken"], told)).rowcount > 0


async def set_number_status(
    connection: Connection, row: Mapping[str, Any], status: str, *, about_s: int
) -> None:
    """After an event's row. A look at the number counts as newer than the event from `about_s`
    before it on.
    """
    parameters = {
        "workspace_id": row["workspace_id"],
        "waba_id": row["waba_id"],
        "at": row["at"],
        "status": status,
        "about_s": about_s,
    }
    await connection.execute(_SQL["set_number_status"], parameters)


async def set_ending(connection: Connection, workspace_id: int, waba_id: str, day: str) -> None:
    """`day` of the block that Meta announced, "yes" if it names none, "" if none is to come."""
    parameters = {"workspace_id": workspace_id, "waba_id": waba_id, "day": day}
    await connection.execute(_SQL["expect_ending"], parameters)
    await connection.execute(_SQL["set_ending"], parameters)


async def set_verified_name(connection: Connection, number_id: int, name: str) -> None:
    await connection.execute(_SQL["set_verified_name"], {"id": number_id, "name": name})
