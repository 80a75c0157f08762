"""What a webhook tells of a template: written down at once, and its account read anew soon."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sportello.store import templates
from sportello.store.pool import Connection
from sportello.store.templates import News
from sportello.whatsapp.events import TemplateEvent

# Source: reference, templates 4.5. What else is told (FLAGGED, LOCKED, UNARCHIVED) names no status
# of the template: the reading of its account finds it.
_STATUSES: Final[Mapping[str, str]] = {
    **{
        word: word
        for word in (
            "APPROVED", "ARCHIVED", "DELETED", "DISABLED", "IN_APPEAL", "LIMIT_EXCEEDED",
            "PAUSED", "PENDING", "PENDING_DELETION", "REJECTED",
        )
    },
    "REINSTATED": "APPROVED",
}  # fmt: skip
# Source: reference, templates 4.6.
_PAUSES: Final = {"FIRST_PAUSE": timedelta(hours=3), "SECOND_PAUSE": timedelta(hours=6)}
_QUALITIES: Final = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})
_CATEGORIES: Final = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})
_DETAIL_LENGTH_MAX: Final = 1000


async def fold_template(
    connection: Connection, workspace_id: int, event: TemplateEvent, row: Mapping[str, Any]
) -> None:
    """`row`: the event as it was kept; its `at` is when Meta said it."""
    if event.template_id and not await templates.is_overtaken(connection, row, event.template_id):
        news = _news(event, row["at"])
        await templates.tell(connection, workspace_id, row["waba_id"], news, row["at"])
    await templates.want_synchronised(connection, workspace_id, row["waba_id"])


def _news(event: TemplateEvent, at: datetime) -> News:
    value, template_id = event.value, event.template_id[:32]
    match event.field:
        case "message_template_status_update":
            status = _STATUSES.get(event.event)
            reason = _word(value, "reason")[:64]
            return News(
                template_id, event.name, event.language,
                status=status,
                category=_category(value, "message_template_category"),
                reason="" if reason == "NONE" else reason,
                reason_detail=_detail(value),
                paused_until=_paused_until(value, at) if status == "PAUSED" else None,
            )  # fmt: skip
        case "message_template_quality_update":
            quality = _word(value, "new_quality_score")
            said = quality if quality in _QUALITIES else None
            return News(template_id, event.name, event.language, quality=said)
        case "template_category_update":
            return News(
                template_id, event.name, event.language,
                category=_category(value, "new_category"),
                coming_category=_category(value, "correct_category") or "",
            )  # fmt: skip
        case _:
            return News(template_id, event.name, event.language)


def _detail(value: Mapping[str, Any]) -> str:
    """Meta's sentences, where it gives some: why, and what to do."""
    parts = (value.get("rejection_info"), value.get("other_info"), value.get("disable_info"))
    keys = ("reason", "recommendation", "description", "disable_date")
    said = [_word(part, key) for part in parts if isinstance(part, dict) for key in keys]
    return " ".join(word for word in said if word)[:_DETAIL_LENGTH_MAX]


def _paused_until(value: Mapping[str, Any], at: datetime) -> datetime | None:
    """A pause for quality ends by itself, one of pacing does not."""
    other = value.get("other_info")
    length = _PAUSES.get(_word(other, "title")) if isinstance(other, dict) else None
    return None if length is None else at + length


def _category(value: Mapping[str, Any], name: str) -> str | None:
    word = _word(value, name)
    return word if word in _CATEGORIES else None


def _word(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
