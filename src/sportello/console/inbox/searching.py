"""The search of the list: words of messages, names, numbers; the functions of 0141 and 0260."""

from dataclasses import dataclass
from typing import Final

from sportello.console.sql import ask
from sportello.rules.searching import Wanted, patterns
from sportello.statements import statements

CONTACTS_MAX: Final = 4_000
NO_MESSAGE_YET: Final = 2**62
_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Look:
    """By conversation its newest message found, newest first; `oldest` of all that were found."""

    newest: dict[int, int]
    oldest: int
    is_all: bool


def in_messages(wanted: Wanted, before: int, most: int) -> Look:
    """In messages older than `before`, newest first, until `most` are found."""
    given = {"words": list(wanted.words), "before": before, "most": most}
    rows: list[tuple[int, int]] = ask(_SQL["in_messages"], given)
    rows.sort(key=lambda row: -row[1])
    newest: dict[int, int] = {}
    for chat, message in rows:
        newest.setdefault(chat, message)
    return Look(newest, rows[-1][1] if rows else 0, is_all=len(rows) < most)


def by_name(wanted: Wanted) -> list[int]:
    """Conversations with contacts in whose names and number the words stand."""
    given = {"names": list(wanted.names), "most": CONTACTS_MAX}
    return [chat for (chat,) in ask(_SQL["by_name"], given)]


def newest_in(conversation_ids: list[int], wanted: Wanted) -> dict[int, int]:
    """Of each of these conversations the newest message that holds the words."""
    given = {"chats": conversation_ids, "patterns": patterns(wanted.words)}
    return dict(ask(_SQL["newest_in"], given))
