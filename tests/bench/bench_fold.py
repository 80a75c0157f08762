"""A backlog of statuses folded per second, against the same UPDATE with nothing around it; and of
messages, against the same without the indexes of the desk's search.

Each status comes in a webhook of its own, as Meta sends most of them.
"""

import asyncio
from time import perf_counter
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store import statuses
from sportello.store.pool import open_pool
from sportello.workers.context import Context
from sportello.workers.fold import ENTRIES_MAX, fold_all
from tests.bench.desks import Figure, fresh_database
from tests.workers import desk as desks
from tests.workers.desk import ANNA, KEY, NOW, Desk, open_desk

BACKLOG = 50_000
MESSAGES = 10_000
CUSTOMERS = 500
_WORDS = ("ordine", "spedizione", "reso", "fattura", "taglia", "colore", "negozio", "saldi", "è")
_PRICING = {"billable": True, "pricing_model": "PMP", "category": "utility"}


def run() -> list[Figure]:
    with fresh_database(durable=True) as url:
        desk = open_desk(url)
        _send_before(desk)
        bare = BACKLOG / asyncio.run(_update(desk))
        _send_before(desk)
        _journal(desk)
        folded = BACKLOG / asyncio.run(_fold(desk))
        read = desk.row("SELECT count(*) AS n FROM sportello_message WHERE status = 'read'")
        assert read["n"] == BACKLOG, read
        billed = desk.row("SELECT count(*) AS n FROM sportello_charge WHERE micros = 24800")
        assert billed["n"] == BACKLOG, billed
        written = _written(desk)
        for index in ("message_words", "contact_names"):
            desk.rows(f"DROP INDEX {index}")
        bare_written = _written(desk)
    return [
        ("statuses of a backlog folded", folded, "/s", folded / bare),
        ("messages of a backlog folded, against the same without search", written, "/s",
         written / bare_written),
    ]  # fmt: skip


def _written(desk: Desk) -> float:
    """Messages of a dozen words each, folded a second; each makes the search find it."""
    desk.rows("TRUNCATE sportello_contact, sportello_charge, sportello_journalentry CASCADE")
    desk.rows("VACUUM ANALYZE sportello_message")
    with psycopg.connect(desk.url) as connection:
        copying = connection.cursor().copy("COPY sportello_journalentry (body) FROM STDIN")
        with copying as copy:
            for n in range(MESSAGES):
                copy.write_row([_said(n)])
    took = asyncio.run(_fold(desk))
    kept = desk.row("SELECT count(*) AS n FROM sportello_message")
    assert kept["n"] == MESSAGES, kept
    return MESSAGES / took


def _said(n: int) -> bytes:
    words = " ".join(f"{_WORDS[(n * step) % len(_WORDS)]}{n * step % 97}" for step in range(1, 12))
    return desks.text(f"wamid.in.{n}", words, NOW, wa_id=f"39333{n % CUSTOMERS:07}")


def _send_before(desk: Desk) -> None:
    """Our messages, sent and not yet read, each with its line in the ledger."""
    desk.rows("TRUNCATE sportello_contact, sportello_charge CASCADE")
    desk.rows(
        "WITH contact AS (INSERT INTO sportello_contact (workspace_id, wa_id) VALUES (%s, %s)"
        " RETURNING id), chat AS (INSERT INTO sportello_conversation (workspace_id, number_id,"
        " contact_id) SELECT %s, %s, id FROM contact RETURNING id)"
        " INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type,"
        " status, sent_at, at) SELECT %s, chat.id, 'wamid.' || n, 'campaign', 'template', 'sent',"
        " %s, %s FROM chat, generate_series(0, %s) AS n",
        desk.workspace_id, ANNA, desk.workspace_id, desk.number_id, desk.workspace_id, NOW, NOW,
        BACKLOG - 1,
    )  # fmt: skip
    desk.rows(
        "INSERT INTO sportello_charge (workspace_id, number_id, message_id, market, calling_code,"
        " currency, expected_category, expected_kind, expected_micros, sent_at)"
        " SELECT workspace_id, %s, id, 'Italy', '39', 'EUR', 'utility', 'regular', 24800, at"
        " FROM sportello_message",
        desk.number_id,
    )
    desk.rows("VACUUM ANALYZE sportello_message, sportello_charge")


def _journal(desk: Desk) -> None:
    with psycopg.connect(desk.url) as connection:
        copying = connection.cursor().copy("COPY sportello_journalentry (body) FROM STDIN")
        with copying as copy:
            for n in range(BACKLOG):
                copy.write_row([_webhook(n)])


def _webhook(n: int) -> bytes:
    return desks.statuses([desks.status(f"wamid.{n}", "read", pricing=_PRICING)])


async def _update(desk: Desk) -> float:
    """The ceiling: seconds that the statement takes, given its columns."""
    sql = statements(statuses.__file__)["apply"]
    none = [None] * ENTRIES_MAX
    columns: dict[str, Any] = {
        "life": statuses.LIFE,
        "workspace_ids": [desk.workspace_id] * ENTRIES_MAX,
        "statuses": ["read"] * ENTRIES_MAX,
        "sent_ats": none,
        "delivered_ats": none,
        "read_ats": [NOW] * ENTRIES_MAX,
        "failed_ats": none,
        "errors": none,
        "pricings": [Jsonb(_PRICING)] * ENTRIES_MAX,
    }
    async with open_pool(desk.url, 1) as pool, pool.connection() as connection:
        begun = perf_counter()
        for first in range(0, BACKLOG, ENTRIES_MAX):
            wamids = [f"wamid.{n}" for n in range(first, first + ENTRIES_MAX)]
            await connection.execute(sql, {**columns, "wamids": wamids})
            await connection.commit()
        return perf_counter() - begun


async def _fold(desk: Desk) -> float:
    async with open_pool(desk.url, 2) as pool:
        context = Context(pool=pool, url=desk.url, key=KEY, clock=lambda: NOW, data=desk.data)
        begun = perf_counter()
        await fold_all(context, asyncio.Event())
        return perf_counter() - begun
