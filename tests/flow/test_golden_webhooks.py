"""Every golden webhook through the edge and the fold: kept, and nothing set aside."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests import database as databases
from tests.flow.arriving import arriving
from tests.flow.goldens import FILES, Rows, Told, fold_alone, name_of, read
from tests.workers.desk import Desk, open_desk

_LIFE = ("failed", "sent", "delivered", "read", "played")


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
        return {path: await fold_alone(running, path.read_bytes()) for path in FILES}


@pytest.fixture(params=FILES, ids=name_of)
def golden(request: pytest.FixtureRequest, folded: Mapping[Path, Rows]) -> tuple[Told, Rows]:
    path: Path = request.param
    return read(path.read_bytes()), folded[path]


def test_a_golden_webhook_is_kept_folded_and_nothing_of_it_is_set_aside(
    golden: tuple[Told, Rows],
) -> None:
    told, rows = golden

    assert told.changes
    assert [row["reason"] for row in rows["quarantined"]] == []
    assert [row["folded_at"] is not None for row in rows["journalentry"]] == [True]
    assert rows["orphanstatus"] == []


def test_each_message_of_a_golden_webhook_is_shown(golden: tuple[Told, Rows]) -> None:
    told, rows = golden
    shown = {row["wamid"]: row for row in rows["message"] if row["origin"] == "customer"}

    assert shown.keys() == {message["id"] for message in told.parts("messages")}
    for message in told.parts("messages"):
        assert shown[message["id"]]["type"] == message["type"]
        assert shown[message["id"]]["at"].timestamp() == int(message["timestamp"])
        if message["type"] == "text":
            assert shown[message["id"]]["text"] == message["text"]["body"]


def test_each_status_of_a_golden_webhook_is_on_its_message(golden: tuple[Told, Rows]) -> None:
    told, rows = golden
    ours = {row["wamid"]: row for row in rows["message"] if row["origin"] == "operator"}

    for status in told.parts("statuses"):
        words = [one["status"] for one in told.parts("statuses") if one["id"] == status["id"]]
        assert ours[status["id"]]["status"] == max(words, key=_LIFE.index)
        if status["status"] == "failed":
            assert ours[status["id"]]["error"]["code"] == status["errors"][0]["code"]


def test_each_other_event_of_a_golden_webhook_is_kept_as_told(golden: tuple[Told, Rows]) -> None:
    told, rows = golden
    kept = {row["field"]: row["value"] for row in rows["platformevent"]}

    assert kept.keys() == {field for field, _ in told.events()}
    for field, value in told.events():
        if field == "errors":
            assert kept[field]["code"] == value["code"]
        else:
            assert kept[field] == value
    assert len(rows["consentevent"]) >= len(told.parts("user_preferences"))
