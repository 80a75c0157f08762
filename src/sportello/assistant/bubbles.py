"""An answer as WhatsApp shows it: few bubbles, short ones, one after the other; and Meta's JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

BUBBLES_MAX: Final = 3
LENGTH_AIM: Final = 600
# Meta's hard limits. Source: reference, sending 2.3 and 2.5.
TEXT_MAX: Final = 4096
_TITLE_MAX: Final = 24
_DESCRIPTION_MAX: Final = 72
_BUTTON_MAX: Final = 20

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
    """At most three bubbles of whole paragraphs, each up to 600 characters where that is possible.

    A bubble never exceeds Meta's 4,096: what is longer is cut at a word, and ends in "…".
    """
    parts = [part.strip() for text in paragraphs for part in text.split("\n\n") if part.strip()]
    filled: list[str] = []
    for part in parts:
        fits = filled and len(filled[-1]) + len(part) + 2 <= LENGTH_AIM
        if fits or len(filled) == BUBBLES_MAX:
            filled[-1] = f"{filled[-1]}\n\n{part}"
        else:
            filled.append(part)
    return tuple(_cut(text, TEXT_MAX) for text in filled)


def gap_s(text: str) -> float:
    """How long the writing of a further bubble seems to take. Source: answering.md section 6."""
    return min(_GAP_S + _GAP_S_PER_SIGN * len(text), _GAP_S_MAX)


def text_body(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def list_body(choices: Choices) -> dict[str, Any]:
    """A list's JSON; a title too long for a row goes on in its description."""
    rows = [_row(row) for row in choices.rows]
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


def _row(row: Row) -> dict[str, str]:
    title = _cut(row.title, _TITLE_MAX)
    rest = row.description or (row.title if title != row.title else "")
    told = {"id": row.id[:200], "title": title}
    return {**told, "description": _cut(rest, _DESCRIPTION_MAX)} if rest else told


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    head, blank, _ = kept.rpartition(" ")
    return (head.rstrip() if blank and len(head) > limit // 2 else kept) + "…"
