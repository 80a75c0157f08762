"""The list: a view narrowed by folder, labels, colleague and words; page by page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from sportello.console.inbox import queries, searching
from sportello.console.inbox.queries import Narrowing, View, in_view
from sportello.console.inbox.searching import NO_MESSAGE_YET
from sportello.console.paging import PAGE, PAGE_MAX, WrongCursor, cursor_at
from sportello.rules.searching import Wanted, wanted
from sportello.rules.sweeping import CONVERSATIONS_MAX
from sportello.schema.inbox import Conversation
from sportello.schema.team import User

# How often one page looks on for a word whose messages the filter does not let through.
LOOKS_MAX: Final = 5
_SAID: Final = "m"
_ID_LENGTH_MAX: Final = 19


@dataclass(frozen=True, slots=True)
class Filter:
    """All that the address says of the list. Without a view a search looks everywhere."""

    view: View | None = None
    q: str = ""
    narrowing: Narrowing = field(default_factory=Narrowing)

    @property
    def looks_in(self) -> View:
        return self.view or (View.ANY if self.q else View.ALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list; `message`: where the search found it; `cursor`: what comes after it."""

    conversation: Conversation
    cursor: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """`next_cursor` is "" on the last page."""

    entries: list[Entry]
    next_cursor: str

    @property
    def items(self) -> list[Conversation]:
        return [entry.conversation for entry in self.entries]


def listed(
    chosen: Filter, user: User | None, now: datetime, *, cursor: str = "", limit: int = PAGE
) -> Listed:
    """Newest first; what is about to close, soonest first, on one page. Raises WrongCursor."""
    rows = in_view(chosen.looks_in, user, now, chosen.narrowing)
    if chosen.q.strip():
        return _search(rows, chosen.q, cursor, limit)
    if chosen.view is View.CLOSING and not cursor:
        return Listed(_entries(queries.soonest_to_close(rows, limit)), "")
    page = queries.page_of(rows, cursor, limit)
    return Listed(_entries(page.items), page.next_cursor)


def everything(chosen: Filter, user: User | None, now: datetime) -> QuerySet[Conversation]:
    """All that the filter finds, for deeds done to all of it."""
    rows = in_view(chosen.looks_in, user, now, chosen.narrowing)
    if not chosen.q.strip():
        return rows
    asked = wanted(chosen.q)
    if asked is None:
        return rows.none()
    said = searching.in_messages(asked, most=CONVERSATIONS_MAX).newest
    return _among(rows, [*said, *searching.by_name(asked)])


def _search(rows: QuerySet[Conversation], q: str, cursor: str, limit: int) -> Listed:
    """First those found by name or number, then those in whose messages it was said.

    A cursor that begins with `m` is the id of a message: these are in order of what was found.
    """
    asked = wanted(q)
    if asked is None:
        return Listed([], "")
    size = max(1, min(limit, PAGE_MAX))
    named = searching.by_name(asked)
    entries: list[Entry] = []
    if not cursor.startswith(_SAID):
        page = queries.page_of(_among(rows, named), cursor, size)
        entries = _entries(page.items)
        if page.next_cursor:
            return Listed(entries, page.next_cursor)
        cursor = ""
    before = _before(cursor)
    said = _said(rows, asked, set(named), before, size - len(entries) + 1)
    entries += said
    more = len(entries) > size
    entries = entries[:size]
    if not more:
        return Listed(entries, "")
    last = entries[-1]
    is_said = last.message is not None
    return Listed(entries, last.cursor if is_said else f"{_SAID}{NO_MESSAGE_YET}")


def _said(
    rows: QuerySet[Conversation], asked: Wanted, named: set[int], before: int, wished: int
) -> list[Entry]:
    """The wished number, or all there are; each conversation at the newest message found in it."""
    entries: list[Entry] = []
    for _ in range(LOOKS_MAX):
        look = searching.in_messages(asked, before)
        fresh = [(chat, one) for chat, one in look.newest.items() if chat not in named]
        let_through = set(_among(rows, [chat for chat, _ in fresh]).values_list("pk", flat=True))
        here = [(chat, one) for chat, one in fresh if chat in let_through]
        for at in range(0, len(here), wished):
            some = here[at : at + wished]
            # What was said again later stands on an earlier page.
            again = (
                {} if before == NO_MESSAGE_YET else searching.newest_in([c for c, _ in some], asked)
            )
            entries += _at_messages(rows, [(c, m) for c, m in some if again.get(c, m) <= m])
            if len(entries) >= wished:
                return entries[:wished]
        if look.is_all:
            break
        before = look.oldest
    return entries


def _at_messages(rows: QuerySet[Conversation], found: list[tuple[int, int]]) -> list[Entry]:
    known = {row.pk: row for row in _among(rows, [chat for chat, _ in found])}
    return [Entry(known[chat], f"{_SAID}{one}", one) for chat, one in found if chat in known]


def _entries(rows: list[Conversation]) -> list[Entry]:
    return [Entry(row, cursor_at(queries.last_message_at(row), row.pk)) for row in rows]


def _before(cursor: str) -> int:
    if not cursor:
        return NO_MESSAGE_YET
    digits = cursor.removeprefix(_SAID)
    if not digits.isascii() or not digits.isdigit() or len(digits) > _ID_LENGTH_MAX:
        raise WrongCursor("not one of ours")
    return int(digits)


def _among(rows: QuerySet[Conversation], ids: list[int]) -> QuerySet[Conversation]:
    """One array instead of thousands of parameters."""
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))  # bound
