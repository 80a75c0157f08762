"""A customer writes, the desk hears of it, a person answers, the ticks come home."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from sportello.rules import ticket
from sportello.rules.ids import UserId, WorkspaceId
from tests.edge.serving import TICKET_KEY
from tests.flow.house import START, House, house
from tests.loop import in_loop
from tests.workers.desk import say

_ANNA = "393471112201"
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _take(house: House) -> None:
    house.desk.rows(
        "UPDATE sportello_conversation SET holder = 'operator', reply_due_at = NULL,"
        " burst_started_at = NULL, control_epoch = control_epoch + 1"
    )


def _count(house: House, table: str, condition: str) -> int:
    found: int = house.desk.row(
        f"SELECT count(*) AS n FROM sportello_{table} WHERE {condition}"  # noqa: S608  # names of our own tables and columns
    )["n"]
    return found


@in_loop
async def test_a_customer_writes_and_a_person_s_answer_is_read(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path) as running:
        await running.writes(_ANNA, "Quando arriva il mio ordine?")
        await running.until(lambda: _count(running, "conversation", "unread_count = 1") == 1)
        chat = running.desk.conversation()
        assert chat["holder"] == "assistant"
        assert chat["window_closes_at"] - running.now() <= timedelta(hours=24)

        _take(running)
        say(running.desk, "Parte oggi con il corriere.")
        await running.until(lambda: _count(running, "send", "state = 'accepted'") == 1)
        await running.advance(60)
        await running.until(lambda: _count(running, "message", "status = 'read'") == 1)

        shown = [(one["from"], one["text"]) for one in await running.phone(_ANNA)]
        assert shown[-1] == ("390612345678", "Parte oggi con il corriere.")
        said = running.desk.row("SELECT * FROM sportello_message WHERE origin = 'operator'")
        assert said["sent_at"] <= said["delivered_at"] <= said["read_at"]
        assert said["pricing"]["category"] == "service"
        assert _count(running, "orphanstatus", "true") == 0
        assert _count(running, "quarantined", "true") == 0


@in_loop
async def test_a_browser_hears_of_every_step_by_ids_alone(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as running:
        expires_at = datetime.fromtimestamp(START, UTC) + timedelta(minutes=5)
        workspace = WorkspaceId(running.desk.workspace_id)
        shown = ticket.issue(TICKET_KEY, UserId(1), workspace, expires_at)
        async with aiohttp.request(
            "GET", f"{running.edge}/live", params={"ticket": shown}
        ) as stream:
            await stream.content.readuntil(b"\n\n")
            await running.writes(_ANNA, "Ciao")
            heard = b""
            while b"conversation" not in heard:
                heard = await stream.content.readuntil(b"\n\n")

        chat = running.desk.conversation()
        assert heard == b'data: {"conversation": %d}\n\n' % chat["id"]


@in_loop
async def test_a_picture_comes_in_and_lies_under_a_name_of_ours(
    database: str, tmp_path: Path
) -> None:
    picture = {
        "type": "image",
        "image": {
            "data": base64.b64encode(_PNG).decode(),
            "mime_type": "image/png",
            "caption": "../../etc/passwd",
        },
    }
    async with house(database, tmp_path) as running:
        await running.sends(_ANNA, picture)
        await running.until(lambda: _count(running, "media", "state = 'kept'") == 1)
        media = running.desk.row("SELECT * FROM sportello_media")

    path = tmp_path / "media" / str(media["workspace_id"]) / str(media["id"])
    assert path.read_bytes() == _PNG
    assert (media["mime_type"], media["size"]) == ("image/png", len(_PNG))
    assert [one.name for one in path.parent.iterdir()] == [str(media["id"])]


@in_loop
async def test_text_after_the_window_has_shut_never_leaves(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as running:
        await running.writes(_ANNA, "Ciao")
        await running.until(lambda: _count(running, "conversation", "unread_count = 1") == 1)
        _take(running)
        await running.advance(25 * 3600)

        say(running.desk, "Troppo tardi")
        await running.until(lambda: _count(running, "send", "state = 'refused'") == 1)

        assert len(await running.phone(_ANNA)) == 1


@in_loop
async def test_the_number_is_seen_as_meta_has_it(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as running:
        await running.until(lambda: _count(running, "number", "verified_name <> ''") == 1)
        number = running.desk.row("SELECT * FROM sportello_number")

    assert (number["verified_name"], number["status"]) == ("Bottega Azzurra", "connected")
    assert number["throughput_mps"] == 80


@in_loop
async def test_a_chat_that_a_person_left_alone_goes_back_to_the_assistant(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path) as running:
        await running.writes(_ANNA, "Ciao")
        await running.until(lambda: _count(running, "conversation", "unread_count = 1") == 1)
        running.desk.rows("UPDATE sportello_workspace SET release_after_minutes = 30")
        _take(running)
        running.desk.rows("UPDATE sportello_conversation SET held_since = %s", running.now())

        await running.advance(31 * 60)
        await running.until(lambda: _count(running, "conversation", "holder = 'assistant'") == 1)

        chat = running.desk.conversation()
        assert chat["reply_due_at"] is not None


@in_loop
async def test_faults_on_the_way_in_change_nothing_in_the_end(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path) as running:
        for kind in ("duplicate", "shuffle", "drop_then_retry"):
            await running.sim("POST", "faults", {"where": "webhooks", "kind": kind, "rate": 0.5})
        for n in range(12):
            await running.writes(_ANNA, f"Messaggio {n}")
            await running.advance(1)
        await running.advance(3600)
        await running.until(lambda: _count(running, "message", "origin = 'customer'") == 12)

        assert running.desk.conversation()["generation"] == 12
