"""The search of the list: words of messages, names, numbers; the functions of 0141 and 0260."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from sportello.rules.searching import Wanted, patterns

CONTACTS_MAX: Final = 4_000
NO_MESSAGE_YET: Final = 2**62


@dataclass(frozen=True, slots=True)
class Look:
    """By conversation its newest message found, newest first; `oldest` of all that were found."""

    newest: dict[int, int]
    oldest: int
    is_all: bool


def in_messages(wanted: Wanted, before: int, most: int) -> Look:
    """In messages older than `before`, newest first, until `most` are found."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sportello_find_messages(%s, %s, %s)",
            [list(wanted.words), before, most],
        )
        rows: list[tuple[int, int]] = cursor.fetchall()
    rows.sort(key=lambda row: -row[1])
    newest: dict[int, int] = {}
    for chat, message in rows:
        newest.setdefault(chat, message)
    return Look(newest, rows[-1][1] if rows else 0, is_all=len(rows) < most)


def by_name(wanted: Wanted) -> list[int]:
    """Conversations with contacts in whose names and number the words stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sportello_find_contacts(%s, %s)", [list(wanted.names), CONTACTS_MAX]
        )
        return [row[0] for row in cursor.fetchall()]


def newest_in(conversation_ids: list[int], wanted: Wanted) -> dict[int, int]:
    """Of each of these conversations the newest message that holds the words."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT asked.id, said.message_id
            FROM unnest(%s::bigint[]) AS asked (id),
                 LATERAL sportello_says(asked.id, %s::text[]) AS said (message_id)
            WHERE said.message_id IS NOT NULL
            """,
            [conversation_ids, patterns(wanted.words)],
        )
        return dict(cursor.fetchall())
