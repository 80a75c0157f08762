"""Conversations that await the assistant: leased, read, and answered on condition.

An answer is committed only while the conversation is what it was when the answer was begun: the
same generation (nobody wrote meanwhile), the same epoch and holder (nobody took over), the same
lease (nobody else answers). Locks are taken in the order of all: conversation, then its sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.rules.ownership import HandOver, Holder, Ownership, Reason, advance
from sportello.statements import statements
from sportello.store import turns
from sportello.store.pool import Connection
from sportello.store.turns import Turn

_SQL = statements(__file__)
_BURST_MAX: Final = 20
_EARLIER_MAX: Final = 3
_THREAD_MAX: Final = 8
_WORDED: Final = frozenset({"text", "button"})


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What must be known of a company to answer for it; hours are of its own day."""

    workspace_id: int
    company: str
    assistant_name: str
    signature: str
    company_language: str
    zone: str
    answer_from: float
    clarify_from: float
    conduct_version: int
    form: str
    emoji: bool
    persona: str
    forbidden: Sequence[str]
    topics: Sequence[str]
    silent_from: time | None
    silent_until: time | None
    away_message: str
    # The company's calendar, as `rules.opening` reads it.
    opening: Mapping[str, Any] | None
    shut_on_holidays: bool
    has_models: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(House):
    """A conversation that is ours until `answering_until` (the database's clock).

    `lately`: how many turns the assistant took in it in the last ten minutes.
    """

    id: int
    number_id: int
    generation: int
    control_epoch: int
    answering_until: datetime
    memory: Mapping[str, Any]
    disclosed_at: datetime | None
    window_closes_at: datetime | None
    assistant_on: bool
    contact_language: str
    wa_id: str | None
    lately: int


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message of the customer's. `payload`: the part of Meta's JSON beside the text. `told`:
    what its file says in words; `waits_s`: for how long it is worth waiting for these.
    """

    id: int
    wamid: str | None
    type: str
    text: str
    payload: Mapping[str, Any]
    at: datetime
    told: str = ""
    waits_s: float = 0.0

    @property
    def is_voice(self) -> bool:
        return self.type == "audio"


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message to send. `wait_s`: how long after the commit it may leave."""

    type: str
    text: str
    body: Mapping[str, Any]
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a burst. `sources`: {"pair_id", "title", "score"}, best first.

    `hand_over`: the reason for which a person shall go on; the bubbles then say so.
    """

    bubbles: tuple[Bubble, ...]
    memory: Mapping[str, Any]
    sources: Sequence[Mapping[str, Any]] = ()
    confidence: float | None = None
    disclosed: bool = False
    hand_over: Reason | None = None
    turn: Turn | None = None


async def next_due_s(connection: Connection) -> float | None:
    """Seconds until the next answer is due, counted by the database; None if none is owed."""
    row = await (await connection.execute(_SQL["next_due"])).fetchone()
    return None if row is None else row["seconds"]


async def claim(
    connection: Connection, now: datetime, *, lease_s: float, model_lease_s: float
) -> Claimed | None:
    """Leases one conversation; the row is locked until the transaction ends."""
    asked = {"now": now, "lease_s": lease_s, "model_lease_s": model_lease_s}
    row = await (await connection.execute(_SQL["claim"], asked)).fetchone()
    return None if row is None else Claimed(**row)


async def is_current(connection: Connection, claimed: Claimed) -> bool:
    """Whether nobody wrote or took over since the conversation was claimed."""
    held = {**_of(claimed), "answering_until": claimed.answering_until}
    return await (await connection.execute(_SQL["current"], held)).fetchone() is not None


async def thread(
    connection: Connection, claimed: Claimed, before_id: int
) -> tuple[tuple[str, str], ...]:
    """(origin, text) of what was said before a message, oldest first."""
    asked = {"conversation_id": claimed.id, "before": before_id, "limit": _THREAD_MAX}
    rows = await (await connection.execute(_SQL["thread"], asked)).fetchall()
    return tuple((row["origin"], row["text"]) for row in reversed(rows))


async def heard(connection: Connection, claimed: Claimed) -> tuple[list[Inbound], tuple[str, ...]]:
    """What is to be answered, in the order in which it was said; and the words before it."""
    asked = {
        "conversation_id": claimed.id,
        "answered": claimed.memory.get("answered", 0),
        "generation": claimed.generation,
        "limit": _BURST_MAX + _EARLIER_MAX,
    }
    rows = await (await connection.execute(_SQL["heard"], asked)).fetchall()
    known = [(row.pop("is_new"), Inbound(**row)) for row in rows]
    burst = [one for is_new, one in known if is_new][-_BURST_MAX:]
    before = [_words(one) for is_new, one in known if not is_new]
    return burst, tuple(filter(None, before))[-_EARLIER_MAX:]


def _words(one: Inbound) -> str:
    """The customer's own, written or spoken."""
    return one.text if one.type in _WORDED else one.told if one.is_voice else ""


async def wait_for_files(connection: Connection, claimed: Claimed, wait_s: float) -> None:
    """Keeps the conversation leased until its files are put into words, or so long at most."""
    held = {"id": claimed.id, "answering_until": claimed.answering_until, "wait_s": wait_s}
    await connection.execute(_SQL["wait_for_files"], held)


async def mark_read(connection: Connection, claimed: Claimed, wamid: str, *, typing: bool) -> None:
    """Puts the read mark into the outbox, once for each message: `memory` keeps the last."""
    if claimed.memory.get("marked") == wamid:
        return
    body: dict[str, Any] = {"status": "read", "message_id": wamid}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    await connection.execute(_SQL["mark_read"], {**_of(claimed), "body": Jsonb(body)})
    memory = {**claimed.memory, "marked": wamid}
    await connection.execute(_SQL["remember"], {"id": claimed.id, "memory": Jsonb(memory)})


async def commit(connection: Connection, claimed: Claimed, answer: Answer, now: datetime) -> bool:
    """Writes the answer; False, and nothing written, where the conversation has moved on."""
    held = {**_of(claimed), "answering_until": claimed.answering_until}
    if await (await connection.execute(_SQL["hold"], held)).fetchone() is None:
        return False
    after = _after(claimed, answer)
    told = {
        **_of(claimed),
        "control_epoch": after.control_epoch,
        "sources": Jsonb(list(answer.sources)),
        "confidence": answer.confidence,
        "now": now,
    }
    said = [await _say(connection, told, bubble) for bubble in answer.bubbles]
    if answer.turn is not None:
        first = next(iter(said), None)
        await turns.add(
            connection,
            claimed.workspace_id,
            answer.turn,
            now,
            conversation_id=claimed.id,
            message_id=first,
        )
    await connection.execute(
        _SQL["settle"],
        {
            "id": claimed.id,
            "memory": Jsonb(answer.memory),
            "disclosed": answer.disclosed,
            "holder": after.holder.value,
            "reason": after.reason.value if after.reason else "",
            "control_epoch": after.control_epoch,
            "text": answer.bubbles[-1].text if answer.bubbles else "",
            "now": now,
        },
    )
    return True


async def _say(connection: Connection, told: Mapping[str, Any], bubble: Bubble) -> int:
    """The message's id."""
    row = await (
        await connection.execute(
            _SQL["say"],
            {
                **told,
                "type": bubble.type,
                "text": bubble.text,
                "payload": Jsonb(_beside_text(bubble)),
                "body": Jsonb(bubble.body),
                "wait_s": bubble.wait_s,
            },
        )
    ).fetchone()
    assert row is not None  # an INSERT that returns what it made
    return int(row["message_id"])


async def let_go(connection: Connection, claimed: Claimed) -> None:
    """Ends our lease early, if it is still ours."""
    lease = {"id": claimed.id, "answering_until": claimed.answering_until}
    await connection.execute(_SQL["let_go"], lease)


def _after(claimed: Claimed, answer: Answer) -> Ownership:
    """Who holds the conversation once the answer is written, by the rules' own table."""
    held = Ownership(Holder.ASSISTANT, control_epoch=claimed.control_epoch)
    if answer.hand_over is None:
        return held
    return advance(held, HandOver(answer.hand_over))


def _beside_text(bubble: Bubble) -> dict[str, Any]:
    """A list's rows are shown under its text; a plain text is nothing but its text."""
    return {} if bubble.type == "text" else {bubble.type: bubble.body[bubble.type]}


def _of(claimed: Claimed) -> dict[str, Any]:
    return {
        "id": claimed.id,
        "workspace_id": claimed.workspace_id,
        "number_id": claimed.number_id,
        "generation": claimed.generation,
        "control_epoch": claimed.control_epoch,
    }
