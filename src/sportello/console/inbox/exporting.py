"""One chat as a file: to be read (txt), for a program (JSON), for a spreadsheet (CSV)."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.files import csv_file
from sportello.console.inbox import captions, recap, undoing
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.names import name_of
from sportello.console.inbox.told import told_of
from sportello.console.members import member
from sportello.schema.inbox import Conversation, Message, Origin

# The newest; a longer chat is for the archive that `sportello backup` makes.
MESSAGES_MAX: Final = 20_000
_COLUMNS: Final = ("at", "from", "origin", "type", "text", "status", "wamid")


@member
@require_GET
def export(request: DeskRequest, conversation_id: int) -> HttpResponseBase:
    """`?format=txt`, `json` or `csv`; notes are for colleagues, and come along if `notes=1`."""
    conversation = found_conversation(conversation_id)
    rows = list(_lines(conversation, notes=request.GET.get("notes") == "1"))
    name = f"chat-{conversation.pk}"
    match request.GET.get("format", "txt"):
        case "csv":
            return csv_file(f"{name}.csv", _table(rows))
        case "json":
            body = json.dumps(_whole(conversation, rows), ensure_ascii=False, indent=1)
            return _file(f"{name}.json", body, "application/json")
        case "txt":
            return _file(f"{name}.txt", _read_aloud(rows), "text/plain; charset=utf-8")
        case _:
            raise Http404


def _lines(conversation: Conversation, *, notes: bool) -> Iterator[dict[str, str]]:
    rows = Message.objects.filter(conversation=conversation).exclude(type=recap.TYPE)
    rows = rows.select_related("author").prefetch_related("media_set")
    newest = list(rows.order_by("-at", "-pk")[:MESSAGES_MAX])
    customer = name_of(conversation.contact)
    for message in reversed(newest):
        if undoing.is_undone(message) or (message.origin == Origin.NOTE and not notes):
            continue
        yield {
            "at": timezone.localtime(message.at).isoformat(timespec="seconds"),
            "from": _who(message, customer),
            "origin": message.origin,
            "type": message.type,
            "text": "" if message.revoked_at else _text(message),
            "status": message.status,
            "wamid": message.wamid or "",
        }


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


def _file(name: str, body: str, kind: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
