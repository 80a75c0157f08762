"""What a person writes on the pages, as the customer's phone shows it: files, signs, and nothing
that was taken back.
"""

from pathlib import Path
from typing import Any

import pytest

from sportello.workers import dispatch, fold, tend
from tests.flow import desk_templates as desk
from tests.flow.house import House, Run, house
from tests.loop import in_loop

WORKERS: dict[str, Run] = {"fold": fold.run, "dispatch": dispatch.run, "tend": tend.run}
ANNA = "393471112255"
pytestmark = pytest.mark.usefixtures("django_database")


async def _phone(meta: House) -> list[dict[str, Any]]:
    found = await meta.sim("GET", f"people/{ANNA}/chat")
    return [one for one in found["messages"] if one["from"] != ANNA]


@in_loop
async def test_files_and_signs_arrive_and_what_was_taken_back_does_not(
    database: str, tmp_path: Path
) -> None:
    from sportello.console.inbox import actions, sending, undoing
    from sportello.schema.models import Message, User

    async with house(database, tmp_path, workers=WORKERS) as meta:
        await meta.writes(ANNA, "Avete una foto?")
        await meta.until(lambda: bool(meta.desk.rows("SELECT id FROM sportello_conversation")))
        chat_id = meta.desk.conversation()["id"]
        picture = await desk.keep_picture(meta)

        def write() -> int:
            person = User.objects.create(email="giulia@example.org", name="Giulia")
            actions.take_control(chat_id, person, meta.now())
            asked = Message.objects.get(conversation_id=chat_id, origin="customer")
            wrong = actions.write_text(chat_id, person, "Troppo presto", meta.now())
            undoing.undo(wrong.pk, person)
            sending.react(chat_id, person, asked.pk, "👍", meta.now())
            parcel = sending.Parcel([picture], "Eccola", asked.pk)
            (message,) = sending.write_files(chat_id, person, parcel, meta.now())
            return message.pk

        message_id = await desk.on_pages(meta, write)
        await meta.until(lambda: _status(meta, message_id) in {"sent", "delivered", "read"})

        told = meta.desk.rows(
            "SELECT m.type, s.state, s.attempts FROM sportello_send AS s"
            " JOIN sportello_message AS m ON m.id = s.message_id"
            " WHERE s.origin = 'operator' ORDER BY s.id"
        )
        assert [(one["type"], one["state"], one["attempts"]) for one in told] == [
            ("text", "cancelled", 0),
            ("reaction", "accepted", 1),
            ("image", "accepted", 1),
        ]
        seen = await _phone(meta)
        assert "Troppo presto" not in str(seen)
        assert "Eccola" in str(seen)


def _status(meta: House, message_id: int) -> str:
    found = meta.desk.row("SELECT status FROM sportello_message WHERE id = %s", message_id)
    return str(found["status"])
