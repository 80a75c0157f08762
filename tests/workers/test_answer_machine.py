"""Customer, person, worker and outbox in any order: one answer to each burst, from who may speak.

Every station is the real one: webhooks are folded, control moves by the console's own actions, and
the worker's two transactions are run apart from each other, so that all that can happen between
them happens. Only the outbox is played: it lets leave what the guard would.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from django.db import connections  # Django must be set up first
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row

from sportello.assistant.embed import WIDTH, Kind, Matrix  # Django is set up first
from sportello.console.access import workspace_transaction  # Django is set up first
from sportello.console.inbox import deeds  # Django is set up first
from sportello.store.pool import open_pool  # Django is set up first
from sportello.workers.answer import Answering  # Django is set up first
from sportello.workers.context import Context  # Django is set up first
from sportello.workers.fold import fold_batch  # Django is set up first
from sportello.workers.index import Indexing  # Django is set up first
from tests import asking  # Django is set up first
from tests import database as databases  # Django is set up first
from tests.workers import desk as desks  # Django is set up first

_LEASES = (0.0, 20.0)  # a worker that is overtaken at once, and one that has its time
_IN_HAND_MAX = 3
_SAID = {
    "known": "Quando arriva il mio ordine?",
    "unknown": "Riparate orologi svizzeri antichi",
    "thanks": "Grazie mille",
    "person": "Operatore",
    "nod": "\N{THUMBS UP SIGN}",
    "stop": "Non voglio più ricevere offerte",
}
_PAIRS = (
    ("Quando arriva il mio ordine?", "Arriva in 2-4 giorni.\n\n" + "Il corriere avvisa. " * 35),
    ("Come posso pagare?", "Con carta o PayPal."),
)

_WAITING_UNDER_A_PERSON = """
    SELECT s.id FROM sportello_send AS s
    JOIN sportello_conversation AS c ON c.id = s.conversation_id
    WHERE s.kind = 'message' AND s.origin = 'assistant' AND s.state = 'queued'
      AND c.holder IN ('operator', 'closed')
"""
_TAKEN_BACK = "SELECT id FROM sportello_message WHERE status IN ('cancelled', 'refused')"
_OUT_OF_ORDER = """
    SELECT a.id FROM sportello_send AS a JOIN sportello_send AS b
    ON b.conversation_id = a.conversation_id AND b.generation = a.generation
       AND b.message_id > a.message_id AND b.due_at < a.due_at
       AND a.state = 'queued' AND b.state = 'queued'
"""
_WRITTEN = """
    SELECT message_id, control_epoch FROM sportello_send
    WHERE kind = 'message' AND origin = 'assistant' AND generation = %s
"""
_JOURNAL = "INSERT INTO sportello_journalentry (body) VALUES (%s)"
_SEND_NEXT = """
    WITH next AS (
        SELECT s.id, s.message_id, CASE
            WHEN s.origin = 'assistant' AND (s.control_epoch <> c.control_epoch
                 OR s.generation <> c.generation OR c.holder = 'operator')
            THEN 'refused' ELSE 'accepted' END AS fate
        FROM sportello_send AS s JOIN sportello_conversation AS c ON c.id = s.conversation_id
        WHERE s.state = 'queued' AND s.kind = 'message' ORDER BY s.id LIMIT 1
    ), moved AS (
        UPDATE sportello_send AS s SET state = next.fate, settled_at = now()
        FROM next WHERE s.id = next.id
    )
    UPDATE sportello_message AS m SET status = next.fate FROM next
    WHERE m.id = next.message_id RETURNING m.id
"""
_UNANSWERED = """
    SELECT id, text FROM sportello_message
    WHERE origin = 'customer' AND text NOT LIKE %s AND id > coalesce((
        SELECT max(id) FROM sportello_message
        WHERE origin IN ('assistant', 'operator') AND status = 'accepted'), 0)
"""


class _Words:
    """Vectors out of the letters: the same text, the same vector. Nothing here is about meaning."""

    async def embed(self, texts: list[str], _kind: Kind) -> Matrix:
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for place, sign in enumerate(text.casefold()):
                row[(ord(sign) * 31 + place % 3) % WIDTH] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)


class Chat(RuleBasedStateMachine):
    """One customer with one company. `settled` names the database that each example copies."""

    settled: str
    cluster: str

    @initialize()
    def open_shop(self) -> None:
        self.loop = asyncio.Runner()
        name = f"machine_{secrets.token_hex(6)}"
        with psycopg.connect(self.cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self.settled}")
        self.name = name
        self.url = databases.named(self.cluster, name)
        databases.point_django_at(self.url)
        self.now = desks.NOW
        self.eye = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        self.pool = open_pool(self.url, 3)
        self.loop.run(self.pool.open())
        self.context = Context(self.pool, self.url, desks.KEY, lambda: self.now, desks.Path("/no"))
        self.written = 0
        self.in_hand: list[tuple[Answering, Any]] = []
        self.answers: list[tuple[frozenset[str], frozenset[int]]] = []

    def teardown(self) -> None:
        if not hasattr(self, "pool"):
            return
        try:
            self._everything_settles()
        finally:
            self.loop.run(self.pool.close())
            self.loop.close()
            self.eye.close()
            connections.close_all()
            databases.drop(self.cluster, self.name)

    # -- what may happen ---------------------------------------------------------------------

    @rule(kinds=st.lists(st.sampled_from(sorted(_SAID)), min_size=1, max_size=3))
    def customer_writes(self, kinds: list[str]) -> None:
        self.loop.run(self._hear([self._text(kind) for kind in kinds]))

    @rule()
    def customer_sends_a_photo(self) -> None:
        photo = {"id": "7", "mime_type": "image/jpeg", "sha256": "x", "caption": self._tail()}
        self.loop.run(self._hear([self._message(type="image", image=photo)]))

    @rule(row=st.sampled_from(["pair:1", "pair:2", "pair:99", "none", "pair:x"]))
    def customer_taps(self, row: str) -> None:
        reply = {"type": "list_reply", "list_reply": {"id": row, "title": "Questa" + self._tail()}}
        self.loop.run(self._hear([self._message(type="interactive", interactive=reply)]))

    @rule()
    def operator_takes_over(self) -> None:
        self._act(lambda chat: deeds.take_control(chat, None, self.now))

    @rule()
    def operator_writes(self) -> None:
        if self._chat().get("holder") == "operator":
            self._act(lambda chat: deeds.write_text(chat, None, "Ci penso io.", self.now))

    @rule()
    def operator_releases(self) -> None:
        self._act(lambda chat: deeds.release(chat, self.now))

    @rule()
    def operator_closes(self) -> None:
        self._act(lambda chat: deeds.close(chat, self.now))

    @precondition(lambda self: len(self.in_hand) < _IN_HAND_MAX)
    @rule(lease_s=st.sampled_from(_LEASES))
    def worker_begins(self, lease_s: float) -> None:
        worker = Answering(self.context, _Words(), lease_s=lease_s)
        begun = self.loop.run(worker._begin())
        if begun is not None:
            self.in_hand.append((worker, begun))

    @precondition(lambda self: self.in_hand)
    @rule(place=st.integers(0, _IN_HAND_MAX - 1))
    def worker_finishes(self, place: int) -> None:
        worker, begun = self.in_hand.pop(place % len(self.in_hand))
        self.loop.run(self._finish(worker, begun))

    @precondition(lambda self: self.in_hand)
    @rule(place=st.integers(0, _IN_HAND_MAX - 1))
    def worker_dies(self, place: int) -> None:
        self.in_hand.pop(place % len(self.in_hand))

    @precondition(lambda self: self.in_hand)
    @rule(takes=st.booleans())
    def all_at_once(self, takes: bool) -> None:
        """Every worker finishes while a person takes over, or while the customer writes on."""
        finishing = [self._finish(worker, begun) for worker, begun in self.in_hand]
        self.in_hand = []
        if takes and self._chat():
            beside = asyncio.to_thread(self._take_over_in_a_thread)
        else:
            beside = self._hear([self._text("known")])
        self.loop.run(self._gather(*finishing, beside))

    @rule()
    def outbox_sends_the_next(self) -> None:
        self._send_next()

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def nothing_of_the_assistant_waits_while_a_person_has_the_chat(self) -> None:
        assert self._rows(_WAITING_UNDER_A_PERSON) == []

    @invariant()
    def no_words_are_answered_twice(self) -> None:
        if len(getattr(self, "answers", ())) < 2:
            return
        gone = {row["id"] for row in self._rows(_TAKEN_BACK)}
        standing = [words for words, bubbles in self.answers if bubbles - gone]
        said = [word for words in standing for word in words]
        assert len(said) == len(set(said))

    @invariant()
    def bubbles_leave_in_the_order_in_which_they_were_written(self) -> None:
        assert self._rows(_OUT_OF_ORDER) == []

    def _everything_settles(self) -> None:
        """Once leases have run out and the worker runs, nobody who wrote is left waiting."""
        self.in_hand = []
        self._rows("UPDATE sportello_conversation SET answering_until = NULL")
        worker = Answering(self.context, _Words())
        for _ in range(10):
            if not self.loop.run(self._answer_next(worker)):
                break
        while self._send_next():
            pass
        self.no_words_are_answered_twice()
        chat = self._chat()
        if chat.get("holder") == "assistant":
            assert chat["reply_due_at"] is None
            assert self._unanswered() == []

    # -- how it is done ----------------------------------------------------------------------

    async def _answer_next(self, worker: Answering) -> bool:
        begun = await worker._begin()
        if begun is None:
            return False
        await self._finish(worker, begun)
        return True

    async def _finish(self, worker: Answering, begun: Any) -> None:
        """Notes which words the answer was for, and looks at what it was written under."""
        if not await worker._finish(begun):
            return
        async with self.pool.connection() as connection:
            cursor = await connection.execute(_WRITTEN, [begun.claimed.generation])
            rows: list[Any] = await cursor.fetchall()
        known = {bubble for _, bubbles in self.answers for bubble in bubbles}
        new = [row for row in rows if row["message_id"] not in known]
        first = begun.claimed.control_epoch
        assert {row["control_epoch"] for row in new} <= {first, first + 1}
        words = frozenset(f"{heard.text}{heard.row}" for heard in begun.situation.burst)
        self.answers.append((words, frozenset(row["message_id"] for row in new)))

    async def _hear(self, messages: list[dict[str, Any]]) -> None:
        async with self.pool.connection() as connection:
            for message in messages:
                await connection.execute(_JOURNAL, [desks.inbound(message)])
        await fold_batch(self.context)

    async def _gather(self, *doing: Any) -> None:
        await asyncio.gather(*doing)

    def _take_over_in_a_thread(self) -> None:
        try:
            self._act(lambda chat: deeds.take_control(chat, None, self.now))
        finally:
            connections.close_all()

    def _act(self, action: Callable[[int], object]) -> None:
        chat = self._chat()
        self.now += timedelta(seconds=1)
        if chat:
            with workspace_transaction(1):
                action(chat["id"])

    def _send_next(self) -> bool:
        """As the guard decides: epoch, generation and holder must still be those of the writing."""
        return bool(self._rows(_SEND_NEXT))

    def _unanswered(self) -> list[dict[str, Any]]:
        """The customer's words after the last that left for them; a thumb asks for nothing."""
        return self._rows(_UNANSWERED, _SAID["nod"] + "%")

    def _text(self, kind: str) -> dict[str, Any]:
        return self._message(type="text", text={"body": _SAID[kind] + self._tail()})

    def _tail(self) -> str:
        """Full stops, which change no meaning, make each message one of a kind."""
        return "." * (self.written + 1)

    def _message(self, **content: Any) -> dict[str, Any]:
        self.written += 1
        self.now += timedelta(seconds=1)
        return desks.message(f"wamid.IN{self.written}", self.now, **content)

    def _chat(self) -> dict[str, Any]:
        rows = self._rows("SELECT * FROM sportello_conversation")
        return rows[0] if rows else {}

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        if not hasattr(self, "pool"):
            return []
        cursor = self.eye.execute(sql.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def settled(cluster: str) -> Iterator[str]:
    """The name of a database in which a company knows two answers and waits for nothing."""
    name = f"settled_{secrets.token_hex(6)}"
    url = databases.create(cluster, name)
    asyncio.run(_settle(url, desks.NOW))
    asking.hang_up(url)
    yield name
    databases.drop(cluster, name)


async def _settle(url: str, now: datetime) -> None:
    desk = desks.open_desk(url)
    desk.rows("UPDATE sportello_workspace SET debounce_ms = 0, debounce_ms_max = 0")
    for question, answer in _PAIRS:
        desk.rows(
            "INSERT INTO sportello_pair (workspace_id, question, answer, variants)"
            " VALUES (%s, %s, %s, '{}')",
            desk.workspace_id,
            question,
            answer,
        )
    async with desks.context_of(desk, now=now) as context:
        await Indexing(context.pool, _Words()).catch_up(asyncio.Event())


@pytest.mark.timeout(300)  # some ten seconds where nothing else runs
def test_whatever_happens_each_burst_is_answered_once_by_whoever_may_speak(
    cluster: str, settled: str
) -> None:
    machine = type("ThisChat", (Chat,), {"cluster": cluster, "settled": settled})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=16,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
