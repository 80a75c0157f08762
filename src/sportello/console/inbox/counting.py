"""How many conversations lie in each view, folder and colleague's hands: one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sportello.console.inbox.queries import CLOSING_SOON, COUNT_MAX, View
from sportello.rules.window import SERVICE_WINDOW
from sportello.schema.team import User

GROUPS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Counts:
    """Each `COUNT_MAX` at most; of folders and colleagues, by id, what is open."""

    views: dict[View, int]
    folders: dict[int, int]
    people: dict[int, int]


# Each count stops at `most`, and reads an index from its beginning.
COUNT: Final = """
SELECT 'view', v.name, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.holder = ANY(v.holders) LIMIT %(most)s) AS q)
FROM (VALUES ('all', '{assistant,queue,operator}'::text[]),
             ('unassigned', '{assistant,queue}'), ('waiting', '{queue}')) AS v (name, holders)
UNION ALL
SELECT 'view', 'mine', (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.operator_id = %(user)s LIMIT %(most)s) AS q)
UNION ALL
SELECT 'view', 'unread', (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.unread_count > 0 LIMIT %(most)s) AS q)
UNION ALL
SELECT 'view', 'closing', (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at > %(day)s AND c.holder <> 'closed'
          AND c.window_closes_at > %(now)s AND c.window_closes_at <= %(soon)s
        LIMIT %(most)s) AS q)
UNION ALL
SELECT 'folder', f.id::text, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.folder_id = f.id AND c.holder <> 'closed'
        LIMIT %(most)s) AS q)
FROM (SELECT id FROM sportello_folder WHERE deleted_at IS NULL LIMIT %(groups)s) AS f
UNION ALL
SELECT 'person', p.user_id::text, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.operator_id = p.user_id LIMIT %(most)s) AS q)
FROM (SELECT user_id FROM sportello_membership
      WHERE workspace_id = %(workspace)s LIMIT %(groups)s) AS p
"""


def counts(workspace_id: int, user: User | None, now: datetime) -> Counts:
    given = {
        "workspace": workspace_id,
        "user": None if user is None else user.pk,
        "now": now,
        "soon": now + CLOSING_SOON,
        "day": now - SERVICE_WINDOW,
        "most": COUNT_MAX,
        "groups": GROUPS_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given)
        rows: list[tuple[str, str, int]] = cursor.fetchall()
    return Counts(
        views={View(name): number for kind, name, number in rows if kind == "view"},
        folders={int(name): number for kind, name, number in rows if kind == "folder"},
        people={int(name): number for kind, name, number in rows if kind == "person"},
    )
