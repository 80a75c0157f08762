"""Chats as files: to be read (txt), for a program (JSON), for a spreadsheet (CSV)."""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.files import write_csv
from sportello.console.inbox import captions, recap, undoing
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.left import chosen
from sportello.console.inbox.listing import everything
from sportello.console.inbox.names import name_of
from sportello.console.inbox.told import told_of
from sportello.console.members import member
from sportello.schema.inbox import Conversation, Message, Origin

# The newest; a longer chat is for the archive that `sportello backup` makes.
MESSAGES_MAX: Final = 20_000
# Of a list: so many chats, and messages in all of them together.
CHATS_MAX: Final = 500
TOGETHER_MAX: Final = 100_000
_LISTED: Final = ("conversation", "name", "number", "holder", "last_message_at", "file")
_COLUMNS: Final = ("at", "from", "origin", "type", "text", "status", "wamid")


@member
@require_GET
def export(request: DeskRequest, conversation_id: int) -> HttpResponseBase:
    """`?format=txt`, `json` or `csv`; notes are for colleagues, and come along if `notes=1`."""
    conversation = found_conversation(conversation_id)
    kind = _kind(request)
    rows = list(_lines(conversation, notes=request.GET.get("notes") == "1"))
    answer = HttpResponse(_written(kind, conversation, rows), content_type=_KINDS[kind])
    name = f"chat-{conversation.pk}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@member
@require_GET
def export_all(request: DeskRequest) -> HttpResponseBase:
    """The newest `CHATS_MAX` of all that the list finds: an archive with a file for each, and a
    table of them, which says of which there was no more room.
    """
    kind, notes = _kind(request), request.GET.get("notes") == "1"
    found = everything(chosen(request.GET), request.user, request.now)[:CHATS_MAX]
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = list(_packed(archive, found, kind, notes=notes))
        with archive.open("chats.csv", "w") as table:
            write_csv(table, [_LISTED, *listed])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="chats.zip")


def _packed(
    archive: zipfile.ZipFile, found: Iterable[Conversation], kind: str, *, notes: bool
) -> Iterator[tuple[str, ...]]:
    """A line of the table for each; files are called by ids, for names are other people's words."""
    room = TOGETHER_MAX
    for chat in found:
        rows = list(_lines(chat, notes=notes)) if room else []
        fits = len(rows) <= room and bool(room)
        name = f"chat-{chat.pk}.{kind}" if fits else ""
        if fits:
            room -= len(rows)
            archive.writestr(name, _written(kind, chat, rows))
        last = "" if chat.last_message_at is None else _local(chat.last_message_at)
        contact = chat.contact
        yield str(chat.pk), name_of(contact), contact.wa_id or "", chat.holder, last, name


def _kind(request: DeskRequest) -> str:
    kind = request.GET.get("format", "txt")
    if kind not in _KINDS:
        raise Http404
    return kind


_KINDS: Final = {
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv",
    "json": "application/json",
}


def _written(kind: str, conversation: Conversation, rows: list[dict[str, str]]) -> bytes:
    if kind == "csv":
        table = BytesIO()
        write_csv(table, _table(rows))
        return table.getvalue()
    if kind == "json":
        whole = _whole(conversation, rows)
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()
    return _read_aloud(rows).encode()


def _lines(conversation: Conversation, *, notes: bool) -> Iterator[dict[str, str]]:
    rows = Message.objects.filter(conversation=conversation).exclude(type=recap.TYPE)
    rows = rows.select_related("author").prefetch_related("media_set")
    newest = list(rows.order_by("-at", "-pk")[:MESSAGES_MAX])
    customer = name_of(conversation.contact)
    for message in reversed(newest):
        if undoing.is_undone(message) or (message.origin == Origin.NOTE and not notes):
            continue
        yield {
            "at": _local(message.at),
            "from": _who(message, customer),
            "origin": message.origin,
            "type": message.type,
            "text": "" if message.revoked_at else _text(message),
            "status": message.status,
            "wamid": message.wamid or "",
        }


def _local(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _text(message: Message) -> str:
    """With what a machine made of its file, and that it did."""
    told = [told_of(message.type, file) for file in message.media_set.all() if file.words]
    return "\n".join(filter(None, [message.text, *(f"[{label}] {words}" for label, words in told)]))


def _who(message: Message, customer: str) -> str:
    if message.origin == Origin.CUSTOMER:
        return customer
    if message.author is not None:
        return message.author.name or message.author.email
    return str(captions.ORIGINS.get(Origin(message.origin), message.origin))


def _whole(conversation: Conversation, rows: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "conversation": conversation.pk,
        "contact": {
            "name": name_of(conversation.contact),
            "wa_id": conversation.contact.wa_id,
        },
        "messages": rows,
    }


def _table(rows: list[dict[str, str]]) -> Iterator[tuple[str, ...]]:
    yield _COLUMNS
    for row in rows:
        yield tuple(row[column] for column in _COLUMNS)


def _read_aloud(rows: list[dict[str, str]]) -> str:
    """`[2026-11-21 10:38] Anna Bianchi: …`; what has no words is named by its kind."""
    return "".join(
        f"[{row['at'][:16].replace('T', ' ')}] {row['from']}: {_words(row)}\n" for row in rows
    )


def _words(row: dict[str, str]) -> str:
    kind = captions.KINDS.get(row["type"])
    parts = [f"<{kind}>" if kind is not None and row["type"] != "template" else "", row["text"]]
    return " ".join(part for part in parts if part) or f"<{row['type']}>"
