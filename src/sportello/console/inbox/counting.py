"""The left column: views, folders, colleagues and labels, with what lies in them: one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sportello.console.inbox.queries import CLOSING_SOON, COUNT_MAX, View
from sportello.console.sql import ask
from sportello.rules.window import SERVICE_WINDOW
from sportello.schema.team import User
from sportello.statements import statements

GROUPS_MAX: Final = 200
_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Group:
    """A folder, a label or a colleague, as the column names it and the head of a chat offers it."""

    id: int
    name: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Each number `COUNT_MAX` at most; of folders, people and labels, by id, what is open. Labels
    are counted on as many open conversations.

    The groups are in order of their names; people are those who may have a conversation.
    """

    views: dict[View, int]
    folders: dict[int, int]
    people: dict[int, int]
    labels: dict[int, int]
    all_folders: list[Group]
    all_people: list[Group]
    all_labels: list[Group]


def counts(workspace_id: int, user: User | None, now: datetime, *, counted: bool = True) -> Counts:
    """Not `counted`: the groups alone."""
    given = {
        "workspace": workspace_id,
        "user": None if user is None else user.pk,
        "now": now,
        "soon": now + CLOSING_SOON,
        "day": now - SERVICE_WINDOW,
        "most": COUNT_MAX if counted else 0,
        "groups": GROUPS_MAX,
    }
    rows: list[tuple[str, str, str, str, int, int]] = ask(_SQL["left_column"], given)
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
        labels={int(key): number for key, number in found["label"].items()},
        all_folders=groups["folder"],
        all_people=groups["person"],
        all_labels=groups["label"],
    )
