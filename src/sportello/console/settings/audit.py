"""The page of the audit log: who changed what, when, from where; filters; a file to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.files import csv_file
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor, newest_ids_first
from sportello.console.settings.audit_words import THING, VERB
from sportello.schema.audit import AuditEntry, Verb
from sportello.schema.team import ApiKey, Membership, User

_AT_ONCE: Final = 2_000
_EXPORT_MAX: Final = 500_000
_PEOPLE_MAX: Final = 200
_DATE: Final = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class FilterForm(forms.Form):
    """All optional; what cannot be understood filters nothing."""

    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    thing = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(label=gettext_lazy("From the day"), required=False, widget=_DATE)
    until = forms.DateField(label=gettext_lazy("To the day"), required=False, widget=_DATE)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        everybody = [("", _("Everybody")), ("keys", _("Programs (API)")), *_people()]
        everything = [("", _("Everything")), *sorted(THING.items(), key=lambda one: str(one[1]))]
        for name, choices in (("person", everybody), ("thing", everything)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@dataclass(frozen=True, slots=True)
class Change:
    """One column: its name, and both values where the log may hold them."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Line:
    row: AuditEntry
    who: str
    what: str
    changes: list[Change]


@member
@require_GET
def audit(request: DeskRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    form.is_valid()
    try:
        page = newest_ids_first(_found(request, form), request.GET.get("after", ""), PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    kept = request.GET.copy()
    kept.pop("after", None)
    shown = {
        "form": form,
        "lines": _lines(page.items),
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "is_filtered": any(kept.values()),
        "query": kept.urlencode(),
        "tab": "audit",
    }
    return render(request, "settings/audit.html", shown)


@member
@require_GET
def audit_csv(request: DeskRequest) -> FileResponse:
    """The same filters; the newest half million entries at most."""
    form = FilterForm(request.GET)
    form.is_valid()
    return csv_file("sportello-audit.csv", _rows(_found(request, form)))


def _found(request: DeskRequest, form: FilterForm) -> QuerySet[AuditEntry]:
    asked = form.cleaned_data
    rows = AuditEntry.objects.filter(workspace=request.workspace)
    if asked.get("person") == "keys":
        rows = rows.exclude(key_prefix="")
    elif asked.get("person"):
        rows = rows.filter(user_id=int(asked["person"]))
    if asked.get("thing"):
        rows = rows.filter(thing=asked["thing"])
    if asked.get("since"):
        rows = rows.filter(at__gte=_midnight(asked["since"]))
    if asked.get("until"):
        rows = rows.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    """By the company's clock, which the middleware set."""
    return timezone.make_aware(datetime.combine(day, time()))


def _people() -> list[tuple[str, str]]:
    """Of those who work here now; who has left is found by the day."""
    rows = Membership.objects.select_related("user").order_by("user__name")[:_PEOPLE_MAX]
    return [(str(row.user_id), row.user.name or row.user.email) for row in rows]


def _rows(found: QuerySet[AuditEntry]) -> Iterator[list[object]]:
    yield ["at", "who", "ip", "what", "id", "deed", "verb", "changed", "before", "after"]
    rows = found.order_by("-pk")[:_EXPORT_MAX].iterator(chunk_size=_AT_ONCE)
    names = _names(None)
    for row in rows:
        yield [
            row.at.isoformat(),
            _who(row, names),
            row.ip or "",
            row.thing,
            row.row_id or "",
            row.deed,
            row.verb,
            " ".join(row.changed),
            _flat(row.before),
            _flat(row.after),
        ]


def _flat(values: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items())


def _lines(rows: list[AuditEntry]) -> list[Line]:
    names = _names(rows)
    return [Line(row, _who(row, names), _what(row), _changes(row)) for row in rows]


def _names(rows: list[AuditEntry] | None) -> dict[str, str]:
    """Of people by id, of keys by prefix; with None of all that were ever noted."""
    ids = (
        list(AuditEntry.objects.values_list("user_id", flat=True).distinct())
        if rows is None
        else [row.user_id for row in rows]
    )
    known = [one for one in ids if one is not None]
    people = User.objects.filter(pk__in=known).values_list("pk", "name", "email")
    keys = ApiKey.objects.values_list("prefix", "name")
    named = {str(pk): name or email for pk, name, email in people}
    return named | dict(keys)


def _who(row: AuditEntry, names: dict[str, str]) -> str:
    if row.user_id is not None:
        return names.get(str(row.user_id), f"#{row.user_id}")
    if row.key_prefix:
        return _("key %(name)s") % {"name": names.get(row.key_prefix, row.key_prefix)}
    return _("a guest with a link")


def _what(row: AuditEntry) -> str:
    thing = str(THING.get(row.thing, row.thing))
    return str(VERB[Verb(row.verb)]) % {"thing": thing}


def _changes(row: AuditEntry) -> list[Change]:
    columns = row.changed or sorted({*row.before, *row.after})
    return [Change(name, row.before.get(name), row.after.get(name)) for name in columns]
