"""An answer as WhatsApp shows it: few bubbles, short ones, one after the other; and Meta's JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

BUBBLES_MAX: Final = 3
LENGTH_AIM: Final = 600
# Meta's hard limits. Source: reference, sending 2.3 and 2.5.
TEXT_MAX: Final = 4096
_ROWS_MAX: Final = 10
_TITLE_MAX: Final = 24
_DESCRIPTION_MAX: Final = 72
_BUTTON_MAX: Final = 20
_BUTTONS_MAX: Final = 3
_BUTTON_BODY_MAX: Final = 1024

# What does not fit three short bubbles is tried in longer ones.
_LENGTHS: Final = (LENGTH_AIM, 2 * LENGTH_AIM, 4 * LENGTH_AIM, TEXT_MAX)
_BLANK: Final = re.compile(r"\s")
_BLANKS_BEHIND: Final = re.compile(r"\s+(?=\S*\Z)")

_GAP_S: Final = 0.6
_GAP_S_PER_SIGN: Final = 0.012
_GAP_S_MAX: Final = 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list that the customer can tap; `id` comes back with the tap."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """A list message."""

    body: str
    button: str
    rows: tuple[Row, ...]


def split(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """At most three bubbles, each up to 600 characters where that is possible, else longer ones.

    Cut at paragraphs, else at lines and sentences, else between words: a link stays whole. Only
    what three bubbles of Meta's 4,096 cannot hold is left out, and "…" says so.
    """
    parts = [part.strip() for text in paragraphs for part in text.split("\n\n") if part.strip()]
    for limit in _LENGTHS:
        filled = _filled(parts, limit)
        if len(filled) <= BUBBLES_MAX:
            return tuple(filled)
    *whole, last = filled[:BUBBLES_MAX]
    return (*whole, _cut(f"{last} …", TEXT_MAX))


def gap_s(text: str) -> float:
    """How long the writing of a further bubble seems to take. Source: answering.md section 6."""
    return min(_GAP_S + _GAP_S_PER_SIGN * len(text), _GAP_S_MAX)


def text_body(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def button_body(text: str, rows: Sequence[Row]) -> dict[str, Any]:
    """Up to three buttons under a text; a body holds 1,024 characters."""
    buttons = [
        {"type": "reply", "reply": {"id": row.id, "title": _cut(row.title, _BUTTON_MAX)}}
        for row in rows[:_BUTTONS_MAX]
    ]
    return {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": _cut(text, _BUTTON_BODY_MAX)},
            "action": {"buttons": buttons},
        },
    }


def list_body(choices: Choices) -> dict[str, Any]:
    """A list's JSON; a title too long for a row goes on in its description."""
    once = {row.id: row for row in reversed(choices.rows)}
    rows = [_row(row) for row in choices.rows if once[row.id] is row][:_ROWS_MAX]
    return {
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": _cut(choices.body, TEXT_MAX)},
            "action": {
                "button": _cut(choices.button, _BUTTON_MAX),
                "sections": [{"title": _cut(choices.button, _TITLE_MAX), "rows": rows}],
            },
        },
    }


def as_text(choices: Choices) -> str:
    """The list for whoever reads it where nothing can be tapped."""
    lines = [f"{place}. {row.title}" for place, row in enumerate(choices.rows, 1)]
    return "\n".join([choices.body, *lines])


def _filled(parts: Sequence[str], limit: int) -> list[str]:
    """Bubbles of up to `limit` characters, as many as it takes; three and one more suffice."""
    filled: list[str] = []
    for part in parts:
        for piece in _pieces(part, limit):
            if filled and len(filled[-1]) + len(piece) + 2 <= limit:
                filled[-1] = f"{filled[-1]}\n\n{piece}"
            else:
                filled.append(piece)
            if len(filled) > BUBBLES_MAX:
                return filled
    return filled


def _pieces(part: str, limit: int) -> Iterator[str]:
    rest = part
    while len(rest) > limit:
        place = _break(rest, limit)
        yield rest[:place].rstrip()
        rest = rest[place:].lstrip()
    if rest:
        yield rest


def _break(text: str, limit: int) -> int:
    """Where to cut: after a line or a sentence in the second half, else between words."""
    head = text[:limit]
    for end in ("\n", ". ", "! ", "? "):
        if (place := head.rfind(end)) > limit // 2:
            return place + 1
    if (before := _BLANKS_BEHIND.search(head)) is not None:
        return before.start()
    after = _BLANK.search(text, limit, TEXT_MAX + 1)
    return after.start() if after else min(len(text), TEXT_MAX)


def _row(row: Row) -> dict[str, str]:
    told = " ".join(row.title.split())
    title = _cut(told, _TITLE_MAX)
    rest = row.description or (told if title != told else "")
    shown = {"id": row.id, "title": title}
    return {**shown, "description": _cut(rest, _DESCRIPTION_MAX)} if rest else shown


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    head, blank, _ = kept.rpartition(" ")
    return (head.rstrip() if blank and len(head) > limit // 2 else kept) + "…"
