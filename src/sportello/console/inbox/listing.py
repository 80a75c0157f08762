"""The list: a view narrowed by folder, labels, colleague and words; page by page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Func, QuerySet, TextField, Value

from sportello.console.inbox import queries, searching
from sportello.console.inbox.queries import Narrowing, View, in_view
from sportello.console.inbox.searching import NO_MESSAGE_YET, Look
from sportello.console.paging import PAGE, PAGE_MAX, WrongCursor, cursor_at
from sportello.rules.searching import Wanted, wanted
from sportello.rules.sweeping import CONVERSATIONS_MAX
from sportello.schema.inbox import Conversation
from sportello.schema.team import User

# How many messages with the words a page looks through, look by look, before it stops and says so:
# the first is enough but where the filter lets few conversations through.
LOOKS: Final = (1_000, 2_000, 4_000, 8_000, 16_000)
# So few conversations are asked one by one, however often the words are said in others.
FEW: Final = 200
_SAID: Final = "m"
# Conversations, each with a message.
Said = list[tuple[int, int]]
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
    """`next_cursor` is "" on the last page. `is_cut`: a search stopped before the page was full,
    and whoever wants it to look further back follows the cursor.
    """

    entries: list[Entry]
    next_cursor: str
    is_cut: bool = False

    @property
    def items(self) -> list[Conversation]:
        return [entry.conversation for entry in self.entries]


def listed(
    chosen: Filter,
    user: User | None,
    now: datetime,
    *,
    cursor: str = "",
    limit: int = PAGE,
    is_brief: bool = False,
) -> Listed:
    """Newest first; what is about to close, soonest first, on one page; `is_brief`: each with what
    a line of the list shows. Raises WrongCursor.
    """
    rows = in_view(chosen.looks_in, user, now, chosen.narrowing)
    rows = queries.brief(rows) if is_brief else rows
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
    said = searching.in_messages(asked, NO_MESSAGE_YET, CONVERSATIONS_MAX).newest
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
    hunt = _Hunt(rows, asked, frozenset(named), _before(cursor))
    said = hunt.found(size - len(entries) + 1)
    entries += said.entries
    if len(entries) <= size:
        return Listed(entries, said.next_cursor, said.is_cut)
    last = entries[size - 1]
    is_said = last.message is not None
    return Listed(entries[:size], last.cursor if is_said else f"{_SAID}{NO_MESSAGE_YET}")


@dataclass(frozen=True, slots=True)
class _Hunt:
    """For conversations of `rows` in which the words were said before the message `begun`."""

    rows: QuerySet[Conversation]
    asked: Wanted
    # Found by their names, and listed before.
    named: frozenset[int]
    begun: int

    def found(self, wished: int) -> Listed:
        """The wished number, or all there are, or as many as the looks brought; each conversation
        at the newest message found in it.
        """
        entries: list[Entry] = []
        before = self.begun
        for place, most in enumerate(LOOKS):
            look = searching.in_messages(self.asked, before, most)
            entries += self._in_look(look, before, wished - len(entries))
            if look.is_all or len(entries) >= wished:
                return Listed(entries, "")
            few = self._few() if place == 0 else None
            if few is not None:
                return Listed(self._in_few(few)[:wished], "")
            before = look.oldest
        return Listed(entries, f"{_SAID}{before}", is_cut=True)

    def _in_look(self, look: Look, before: int, wished: int) -> list[Entry]:
        fresh = [(chat, one) for chat, one in look.newest.items() if chat not in self.named]
        known = _among(self.rows, [chat for chat, _ in fresh]).order_by()
        let_through = set(known.values_list("pk", flat=True))
        here = [(chat, one) for chat, one in fresh if chat in let_through]
        entries: list[Entry] = []
        for at in range(0, len(here), wished):
            entries += self._entries(self._newest(here[at : at + wished], before))
            if len(entries) >= wished:
                break
        return entries[:wished]

    def _newest(self, some: Said, before: int) -> Said:
        """Without those in which it was said again later: they stand further up."""
        if before == NO_MESSAGE_YET:
            return some
        again = searching.newest_in([chat for chat, _ in some], self.asked)
        return [(chat, one) for chat, one in some if again.get(chat, one) <= one]

    def _few(self) -> list[int] | None:
        """All that the filter lets through, where they are few."""
        ids = list(self.rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        return None if len(ids) > FEW else [one for one in ids if one not in self.named]

    def _in_few(self, few: list[int]) -> list[Entry]:
        said = searching.newest_in(few, self.asked)
        older = [(chat, one) for chat, one in said.items() if one < self.begun]
        return self._entries(sorted(older, key=lambda pair: -pair[1]))

    def _entries(self, found: Said) -> list[Entry]:
        known = {row.pk: row for row in _among(self.rows, [chat for chat, _ in found])}
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
    """One array instead of thousands of parameters; as PostgreSQL writes it, for Django would look
    at each number apart.
    """
    given = Value(f"{{{','.join(map(str, ids))}}}", TextField())
    return rows.filter(pk__in=Func(given, template="(SELECT unnest(%(expressions)s::bigint[]))"))
