"""The two left columns of the desk: views, colleagues, folders, labels; and the list's rows.

All choices live in the address, so that a link shows the same list and the back button works:
`folder` (the view), `in` (a folder of the company's), `label` (several), `who`, `q`; `after` and
`rows` say which stretch of a long list is on the page.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from sportello.console.access import DeskRequest, may_write
from sportello.console.inbox import attendance, captions, counting, queries, reminding, sweeping
from sportello.console.inbox.counting import Group
from sportello.console.inbox.listing import Filter, Listed, listed
from sportello.console.inbox.queries import Narrowing, View
from sportello.console.inbox.rows import Shown, rows
from sportello.console.paging import PAGE_MAX, WrongCursor
from sportello.rules.searching import QUERY_LENGTH_MAX, wanted

Pairs = list[tuple[str, str]]

ROWS: Final = 50
LABELS_MAX: Final = 5
_NAMES: Final = ("folder", "in", "label", "who", "q")
_ID_LENGTH_MAX: Final = 18


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the left column, or a chip that says what the list is narrowed to."""

    id: str
    words: str
    address: str
    is_chosen: bool
    count: int | None = None
    colour: str = ""
    icon: str = ""
    # There may be more than were counted.
    is_least: bool = False

    @property
    def counted(self) -> str:
        """`1000+` where counting stopped; "" for what nobody counts, or of which none was seen."""
        if self.count is None:
            return ""
        if self.is_least and not self.count:
            return ""
        is_least = self.is_least or self.count == queries.COUNT_MAX
        return f"{self.count}+" if is_least else str(self.count)


def chosen(given: QueryDict) -> Filter:
    """What an address asks for; what cannot be is left out."""
    view = given.get("folder", "")
    return Filter(
        view=View(view) if view in set(captions.VIEWS) else None,
        q=given.get("q", "").replace("\0", "").strip()[:QUERY_LENGTH_MAX],
        narrowing=Narrowing(
            folder_id=_id(given.get("in", "")),
            label_ids=tuple(
                one for one in map(_id, given.getlist("label")[:LABELS_MAX]) if one is not None
            ),
            operator_id=_id(given.get("who", "")),
        ),
    )


def left(request: DeskRequest, current: int | None) -> dict[str, Any]:
    """What the folders and the list show."""
    filtered = chosen(request.GET)
    wanted_rows = bounded(request.GET.get("rows", ""), ROWS, PAGE_MAX)
    after = request.GET.get("after", "")
    bells = reminding.bells(request.user)
    found = _page(request, filtered, bells, after, wanted_rows)
    pairs = kept(request)
    view = filtered.looks_in
    return {
        "view": view,
        "folder": view,
        "folder_name": captions.VIEWS.get(view, captions.VIEWS[View.ALL]),
        "search": filtered.q,
        "rows": rows(found.entries, _shown(request, current, filtered, bells)),
        # What was cut goes on when somebody asks for it, not by scrolling.
        "next_cursor": "" if found.is_cut else found.next_cursor,
        "is_cut": found.is_cut,
        "more": _more(pairs, found, after, wanted_rows),
        "above": _address(pairs) if after else None,
        "filtered_by": pairs,
        "narrowed": [pair for pair in pairs if pair[0] != "q"],
        "query": _address(pairs),
        "list_of": urlencode(pairs),
        "may_begin": may_write(request.membership),
        "progress": sweeping.latest(request.user, request.now),
        "is_away": attendance.is_away(request.user) if request.workspace.shares_queue else None,
    } | _columns(request, filtered, pairs)


def groups(request: DeskRequest) -> dict[str, Any]:
    """What the head of a chat offers, where the columns are not drawn."""
    found = counting.counts(request.workspace.pk, request.user, request.now, counted=False)
    return _offered(found) | {"query": query(request)}


def query(request: DeskRequest) -> str:
    """What the list is narrowed to, to be carried from link to link; `?…` or nothing."""
    return _address(kept(request))


def kept(request: DeskRequest) -> Pairs:
    return [
        (name, value)
        for name in _NAMES
        for value in request.GET.getlist(name)[:LABELS_MAX]
        if value
    ]


def bounded(asked: str, at_least: int, at_most: int) -> int:
    """A number from the address; nonsense counts as the least."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else at_least
    return max(at_least, min(number, at_most))


def _page(
    request: DeskRequest, filtered: Filter, bells: list[int], after: str, limit: int
) -> Listed:
    """Chats of which somebody wanted to be reminded stand on top of the first page."""
    try:
        found = listed(
            filtered, request.user, request.now, cursor=after, limit=limit, is_brief=True
        )
    except WrongCursor as error:
        raise Http404 from error
    if after or filtered.q:
        return found
    rung = reminding.rung(bells, filtered, request.user, request.now)
    known = {row.conversation.pk for row in rung}
    rest = [entry for entry in found.entries if entry.conversation.pk not in known]
    return Listed([*rung, *rest], found.next_cursor)


def _shown(request: DeskRequest, current: int | None, filtered: Filter, bells: list[int]) -> Shown:
    asked = wanted(filtered.q)
    return Shown(
        user=request.user,
        now=request.now,
        current=current,
        words=asked.words if asked else (),
        names=asked.names if asked else (),
        bells=frozenset(bells),
        way=reverse("inbox:conversation", args=[0]),
        query=query(request),
    )


def _more(pairs: Pairs, found: Listed, after: str, limit: int) -> str:
    """The way on without JavaScript: a longer page, then the next one."""
    if not found.next_cursor:
        return ""
    if limit < PAGE_MAX and not found.is_cut:
        stretch = [("after", after)] if after else []
        return _address([*pairs, *stretch, ("rows", str(min(limit + ROWS, PAGE_MAX)))])
    return _address([*pairs, ("after", found.next_cursor)])


def _columns(request: DeskRequest, filtered: Filter, pairs: Pairs) -> dict[str, Any]:
    totals = counting.counts(request.workspace.pk, request.user, request.now)
    asked = filtered.narrowing
    who, places = _Switch("who", pairs, asked.operator_id), _Switch("in", pairs, asked.folder_id)
    shown: dict[str, Any] = {
        "views": [
            _view(one, str(words), filtered, totals.views) for one, words in captions.VIEWS.items()
        ],
        "people": [who.to(one, totals.people) for one in totals.all_people],
        "places": [places.to(one, totals.folders) for one in totals.all_folders],
        "labels": [_label(pairs, one, asked.label_ids, totals) for one in totals.all_labels],
    }
    every = [*shown["people"], *shown["places"], *shown["labels"]]
    return shown | _offered(totals) | {"chips": [one for one in every if one.is_chosen]}


def _offered(totals: counting.Counts) -> dict[str, Any]:
    return {
        "all_people": totals.all_people,
        "all_folders": totals.all_folders,
        "all_labels": totals.all_labels,
    }


def _view(one: View, words: str, filtered: Filter, totals: dict[View, int]) -> Choice:
    """A view begins anew; folders, labels and colleagues narrow the one that is shown."""
    is_chosen = one is filtered.looks_in
    address = "" if one is View.ALL else f"?folder={one.value}"
    sign = captions.VIEW_SIGNS[one]
    return Choice(one.value, words, address, is_chosen, totals.get(one), icon=sign.icon)


class _Switch:
    """One of these at a time: who chooses the chosen one chooses none."""

    def __init__(self, name: str, pairs: Pairs, now: int | None) -> None:
        self._now = now
        self._none = _address([pair for pair in pairs if pair[0] != name])
        self._begun = f"{self._none}&{name}=" if self._none else f"?{name}="

    def to(self, one: Group, totals: dict[int, int]) -> Choice:
        is_chosen = one.id == self._now
        address = self._none if is_chosen else f"{self._begun}{one.id}"
        return Choice(str(one.id), one.name, address, is_chosen, totals.get(one.id))


def _label(pairs: Pairs, one: Group, now: tuple[int, ...], totals: counting.Counts) -> Choice:
    is_chosen = one.id in now
    count, is_least = totals.labels.get(one.id), totals.views.get(View.ALL) == queries.COUNT_MAX
    pair = ("label", str(one.id))
    rest = [other for other in pairs if other != pair]
    address = _address(rest if is_chosen else [*rest, pair])
    return Choice(
        str(one.id), one.name, address, is_chosen, count, colour=one.colour, is_least=is_least
    )


def _address(pairs: Pairs) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""


def _id(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) <= _ID_LENGTH_MAX
    return int(text) if fits else None
