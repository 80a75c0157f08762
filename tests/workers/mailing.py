"""A list of people and a campaign over it, in a real database."""

from typing import Any

from psycopg.types.json import Jsonb

from sportello.workers.plan import Planning
from tests.workers.desk import NOW, WABA_ID, Desk, ago, context_of

CONTENT = {
    "name": "offerta_autunno",
    "language": "it",
    "category": "MARKETING",
    "components": [
        {
            "type": "BODY",
            "text": "Ciao {{1}}, da noi è arrivata la nuova stagione.",
            "example": {"body_text": [["Anna"]]},
        }
    ],
}


def people(desk: Desk, count: int, *, consent: bool = True, first: int = 0) -> int:
    """So many contacts on one list, `name` Persona n; the list's id."""
    found = desk.rows("SELECT id FROM sportello_contactlist")
    list_id: int = (
        found[0]["id"]
        if found
        else desk.row(
            "INSERT INTO sportello_contactlist (workspace_id, name) VALUES (%s, 'Clienti')"
            " RETURNING id",
            desk.workspace_id,
        )["id"]
    )
    desk.rows(
        "WITH made AS (INSERT INTO sportello_contact (workspace_id, wa_id, name)"
        " SELECT %s, (393330000000 + n)::text, 'Persona ' || n"
        " FROM generate_series(%s::int, %s::int) AS n RETURNING id)"
        " INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)"
        " SELECT %s, %s, id FROM made ORDER BY id",
        desk.workspace_id,
        first,
        first + count - 1,
        desk.workspace_id,
        list_id,
    )
    if consent:
        desk.rows(
            "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action,"
            " source, at) SELECT workspace_id, id, 'marketing', 'grant', 'import', %s"
            " FROM sportello_contact WHERE wa_id::bigint >= %s",
            ago(days=30),
            393330000000 + first,
        )
    return list_id


def template(desk: Desk, content: dict[str, Any] = CONTENT) -> int:
    made = desk.row(
        "INSERT INTO sportello_template (workspace_id, waba_id, meta_id, name, language, category,"
        " components, status) VALUES (%s, %s, '900', %s, %s, %s, %s, 'APPROVED') RETURNING id",
        desk.workspace_id,
        WABA_ID,
        content["name"],
        content["language"],
        content["category"],
        Jsonb(content["components"]),
    )
    found: int = made["id"]
    return found


def campaign(desk: Desk, list_id: int, **columns: Any) -> int:
    """Confirmed, and still to be planned."""
    values = {
        "workspace_id": desk.workspace_id,
        "number_id": desk.number_id,
        "name": "Autunno",
        "state": "planning",
        "content": Jsonb(CONTENT),
        "variables": Jsonb({"1": {"column": "name"}}),
        "audience": Jsonb({"list": list_id}),
        "canary": None,
        **columns,
    }
    if "template_id" not in values:
        values["template_id"] = template(desk)
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    made = desk.row(
        f"INSERT INTO sportello_campaign ({names}) VALUES ({places}) RETURNING id",  # noqa: S608  # names of columns
        *values.values(),
    )
    found: int = made["id"]
    return found


def state(desk: Desk) -> dict[str, Any]:
    return desk.row("SELECT * FROM sportello_campaign")


def settle(desk: Desk, status: str = "delivered", code: int | None = None, n: int = 1_000) -> None:
    """What waits in the outbox has left, and ended so; up to `n` of it."""
    error = None if code is None else Jsonb({"code": code})
    desk.rows(
        "WITH gone AS (UPDATE sportello_send SET state = 'accepted', settled_at = now()"
        " WHERE id IN (SELECT id FROM sportello_send WHERE state = 'queued' ORDER BY id LIMIT %s)"
        " RETURNING message_id)"
        " UPDATE sportello_message SET status = %s, error = %s"
        " WHERE id IN (SELECT message_id FROM gone)",
        n,
        status,
        error,
    )


async def look(desk: Desk, times: int = 1, *, now: Any = NOW) -> None:
    """The worker looks so many times, each time as one that has just started."""
    async with context_of(desk, now=now) as context:
        for _ in range(times):
            await Planning(context).look()
