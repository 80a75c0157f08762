"""The two left columns of the desk: views, colleagues, folders, labels; and the list's rows.

All choices live in the address, so that a link shows the same list and the back button works:
`folder` (the view), `in` (a folder of the company's), `label` (several), `who`, `q`; `after` and
`rows` say which stretch of a long list is on the page.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.http import urlencode

from sportello.console.access import DeskRequest, may_write
from sportello.console.inbox import attendance, captions, counting, queries, reminding, sweeping
from sportello.console.inbox.listing import Filter, Listed, listed
from sportello.console.inbox.queries import Narrowing, View
from sportello.console.inbox.rows import Shown, rows
from sportello.console.paging import PAGE_MAX, WrongCursor
from sportello.rules.searching import QUERY_LENGTH_MAX, Wanted, wanted
from sportello.schema.desk import Folder, Label
from sportello.schema.team import Membership, User

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
    found = _page(request, filtered, after, wanted_rows)
    asked = wanted(filtered.q)
    bells = reminding.bells(request.user)
    view = filtered.looks_in
    return {
        "view": view,
        "folder": view,
        "folder_name": captions.VIEWS.get(view, captions.VIEWS[View.ALL]),
        "search": filtered.q,
        "rows": rows(found.entries, _shown(request, current, asked, set(bells))),
        "next_cursor": found.next_cursor,
        "more": _more(request, found.next_cursor, after, wanted_rows),
        "above": _address(_kept(request)) if after else None,
        "narrowed": [pair for pair in _kept(request) if pair[0] != "q"],
        "query": query(request),
        "list_of": urlencode(_kept(request)),
        "may_begin": may_write(request.membership),
        "progress": sweeping.latest(request.user, request.now),
        "is_away": attendance.is_away(request.user) if request.workspace.shares_queue else None,
    } | _columns(request, filtered)


def query(request: DeskRequest) -> str:
    """What the list is narrowed to, to be carried from link to link; `?…` or nothing."""
    return _address(_kept(request))


def kept(request: DeskRequest) -> list[tuple[str, str]]:
    return _kept(request)


def bounded(asked: str, at_least: int, at_most: int) -> int:
    """A number from the address; nonsense counts as the least."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else at_least
    return max(at_least, min(number, at_most))


def colleagues(workspace_id: int) -> QuerySet[User]:
    """Who may have a conversation: the company's people that may write, by name."""
    writers = Membership.objects.filter(workspace_id=workspace_id).exclude(role="reader")
    found = User.objects.filter(pk__in=writers.values("user"))
    return found.order_by("name", "email")[: counting.GROUPS_MAX]


def _page(request: DeskRequest, filtered: Filter, after: str, limit: int) -> Listed:
    """Chats of which somebody wanted to be reminded stand on top of the first page."""
    try:
        found = listed(filtered, request.user, request.now, cursor=after, limit=limit)
    except WrongCursor as error:
        raise Http404 from error
    if after or filtered.q:
        return found
    rung = reminding.rung(request.user, filtered, request.now)
    known = {row.conversation.pk for row in rung}
    rest = [entry for entry in found.entries if entry.conversation.pk not in known]
    return Listed([*rung, *rest], found.next_cursor)


def _shown(
    request: DeskRequest, current: int | None, asked: Wanted | None, bells: set[int]
) -> Shown:
    return Shown(
        user=request.user,
        now=request.now,
        current=current,
        words=asked.words if asked else (),
        names=asked.names if asked else (),
        bells=frozenset(bells),
    )


def _more(request: DeskRequest, cursor: str, after: str, limit: int) -> str:
    """The way on without JavaScript: a longer page, then the next one."""
    if not cursor:
        return ""
    if limit < PAGE_MAX:
        stretch = [("after", after)] if after else []
        return _address([*_kept(request), *stretch, ("rows", str(min(limit + ROWS, PAGE_MAX)))])
    return _address([*_kept(request), ("after", cursor)])


def _columns(request: DeskRequest, filtered: Filter) -> dict[str, Any]:
    totals = counting.counts(request.workspace.pk, request.user, request.now)
    asked = filtered.narrowing
    people = list(colleagues(request.workspace.pk))
    folders = list(Folder.objects.filter(deleted_at=None).order_by("name")[: counting.GROUPS_MAX])
    labels = list(Label.objects.filter(deleted_at=None).order_by("name")[: counting.GROUPS_MAX])
    shown: dict[str, Any] = {
        "views": [
            _view(one, str(words), filtered, totals.views) for one, words in captions.VIEWS.items()
        ],
        "people": [
            _switch(
                request, "who", one.pk, one.name or one.email, asked.operator_id,
                count=totals.people.get(one.pk),
            )
            for one in people
        ],
        "places": [
            _switch(
                request, "in", one.pk, one.name, asked.folder_id, count=totals.folders.get(one.pk)
            )
            for one in folders
        ],
        "labels": [_label(request, one, asked.label_ids) for one in labels],
        "count_max": queries.COUNT_MAX,
    }  # fmt: skip
    every = [*shown["people"], *shown["places"], *shown["labels"]]
    return shown | {"chips": [one for one in every if one.is_chosen]}


def _view(one: View, words: str, filtered: Filter, totals: dict[View, int]) -> Choice:
    """A view begins anew; folders, labels and colleagues narrow the one that is shown."""
    is_chosen = one is filtered.looks_in
    address = "" if one is View.ALL else f"?folder={one.value}"
    return Choice(one.value, words, address, is_chosen, totals.get(one))


def _switch(
    request: DeskRequest,
    name: str,
    one: int,
    words: str,
    now: int | None,
    *,
    count: int | None = None,
) -> Choice:
    is_chosen = one == now
    rest = [pair for pair in _kept(request) if pair[0] != name]
    address = _address(rest if is_chosen else [*rest, (name, str(one))])
    return Choice(str(one), words, address, is_chosen, count)


def _label(request: DeskRequest, one: Label, now: tuple[int, ...]) -> Choice:
    is_chosen = one.pk in now
    pair = ("label", str(one.pk))
    rest = [other for other in _kept(request) if other != pair]
    address = _address(rest if is_chosen else [*rest, pair])
    return Choice(str(one.pk), one.name, address, is_chosen, colour=one.colour)


def _kept(request: DeskRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name in _NAMES
        for value in request.GET.getlist(name)[:LABELS_MAX]
        if value
    ]


def _address(pairs: list[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""


def _id(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) <= _ID_LENGTH_MAX
    return int(text) if fits else None
