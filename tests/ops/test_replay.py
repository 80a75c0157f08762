"""The journal read once more: nothing is doubled, and what was set aside is tried anew."""

import asyncio
import json

from sportello.ops import replay
from sportello.ops.settings import Settings
from tests.loop import in_loop
from tests.workers.desk import Desk, fold, inbound, message, open_desk, text


async def _after_a_day(database: str) -> Desk:
    """One message was understood, of the next the time was not."""
    odd = json.loads(inbound(message("wamid.2"), message("wamid.3")))
    odd["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = "ieri"
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Buongiorno"), json.dumps(odd).encode())
    return desk


@in_loop
async def test_what_is_read_again_is_not_doubled(database: str) -> None:
    desk = await _after_a_day(database)
    before = desk.messages(), desk.conversation()

    count = await _again(desk, 1, 2)
    await fold(desk)

    assert count == 2
    assert (desk.messages(), desk.conversation()) == before
    assert len(desk.rows("SELECT id FROM sportello_quarantined")) == 1


@in_loop
async def test_what_was_set_aside_comes_in_once_it_can_be_read(database: str) -> None:
    desk = await _after_a_day(database)
    desk.rows(
        "UPDATE sportello_journalentry SET body ="
        " convert_to(replace(convert_from(body, 'UTF8'), 'ieri', '1795255207'), 'UTF8')"
    )

    await _again(desk, 2, 2)
    await fold(desk)

    assert {row["wamid"] for row in desk.messages()} == {"wamid.1", "wamid.2", "wamid.3"}
    assert desk.rows("SELECT id FROM sportello_quarantined") == []


async def _again(desk: Desk, first: int, last: int) -> int:
    settings = Settings(database_url=desk.url)
    return await asyncio.to_thread(replay.run, settings, first, last)
