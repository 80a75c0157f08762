"""The table of contacts: sought, narrowed, put in order, in pages, with the columns one wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import audiences, sorting
from sportello.console.contacts.properties import definitions
from sportello.console.contacts.standing import standings
from sportello.console.contacts.words import value_told
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor
from sportello.rules import finding
from sportello.rules.audience import Everybody, Listed, Matching
from sportello.rules.consent import Standing, Topic
from sportello.schema.inbox import Conversation
from sportello.schema.people import Contact, ContactList, plain
from sportello.schema.properties import PropertyName
from sportello.schema.segments import Segment

COLUMNS_MAX: Final = 12
_CHOICES_MAX: Final = 200
_ID_LENGTH_MAX: Final = 18
OF_PROPERTY: Final = "p:"
NUMBER, PROMOTIONS, WROTE, SINCE = "number", "promotions", "wrote", "since"
OWN: Final[dict[str, Promise]] = {
    NUMBER: _("Number"),
    PROMOTIONS: _("Promotions"),
    WROTE: _("Last wrote"),
    SINCE: _("Since"),
}
_FIRST: Final = (NUMBER, PROMOTIONS, SINCE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks for; it says it again word by word."""

    search: str = ""
    list_id: int | None = None
    segment_id: int | None = None
    sort: str = sorting.NEWEST
    after: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.search or self.list_id or self.segment_id)

    def told(self) -> dict[str, Any]:
        """As `wish` reads it."""
        every = {
            "q": self.search,
            "list": self.list_id,
            "segment": self.segment_id,
            "sort": "" if self.sort == sorting.NEWEST else self.sort,
            "after": self.after,
        }
        return {name: value for name, value in every.items() if value}

    def query(self) -> str:
        return urlencode(self.told())


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind`: one of ours, or a property's. `value` is what that kind shows."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table."""

    contact: Contact
    name: str
    standing: Standing
    cells: tuple[Cell, ...] = ()


def wish(given: Mapping[str, str]) -> Wish:
    """Whatever was asked, bounded; what is unknown counts for nothing."""
    return Wish(
        search=given.get("q", "").replace("\0", "").strip()[: finding.LENGTH_MAX],
        list_id=_id(given.get("list", "")),
        segment_id=_id(given.get("segment", "")),
        sort=given.get("sort", "")[:80] or sorting.NEWEST,
        after=given.get("after", "")[:1000],
    )


def _id(text: str) -> int | None:
    is_one = text.isascii() and text.isdecimal() and len(text) <= _ID_LENGTH_MAX
    return int(text) if is_one else None


def found(asked: Wish, now: datetime) -> QuerySet[Contact]:
    """Who is meant, in no order yet."""
    meant = Everybody() if asked.list_id is None else Listed(asked.list_id)
    rows = audiences.people(meant, now)
    if asked.segment_id is not None:
        rows = rows & audiences.people(Matching(asked.segment_id), now)
    return sought(rows, asked.search)


def sought(rows: QuerySet[Contact], search: str) -> QuerySet[Contact]:
    """By parts of names, in any order and without accents, or of the number."""
    digits = finding.digits(search)
    if digits:
        return rows.filter(wa_id__contains=digits)
    for word in finding.words(search):
        rows = rows.filter(sought__contains=plain(sorting.text(word)))
    return rows


@member
@require_GET
def contacts(request: DeskRequest) -> HttpResponse:
    asked = wish(request.GET)
    known = definitions()
    columns = _columns(request, known)
    rows = found(asked, request.now)
    try:
        page = sorting.page(rows, sorting.of(asked.sort, known), asked.after, PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    total = rows.count()
    shown = {
        "people": people(page.items, columns, {one.name: one for one in known}),
        "columns": [_head(name, asked, known) for name in columns],
        "name_head": _head("name", asked, known),
        "choosable": _choosable(columns, known),
        "next": replace(asked, after=page.next_cursor).query() if page.next_cursor else "",
        "first": replace(asked, after="").query() if asked.after else "",
        "is_first": not asked.after,
        "asked": asked,
        "asked_fields": asked.told().items(),
        "query": replace(asked, after="").query(),
        "total": total,
        "is_empty": not total and not asked.narrows,
        "lists": ContactList.objects.order_by("name")[:_CHOICES_MAX],
        "segments": Segment.objects.order_by("name")[:_CHOICES_MAX],
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/contacts.html", shown)


def _columns(request: DeskRequest, known: list[PropertyName]) -> list[str]:
    """As this person chose them last in this company."""
    key = f"contact-columns-{request.workspace.pk}"
    if "columns" in request.GET:
        request.session[key] = request.GET.getlist("col")[:COLUMNS_MAX]
    wished = request.session.get(key, list(_FIRST))
    there = {*OWN, *(f"{OF_PROPERTY}{one.name}" for one in known)}
    return [name for name in wished if name in there]


def _choosable(columns: list[str], known: list[PropertyName]) -> list[dict[str, Any]]:
    every = [*OWN.items(), *((f"{OF_PROPERTY}{one.name}", one.name) for one in known)]
    return [{"name": name, "words": words, "is_on": name in columns} for name, words in every]


def _head(name: str, asked: Wish, known: list[PropertyName]) -> dict[str, Any]:
    """Of a column, with the address that puts the table in its order, or turns it round."""
    words = OWN.get(name, name.removeprefix(OF_PROPERTY))
    orders = sorting.orders(name, known)
    if not orders:
        return {"name": name, "words": words}
    up, down = orders
    wished = down if asked.sort == up else up
    return {
        "name": name,
        "words": words,
        "sort": replace(asked, sort=wished, after="").query(),
        "is": "" if asked.sort not in orders else _direction(asked.sort),
    }


def _direction(sort: str) -> str:
    return "descending" if sort == sorting.NEWEST or sort.startswith("-") else "ascending"


def people(
    rows: list[Contact], columns: list[str], known: Mapping[str, PropertyName]
) -> list[Person]:
    """With what the columns show; a question to the database for each of ours that needs one."""
    ids = [one.pk for one in rows]
    stand = standings(ids, Topic.MARKETING)
    wrote = _wrote(ids) if WROTE in columns else {}
    drawn: dict[str, Callable[[Contact], Any]] = {
        NUMBER: lambda one: one.wa_id,
        PROMOTIONS: lambda one: stand[one.pk],
        WROTE: lambda one: wrote.get(one.pk),
        SINCE: lambda one: one.created_at,
    }

    def cell(one: Contact, name: str) -> Cell:
        if name in drawn:
            return Cell(name, drawn[name](one))
        plain_name = name.removeprefix(OF_PROPERTY)
        kind = known[plain_name].kind
        return Cell(kind, value_told(kind, str(one.properties.get(plain_name, ""))))

    return [
        Person(one, name_of(one), stand[one.pk], tuple(cell(one, name) for name in columns))
        for one in rows
    ]


def _wrote(ids: list[int]) -> dict[int, datetime]:
    rows = Conversation.objects.filter(contact_id__in=ids).values_list("contact_id")
    return dict(rows.annotate(at=Max("last_inbound_at")))
