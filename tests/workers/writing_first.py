"""Templates, files and consents of a test's company, and sends that write first."""

from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from sportello.rules.template_match import Filling
from sportello.rules.template_parse import parse
from sportello.rules.template_send import HeaderFile, body_of
from sportello.rules.template_values import HeaderKind
from tests.workers.desk import NOW, WABA_ID, Desk

BODY = {"type": "BODY", "text": "Buongiorno {{1}}, il suo ordine è pronto in negozio."}
PICTURE = {"type": "HEADER", "format": "IMAGE"}


def add_template(desk: Desk, name: str = "pronto", **columns: Any) -> int:
    """Approved and utility, with one variable, unless said otherwise."""
    values = {
        "workspace_id": desk.workspace_id,
        "waba_id": WABA_ID,
        "name": name,
        "language": "it",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [BODY],
    } | columns
    values["components"] = Jsonb(values["components"])
    return _insert(desk, "template", values)


def add_file(desk: Desk, *, media_id: str = "", state: str = "wanted", days: float = 20) -> int:
    """A picture of ours, and its way to Meta; `days`: how long Meta keeps it."""
    file = _insert(
        desk,
        "file",
        {
            "workspace_id": desk.workspace_id,
            "sha256": media_id or state,
            "mime_type": "image/png",
            "size": 3,
            "content": b"png",
        },
    )
    kept_until = NOW + timedelta(days=days) if state == "kept" else None
    desk.rows(
        "INSERT INTO sportello_upload (workspace_id, file_id, number_id, media_id, state,"
        " kept_until) VALUES (%s, %s, %s, %s, %s, %s)",
        desk.workspace_id,
        file,
        desk.number_id,
        media_id,
        state,
        kept_until,
    )
    return file


def add_chat(desk: Desk, wa_id: str, **columns: Any) -> int:
    """With somebody who has never written."""
    contact = _insert(desk, "contact", {"workspace_id": desk.workspace_id, "wa_id": wa_id})
    return _insert(
        desk,
        "conversation",
        {
            "workspace_id": desk.workspace_id,
            "number_id": desk.number_id,
            "contact_id": contact,
            "holder": "assistant",
            **columns,
        },
    )


def agree(desk: Desk, chat_id: int, action: str = "grant") -> None:
    desk.rows(
        "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source,"
        " at) SELECT workspace_id, contact_id, 'marketing', %s, 'form', clock_timestamp()"
        " FROM sportello_conversation WHERE id = %s",
        action,
        chat_id,
    )


def write_first(
    desk: Desk,
    chat_id: int,
    template_id: int,
    *,
    file_id: int | None = None,
    origin: str = "operator",
    **columns: Any,
) -> int:
    """Puts the template into the outbox, filled; the send's id."""
    message = _insert(
        desk,
        "message",
        {
            "workspace_id": desk.workspace_id,
            "conversation_id": chat_id,
            "origin": origin,
            "type": "template",
            "text": "Buongiorno Anna, il suo ordine è pronto in negozio.",
            "status": "queued",
            "at": NOW,
        },
    )
    values = {
        "workspace_id": desk.workspace_id,
        "number_id": desk.number_id,
        "conversation_id": chat_id,
        "message_id": message,
        "origin": origin,
        "priority": 2 if origin == "campaign" else 0,
        "template_id": template_id,
        "file_id": file_id,
        "body": Jsonb(_body(desk, template_id, file_id)),
        "due_at": desk.row("SELECT clock_timestamp() AS at")["at"],
        **columns,
    }
    return _insert(desk, "send", values)


def _body(desk: Desk, template_id: int, file_id: int | None) -> dict[str, Any]:
    row = desk.row("SELECT * FROM sportello_template WHERE id = %s", template_id)
    media = HeaderKind.IMAGE if file_id is not None else None
    filling = Filling(body={"1": "Anna"}, media=media)
    return body_of(parse(row), filling, None if file_id is None else HeaderFile(file_id))


def _insert(desk: Desk, table: str, values: dict[str, Any]) -> int:
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO sportello_{table} ({names}) VALUES ({places}) RETURNING id"  # noqa: S608  # names of our own tables and columns
    found: int = desk.row(sql, *values.values())["id"]
    return found
