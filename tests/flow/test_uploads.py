"""Files taken to Meta for a number, and the messages that wait for them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sportello.console.inbox import deeds, sending
from sportello.schema.models import Membership, User
from sportello.store import outreach, uploads
from sportello.workers import fold
from sportello.workers.tend_uploads import bring_out
from tests.flow import desk_templates as desk
from tests.flow.house import House, Run, house
from tests.loop import in_loop

FOLD: dict[str, Run] = {"fold": fold.run}
ANNA = "393471112201"
pytestmark = pytest.mark.usefixtures("django_database")


async def _want(meta: House, file_id: int) -> int:
    def deed() -> int:
        file = desk.File.objects.get(pk=file_id)
        return desk.files.want(file, meta.desk.number_id, meta.now()).pk

    return await desk.on_pages(meta, deed)


def _upload(meta: House, upload_id: int) -> dict[str, Any]:
    return meta.desk.row("SELECT * FROM sportello_upload WHERE id = %s", upload_id)


async def _waiting_send(meta: House, file_id: int, hold_code: str) -> int:
    """A message in the outbox that carries the file, held for an hour."""
    await meta.writes(ANNA, "Buongiorno")
    await meta.until(lambda: bool(meta.desk.rows("SELECT id FROM sportello_conversation")))
    chat = meta.desk.conversation()
    message = meta.desk.row(
        "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, status, at)"
        " VALUES (%s, %s, 'operator', 'image', 'queued', now()) RETURNING id",
        chat["workspace_id"], chat["id"],
    )  # fmt: skip
    send = meta.desk.row(
        "INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id, origin,"
        " body, file_id, due_at, hold_code) VALUES (%s, %s, %s, %s, 'operator', '{}', %s,"
        " clock_timestamp() + interval '1 hour', %s) RETURNING id",
        chat["workspace_id"], chat["number_id"], chat["id"], message["id"], file_id, hold_code,
    )  # fmt: skip
    found: int = send["id"]
    return found


def _is_due(meta: House, send_id: int) -> bool:
    found = meta.desk.row(
        "SELECT due_at <= clock_timestamp() AS is_due FROM sportello_send WHERE id = %s", send_id
    )
    return bool(found["is_due"])


@in_loop
async def test_a_file_lies_at_meta_and_what_waited_for_it_is_due(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        file_id = await desk.keep_picture(meta)
        held = await _waiting_send(meta, file_id, "media_not_ready")
        upload_id = await _want(meta, file_id)

        assert await bring_out(meta.context) == 1

        kept = _upload(meta, upload_id)
        assert (kept["state"], kept["reason"]) == ("kept", "")
        assert kept["kept_until"] == meta.now() + timedelta(days=29)
        there = meta.emulator.world.media[kept["media_id"]]
        assert (there.mime, there.filename) == ("image/png", "pacco.png")
        assert _is_due(meta, held)


@in_loop
async def test_what_is_held_for_another_reason_stays_held(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        file_id = await desk.keep_picture(meta)
        held = await _waiting_send(meta, file_id, "quiet_hours")
        await _want(meta, file_id)

        await bring_out(meta.context)

        assert not _is_due(meta, held)


@in_loop
async def test_a_file_that_meta_refuses_is_refused_in_metas_words(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        file_id = await desk.keep_picture(meta)
        held = await _waiting_send(meta, file_id, "media_not_ready")
        upload_id = await _want(meta, file_id)
        refusal = {"code": 131053, "details": "Unsupported image colour space."}
        await meta.sim("POST", "faults", {"where": "media", "kind": "error", **refusal})

        await bring_out(meta.context)

        refused = _upload(meta, upload_id)
        assert (refused["state"], refused["media_id"]) == ("refused", "")
        assert refused["reason"] == "(131053) Unsupported image colour space."
        assert _is_due(meta, held)


@in_loop
async def test_while_meta_is_away_a_file_is_tried_again_later(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        upload_id = await _want(meta, await desk.keep_picture(meta))
        await meta.sim("POST", "faults", {"where": "media", "kind": "reset", "times": 1})

        await bring_out(meta.context)
        waiting, early = _upload(meta, upload_id), await bring_out(meta.context)
        await meta.desk.change("UPDATE sportello_upload SET due_at = clock_timestamp()")
        await bring_out(meta.context)

        assert (waiting["state"], waiting["attempts"], early) == ("wanted", 1, 0)
        assert _upload(meta, upload_id)["state"] == "kept"


@in_loop
async def test_meta_that_stays_away_ends_in_a_refusal_that_says_so(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        upload_id = await _want(meta, await desk.keep_picture(meta))
        await meta.sim("POST", "faults", {"where": "media", "kind": "error", "code": 2})

        tried = 0
        while _upload(meta, upload_id)["state"] == "wanted" and tried < 50:
            tried += await bring_out(meta.context)
            await meta.desk.change("UPDATE sportello_upload SET due_at = clock_timestamp()")

        assert (_upload(meta, upload_id)["state"], tried) == ("refused", 9)


@in_loop
async def test_a_file_of_a_number_without_a_token_is_not_in_the_others_way(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await _want(meta, await desk.keep_picture(meta))
        await meta.desk.change("DELETE FROM sportello_token")

        assert await bring_out(meta.context) == 0


@in_loop
async def test_a_file_of_a_blocked_number_waits_for_the_administrator_s_word(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await _want(meta, await desk.keep_picture(meta))
        await meta.desk.change("UPDATE sportello_number SET status = 'banned'")

        assert await bring_out(meta.context) == 0

        await meta.desk.change("UPDATE sportello_number SET status = 'connected'")
        assert await bring_out(meta.context) == 0, "Meta's word alone is not enough"

        await meta.desk.change("UPDATE sportello_number SET paused_why = '', paused_at = NULL")
        assert await bring_out(meta.context) == 1


@in_loop
async def test_a_file_that_an_operator_attaches_reaches_the_phone(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path) as meta:
        file_id = await desk.keep_picture(meta)
        await meta.writes(ANNA, "Mi manda una foto?")
        await meta.until(lambda: bool(meta.desk.rows("SELECT id FROM sportello_conversation")))
        chat_id = meta.desk.conversation()["id"]

        def write() -> None:
            author = User.objects.using("owner").create(email="anna@aurora.example")
            Membership.objects.using("owner").create(
                workspace_id=meta.desk.workspace_id, user=author
            )
            deeds.take_control(chat_id, author, meta.now())
            parcel = sending.Parcel([file_id], "Ecco il pacco")
            sending.write_files(chat_id, author, parcel, meta.now())

        await desk.on_pages(meta, write)
        await meta.until(lambda: _state(meta) == "accepted", 60)
        await meta.advance(10)

        shown = next(one for one in await meta.phone(ANNA) if one["type"] == "image")
        media_id = meta.desk.row("SELECT media_id FROM sportello_upload")["media_id"]
        assert meta.emulator.world.media[media_id].content == desk.PNG
        assert "Ecco il pacco" in str(shown)


def _state(meta: House) -> str:
    found: str = meta.desk.row("SELECT state FROM sportello_send WHERE origin = 'operator'")[
        "state"
    ]
    return found


@in_loop
async def test_a_file_that_arrives_while_its_message_is_being_held_lets_it_go(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        file_id = await desk.keep_picture(meta)
        send_id = await _waiting_send(meta, file_id, "")
        await _want(meta, file_id)

        async with meta.context.pool.connection() as connection:
            (wanted,) = await uploads.claim(connection, lease_s=60, limit=1)
        # The dispatcher looks: the file is not there. Before it has said so, the file is.
        async with meta.context.pool.connection() as looking, looking.transaction():
            asked = await outreach.ask_uploads(looking, meta.desk.number_id, [file_id])
            (seen,) = await asked.told()
            bringing = asyncio.create_task(_arrives(meta, wanted))
            await meta.until(lambda: bringing.done() or _somebody_waits(meta))
            await looking.execute(
                "UPDATE sportello_send SET hold_code = 'media_not_ready',"
                " due_at = clock_timestamp() + interval '1 minute' WHERE id = %s",
                (send_id,),
            )
        await bringing

        assert seen["state"] == "wanted"
        assert _is_due(meta, send_id)


async def _arrives(meta: House, wanted: uploads.Wanted) -> None:
    """As `tend` says it, once Meta has given the file an id."""
    until = meta.now() + timedelta(days=29)
    async with meta.context.pool.connection() as connection, connection.transaction():
        await uploads.keep(connection, wanted, "200", until)
        await uploads.release_sends(connection, wanted, limit=10)


def _somebody_waits(meta: House) -> bool:
    waiting = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return bool(meta.desk.rows(waiting))
