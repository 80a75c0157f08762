"""The left column: views, folders, colleagues and labels, with what lies in them: one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sportello.console.inbox.queries import CLOSING_SOON, COUNT_MAX, View
from sportello.rules.window import SERVICE_WINDOW
from sportello.schema.team import User

GROUPS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Group:
    """A folder, a label or a colleague, as the column names it and the head of a chat offers it."""

    id: int
    name: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Each number `COUNT_MAX` at most; of folders and people, by id, what is open. The groups are
    in order of their names; people are those who may have a conversation.
    """

    views: dict[View, int]
    folders: dict[int, int]
    people: dict[int, int]
    all_folders: list[Group]
    all_people: list[Group]
    all_labels: list[Group]


# Each count stops at `most`, and reads an index from its beginning.
COUNT: Final = """
SELECT 'view', v.name, '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.holder = ANY(v.holders) LIMIT %(most)s) AS q)
FROM (VALUES ('all', '{assistant,queue,operator}'::text[]),
             ('unassigned', '{assistant,queue}'), ('waiting', '{queue}')) AS v (name, holders)
UNION ALL
SELECT 'view', 'mine', '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.operator_id = %(user)s LIMIT %(most)s) AS q)
UNION ALL
SELECT 'view', 'unread', '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.unread_count > 0 LIMIT %(most)s) AS q)
UNION ALL
SELECT 'view', 'closing', '', '', 0, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at > %(day)s AND c.holder <> 'closed'
          AND c.window_closes_at > %(now)s AND c.window_closes_at <= %(soon)s
        LIMIT %(most)s) AS q)
UNION ALL
SELECT 'folder', f.id::text, f.name, '', f.place, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.folder_id = f.id AND c.holder <> 'closed'
        LIMIT %(most)s) AS q)
FROM (SELECT id, name, row_number() OVER (ORDER BY name, id) AS place
      FROM sportello_folder WHERE deleted_at IS NULL ORDER BY place LIMIT %(groups)s) AS f
UNION ALL
SELECT 'person', p.id::text, p.called, '', p.place, (
    SELECT count(*) FROM (
        SELECT FROM sportello_conversation AS c
        WHERE c.last_message_at IS NOT NULL AND c.operator_id = p.id LIMIT %(most)s) AS q)
FROM (SELECT u.id, coalesce(nullif(u.name, ''), u.email) AS called,
             row_number() OVER (ORDER BY u.name, u.email) AS place
      FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
      WHERE m.workspace_id = %(workspace)s AND m.role <> 'reader'
      ORDER BY place LIMIT %(groups)s) AS p
UNION ALL
SELECT 'label', l.id::text, l.name, l.colour, l.place, 0
FROM (SELECT id, name, colour, row_number() OVER (ORDER BY name, id) AS place
      FROM sportello_label WHERE deleted_at IS NULL ORDER BY place LIMIT %(groups)s) AS l
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
        rows: list[tuple[str, str, str, str, int, int]] = cursor.fetchall()
    rows.sort(key=lambda row: row[4])
    found: dict[str, dict[str, int]] = {kind: {} for kind in ("view", "folder", "person", "label")}
    groups: dict[str, list[Group]] = {kind: [] for kind in found}
    for kind, key, name, colour, place, number in rows:
        found[kind][key] = number
        if place:
            groups[kind].append(Group(int(key), name, colour))
    return Counts(
        views={View(name): number for name, number in found["view"].items()},
        folders={int(key): number for key, number in found["folder"].items()},
        people={int(key): number for key, number in found["person"].items()},
        all_folders=groups["folder"],
        all_people=groups["person"],
        all_labels=groups["label"],
    )
