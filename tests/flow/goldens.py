"""Golden webhooks through the real edge and the real fold, one at a time, each alone in the tables.

`Told` reads a file without our decoder, so that both sides cannot share a mistake.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flow.arriving import Arriving
from tests.wire.golden import WIRE
from tests.workers.desk import Desk

FILES = sorted((WIRE / "webhooks").rglob("*.json"))
_EMPTIED = (
    "send", "media", "message", "conversation", "consentevent", "contact", "orphanstatus",
    "platformevent", "quarantined", "journalentry",
)  # fmt: skip

Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a file holds: (field, value) of each change."""

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


def name_of(path: Path) -> str:
    """`messages/text`."""
    return f"{path.parent.name}/{path.stem}"


def read(body: bytes) -> Told:
    whole = json.loads(body)
    return Told([(c["field"], c["value"]) for entry in whole["entry"] for c in entry["changes"]])


async def fold_alone(running: Arriving, body: bytes) -> Rows:
    """Empties the tables, folds the body, and returns what it left in them."""
    desk = running.desk
    empty(desk)
    send_before(desk, {status["id"] for status in read(body).parts("statuses")})
    assert await running.deliver(body) == [200]
    return {table: desk.rows(f"SELECT * FROM sportello_{table}") for table in _EMPTIED}  # noqa: S608  # our own names


def empty(desk: Desk) -> None:
    desk.rows("".join(f"DELETE FROM sportello_{table};" for table in _EMPTIED))  # noqa: S608  # our own names
    desk.rows("UPDATE sportello_number SET status = 'connected', verified_name = ''")


def send_before(desk: Desk, wamids: set[str], text: str = "") -> None:
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
        " INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type, text,"
        " status, at) SELECT %s, chat.id, told, 'operator', 'text', %s, 'accepted', now()"
        " FROM chat, unnest(%s::text[]) AS told",
        desk.workspace_id,
        desk.number_id,
        contact["id"],
        desk.workspace_id,
        text,
        sorted(wamids),
    )
