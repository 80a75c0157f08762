"""Every golden webhook through the edge and the fold: kept, shown, and nothing set aside."""

import asyncio
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import database as databases
from tests.flow.arriving import Arriving, arriving
from tests.wire.golden import WIRE
from tests.workers.desk import Desk, open_desk

_FILES = sorted((WIRE / "webhooks").rglob("*.json"))
_LIFE = ("failed", "sent", "delivered", "read", "played")
_EMPTIED = (
    "send", "media", "message", "conversation", "consentevent", "contact", "orphanstatus",
    "platformevent", "quarantined", "journalentry",
)  # fmt: skip

Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a file holds, read without our decoder: (field, value) of each change."""

    changes: list[tuple[str, dict[str, Any]]]

    def parts(self, name: str) -> list[dict[str, Any]]:
        return [
            one
            for field, value in self.changes
            if field in {"messages", "user_preferences"}
            for one in value.get(name, [])
        ]

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Changes that are about no customer."""
        customers = {"messages", "user_preferences"}
        errors = [("errors", one) for one in self.parts("errors")]
        return errors + [one for one in self.changes if one[0] not in customers]


def _read(body: bytes) -> _Told:
    whole = json.loads(body)
    return _Told([(c["field"], c["value"]) for entry in whole["entry"] for c in entry["changes"]])


@pytest.fixture(scope="module")
def folded(cluster: str) -> Iterator[Mapping[Path, Rows]]:
    """The rows that each file left, alone in the tables."""
    name = f"test_{secrets.token_hex(6)}"
    url = databases.create(cluster, name)
    try:
        yield asyncio.run(_fold_all(open_desk(url)))
    finally:
        databases.drop(cluster, name)


async def _fold_all(desk: Desk) -> Mapping[Path, Rows]:
    async with arriving(desk) as running:
        return {path: await _fold_one(running, path.read_bytes()) for path in _FILES}


async def _fold_one(running: Arriving, body: bytes) -> Rows:
    desk = running.desk
    desk.rows("".join(f"DELETE FROM sportello_{table};" for table in _EMPTIED))  # noqa: S608
    _send_before(desk, {status["id"] for status in _read(body).parts("statuses")})
    assert await running.deliver(body) == [200]
    return {table: desk.rows(f"SELECT * FROM sportello_{table}") for table in _EMPTIED}  # noqa: S608


def _send_before(desk: Desk, wamids: set[str]) -> None:
    """The messages of ours of which the statuses tell."""
    if not wamids:
        return
    contact = desk.row(
        "INSERT INTO sportello_contact (workspace_id, wa_id) VALUES (%s, '390') RETURNING id",
        desk.workspace_id,
    )
    desk.rows(
        "WITH chat AS (INSERT INTO sportello_conversation (workspace_id, number_id, contact_id,"
        " holder) VALUES (%s, %s, %s, 'closed') RETURNING id)"
        " INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type,"
        " status, at) SELECT %s, chat.id, told, 'operator', 'text', 'accepted', now()"
        " FROM chat, unnest(%s::text[]) AS told",
        desk.workspace_id,
        desk.number_id,
        contact["id"],
        desk.workspace_id,
        sorted(wamids),
    )


@pytest.fixture(params=_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def golden(request: pytest.FixtureRequest, folded: Mapping[Path, Rows]) -> tuple[_Told, Rows]:
    path: Path = request.param
    return _read(path.read_bytes()), folded[path]


def test_a_golden_webhook_is_kept_folded_and_nothing_of_it_is_set_aside(
    golden: tuple[_Told, Rows],
) -> None:
    told, rows = golden

    assert told.changes
    assert [row["reason"] for row in rows["quarantined"]] == []
    assert [row["folded_at"] is not None for row in rows["journalentry"]] == [True]
    assert rows["orphanstatus"] == []


def test_each_message_of_a_golden_webhook_is_shown(golden: tuple[_Told, Rows]) -> None:
    told, rows = golden
    shown = {row["wamid"]: row for row in rows["message"] if row["origin"] == "customer"}

    assert shown.keys() == {message["id"] for message in told.parts("messages")}
    for message in told.parts("messages"):
        assert shown[message["id"]]["type"] == message["type"]
        assert shown[message["id"]]["at"].timestamp() == int(message["timestamp"])
        if message["type"] == "text":
            assert shown[message["id"]]["text"] == message["text"]["body"]


def test_each_status_of_a_golden_webhook_is_on_its_message(golden: tuple[_Told, Rows]) -> None:
    told, rows = golden
    ours = {row["wamid"]: row for row in rows["message"] if row["origin"] == "operator"}

    for status in told.parts("statuses"):
        words = [one["status"] for one in told.parts("statuses") if one["id"] == status["id"]]
        assert ours[status["id"]]["status"] == max(words, key=_LIFE.index)
        if status["status"] == "failed":
            assert ours[status["id"]]["error"]["code"] == status["errors"][0]["code"]


def test_each_other_event_of_a_golden_webhook_is_kept_as_told(golden: tuple[_Told, Rows]) -> None:
    told, rows = golden
    kept = {row["field"]: row["value"] for row in rows["platformevent"]}

    assert kept.keys() == {field for field, _ in told.events()}
    for field, value in told.events():
        if field == "errors":
            assert kept[field]["code"] == value["code"]
        else:
            assert kept[field] == value
    assert len(rows["consentevent"]) >= len(told.parts("user_preferences"))
