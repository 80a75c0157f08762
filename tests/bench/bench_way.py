"""The two waits that people feel: a customer's for an answer, and the desk's for a new message.

Emulator, edge and workers share one process here, and the machine with the database.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import aiohttp
import uvloop

from sportello.ops import demo_content
from sportello.rules import ticket
from sportello.rules.ids import UserId, WorkspaceId
from sportello.store.pool import open_pool
from sportello.workers import answer
from sportello.workers.index import Indexing
from tests.assistant.desk import EMBEDDER
from tests.bench.desks import Figure, fresh_database, share_of
from tests.edge.serving import TICKET_KEY
from tests.flow.house import START, STREAM, House, house

CUSTOMERS = 20
EVENTS = 30
_EVENT_S_MAX = 20


def run() -> list[Figure]:
    with fresh_database(durable=True) as url, tempfile.TemporaryDirectory() as folder:
        answers, events = uvloop.run(_measure(url, Path(folder)))
    return [
        ("end of the burst to the accepted answer, p50", share_of(answers, 0.5), "s", None),
        ("end of the burst to the accepted answer, p95", share_of(answers, 0.95), "s", None),
        ("of which the pause that ends a burst", 2.5, "s", None),
        ("webhook to the browser's event, p50", 1000 * share_of(events, 0.5), "ms", None),
        ("webhook to the browser's event, p95", 1000 * share_of(events, 0.95), "ms", None),
    ]


async def _measure(url: str, data: Path) -> tuple[list[float], list[float]]:
    async with house(url, data, workers={**STREAM, "answer": answer.run}) as running:
        await _learn(running)
        await _answered(running, "393470000000")  # the model is loaded now
        answers = await asyncio.gather(
            *(_answered(running, f"39347{n + 1:07}", 0.5 * n) for n in range(CUSTOMERS))
        )
        await asyncio.to_thread(
            running.desk.rows, "UPDATE sportello_workspace SET assistant_on = false"
        )
        _judge(running)
        return list(answers), await _events(running)


async def _learn(running: House) -> None:
    """The knowledge of the demo's shop, indexed as a company's is."""
    for pair in demo_content.read().pairs:
        running.desk.rows(
            "INSERT INTO sportello_pair (workspace_id, question, answer, variants)"
            " VALUES (%s, %s, %s, %s)",
            running.desk.workspace_id,
            pair.question,
            pair.answer,
            list(pair.variants),
        )
    async with open_pool(running.desk.url, 2) as pool:
        await Indexing(pool, EMBEDDER).catch_up(asyncio.Event())


def _judge(running: House) -> None:
    """Raises RuntimeError where the wait was for other words than an answer of the knowledge."""
    unsure = running.desk.row(
        "SELECT count(*) AS n FROM sportello_message"
        " WHERE origin = 'assistant' AND sources = '[]'::jsonb"
    )["n"]
    if unsure:
        msg = f"{unsure} of the answers are not from the knowledge"
        raise RuntimeError(msg)


async def _answered(running: House, wa_id: str, wait_s: float = 0) -> float:
    """Seconds from the last message of a burst of two until Meta has taken the answer."""
    await asyncio.sleep(wait_s)
    await running.writes(wa_id, "Buongiorno")
    await running.writes(wa_id, "quanto costa la spedizione?")
    begun = perf_counter()
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(_is_accepted, running, wa_id):  # noqa: ASYNC110  # another process is watched
            await asyncio.sleep(0.02)
    return perf_counter() - begun


def _is_accepted(running: House, wa_id: str) -> bool:
    found = running.desk.rows(
        "SELECT s.id FROM sportello_send AS s JOIN sportello_conversation AS c"
        " ON c.id = s.conversation_id JOIN sportello_contact AS p ON p.id = c.contact_id"
        " WHERE p.wa_id = %s AND s.kind = 'message' AND s.state = 'accepted'",
        wa_id,
    )
    return bool(found)


async def _events(running: House) -> list[float]:
    """Seconds from a new customer's tap to the event of the new conversation, one after another."""
    expires_at = datetime.fromtimestamp(START, UTC) + timedelta(minutes=5)
    workspace = WorkspaceId(running.desk.workspace_id)
    shown = ticket.issue(TICKET_KEY, UserId(1), workspace, expires_at)
    waits: list[float] = []
    known: set[bytes] = set()
    async with aiohttp.request("GET", f"{running.edge}/live", params={"ticket": shown}) as stream:
        await stream.content.readuntil(b"\n\n")
        for n in range(EVENTS):
            begun = perf_counter()
            await running.writes(f"39348{n:07}", "Buongiorno")
            async with asyncio.timeout(_EVENT_S_MAX):
                known.add(await _unheard(stream, known))
            waits.append(perf_counter() - begun)
    return waits


async def _unheard(stream: aiohttp.ClientResponse, known: set[bytes]) -> bytes:
    """The next event that names a conversation not named before; the others are passed over."""
    while True:
        heard = (await stream.content.readuntil(b"\n\n")).strip()
        if b"conversation" in heard and heard not in known:
            return heard
