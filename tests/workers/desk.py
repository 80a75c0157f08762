"""A company with one number in a real database, and webhooks as Meta writes them."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from sportello.store import vault
from sportello.store.pool import open_pool
from sportello.workers.context import Context
from sportello.workers.fold import fold_batch
from tests import asking

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PHONE_ID = "200000000000001"
WABA_ID = "100000000000001"
ANNA = "393331234567"
AnyContext = TypeVar("AnyContext", bound=Context)
KEY = vault.key_of("k" * 40)
TOKEN = "EAAG-test"


@dataclass(frozen=True, slots=True)
class Desk:
    """`url` is the owner's. Rows are read by the owner, outside any worker."""

    url: str
    workspace_id: int
    number_id: int
    data: Path = Path("/nowhere")

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        return asking.ask(self.url, sql, *parameters)

    async def change(self, sql: str, *parameters: Any) -> None:
        """While workers run on this loop: waiting for their locks must not stop them."""
        await asyncio.to_thread(self.rows, sql, *parameters)

    def row(self, sql: str, *parameters: Any) -> dict[str, Any]:
        (found,) = self.rows(sql, *parameters)
        return found

    def journal(self, *bodies: bytes) -> None:
        with psycopg.connect(self.url) as connection:
            for body in bodies:
                connection.execute("INSERT INTO sportello_journalentry (body) VALUES (%s)", [body])

    def messages(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM sportello_message ORDER BY at, wamid")

    def conversation(self) -> dict[str, Any]:
        return self.row("SELECT * FROM sportello_conversation")


def open_desk(url: str, *, seen_at: datetime | None = None) -> Desk:
    """Makes the company; the assistant is on, answers are due after the usual debounce. `seen_at`:
    when Meta was last asked for the number; None: it is asked as soon as anybody tends it.
    """
    with psycopg.connect(url) as connection:
        workspace = connection.execute(
            "INSERT INTO sportello_workspace (name, slug) VALUES ('Bottega', 'bottega')"
            " RETURNING id"
        ).fetchone()
        assert workspace is not None
        number = connection.execute(
            "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id, display_number,"
            " seen_at) VALUES (%s, %s, %s, '+39 06 1234 5678', %s) RETURNING id",
            [workspace[0], PHONE_ID, WABA_ID, seen_at],
        ).fetchone()
        assert number is not None
        sealed = vault.seal(KEY, TOKEN, vault.token_place(number[0]))
        connection.execute(
            "INSERT INTO sportello_token (workspace_id, number_id, sealed) VALUES (%s, %s, %s)",
            [workspace[0], number[0], sealed],
        )
    return Desk(url, workspace[0], number[0])


@asynccontextmanager
async def context_of(desk: Desk, *, now: datetime = NOW) -> AsyncIterator[Context]:
    async with open_pool(desk.url, 4) as pool:
        yield Context(pool=pool, url=desk.url, key=KEY, clock=lambda: now, data=Path("/nowhere"))


def say(
    desk: Desk,
    body: str,
    *,
    conversation_id: int | None = None,
    origin: str = "operator",
    priority: int = 0,
    wait_s: float = 0,
    **columns: Any,
) -> int:
    """Puts a text into the outbox as the console and the assistant do; the send's id."""
    chat = desk.row(
        "SELECT * FROM sportello_conversation WHERE id = coalesce(%s, id)", conversation_id
    )
    message = desk.row(
        "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text, status,"
        " at) VALUES (%s, %s, %s, 'text', %s, 'queued', %s) RETURNING id",
        desk.workspace_id,
        chat["id"],
        origin,
        body,
        NOW,
    )
    values = {
        "workspace_id": desk.workspace_id,
        "number_id": chat["number_id"],
        "conversation_id": chat["id"],
        "message_id": message["id"],
        "origin": origin,
        "priority": priority,
        "body": Jsonb({"type": "text", "text": {"body": body, "preview_url": False}}),
        "control_epoch": chat["control_epoch"],
        "generation": chat["generation"],
        **columns,
    }
    names = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    send = desk.row(
        f"INSERT INTO sportello_send ({names}, due_at) VALUES ({places},"  # noqa: S608  # names of our own tables and columns
        f" clock_timestamp() + interval '{wait_s} s') RETURNING id",
        *values.values(),
    )
    found: int = send["id"]
    return found


async def taken_chat(desk: Desk, wa_id: str = ANNA) -> int:
    """A conversation whose window is open and that an operator (without a row) holds."""
    await fold(desk, text(f"wamid.of.{wa_id}", "Buongiorno", ago(minutes=1), wa_id=wa_id))
    chat = desk.row(
        "UPDATE sportello_conversation AS c SET holder = 'operator', reply_due_at = NULL,"
        " burst_started_at = NULL, control_epoch = 2 FROM sportello_contact AS p"
        " WHERE p.id = c.contact_id AND p.wa_id = %s RETURNING c.id",
        wa_id,
    )
    found: int = chat["id"]
    return found


async def fold(desk: Desk, *bodies: bytes, now: datetime = NOW) -> None:
    """Journals the bodies and folds everything."""
    desk.journal(*bodies)
    async with context_of(desk, now=now) as context:
        while await fold_batch(context):
            pass


def at(context: AnyContext, now: datetime) -> AnyContext:
    return replace(context, clock=lambda: now)


def seconds(instant: datetime) -> str:
    return str(int(instant.timestamp()))


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def webhook(value: Any, *, field: str = "messages", **entry: Any) -> bytes:
    change = {"field": field, "value": value}
    whole = {
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA_ID, **entry, "changes": [change]}],
    }
    return json.dumps(whole).encode()


def value_of(phone_number_id: str = PHONE_ID, **parts: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "390612345678", "phone_number_id": phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata, **parts}


def message(
    wamid: str,
    when: datetime = NOW,
    *,
    wa_id: str | None = ANNA,
    user_id: str | None = None,
    **content: Any,
) -> dict[str, Any]:
    """A customer's message object; `content` is its type and that type's object."""
    content = content or {"type": "text", "text": {"body": f"words of {wamid}"}}
    known = {"from": wa_id, "from_user_id": user_id}
    return {
        "id": wamid,
        "timestamp": seconds(when),
        **{name: value for name, value in known.items() if value is not None},
        **content,
    }


def inbound(*messages: dict[str, Any], name: str = "Anna") -> bytes:
    people = [_person(one, name) for one in messages]
    return webhook(value_of(contacts=people, messages=list(messages)))


def _person(one: dict[str, Any], name: str) -> dict[str, Any]:
    person: dict[str, Any] = {"profile": {"name": name}}
    if "from" in one:
        person["wa_id"] = one["from"]
    if "from_user_id" in one:
        person["user_id"] = one["from_user_id"]
    return person


def text(wamid: str, body: str, when: datetime = NOW, **who: Any) -> bytes:
    return inbound(message(wamid, when, type="text", text={"body": body}, **who))


def status(wamid: str, word: str, when: datetime = NOW, **more: Any) -> dict[str, Any]:
    return {
        "id": wamid,
        "status": word,
        "timestamp": seconds(when),
        "recipient_id": ANNA,
        **more,
    }


def statuses(told: Sequence[dict[str, Any]]) -> bytes:
    return webhook(value_of(statuses=list(told)))
