"""The pages of lists: made, named, filled by hand, counted, handed out as a file, thrown away."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import mapping
from sportello.console.contacts.importing import LIST_NAME_MAX
from sportello.console.contacts.standing import standings
from sportello.console.contacts.table import Person
from sportello.console.files import csv_file
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor, newest_ids_first
from sportello.rules import phone
from sportello.rules.consent import Topic
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.people import Contact, ContactList, ListMember
from sportello.schema.properties import PropertyName

_UNFIT: Final = 422
_LISTS_MAX: Final = 200
_AT_ONCE: Final = 2_000


class NameForm(forms.Form):
    """Of a list or a segment."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LIST_NAME_MAX)

    def __init__(self, data: Any, table: type[Any], own_id: int | None = None) -> None:
        super().__init__(data)
        self._others = table.objects.exclude(pk=own_id)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self._others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is one of this name already."))
        return name


@member
@require_http_methods(["GET", "POST"])
def lists(request: DeskRequest) -> HttpResponse:
    form = NameForm(request.POST if request.method == "POST" else None, ContactList)
    if request.method == "POST" and form.is_valid():
        made = ContactList.objects.create(
            workspace=request.workspace, name=form.cleaned_data["name"], by=request.user
        )
        return redirect("contacts:list", made.pk)
    found = ContactList.objects.order_by("name")[:_LISTS_MAX]
    counts = dict(
        ListMember.objects.filter(list_id__in=[one.pk for one in found])
        .values_list("list_id")
        .annotate(n=Count("pk"))
    )
    shown = {
        "form": form,
        "lists": [{"row": one, "count": counts.get(one.pk, 0)} for one in found],
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/lists.html", shown, status=_UNFIT if form.errors else None)


@member
@require_http_methods(["GET", "POST"])
def a_list(request: DeskRequest, list_id: int) -> HttpResponse:
    """POST gives it another name."""
    found = _of(list_id)
    given = request.POST if request.method == "POST" else None
    form = NameForm(given, ContactList, found.pk)
    if request.method == "POST" and form.is_valid():
        found.name = form.cleaned_data["name"]
        found.save(update_fields=["name"])
        return redirect("contacts:list", list_id)
    return _page(request, found, form, "")


def _page(request: DeskRequest, found: ContactList, form: NameForm, problem: str) -> HttpResponse:
    try:
        rows = ListMember.objects.filter(list=found).select_related("contact")
        page = newest_ids_first(rows, request.GET.get("after", ""), PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    people = [one.contact for one in page.items]
    where = standings([one.pk for one in people], Topic.MARKETING)
    shown = {
        "list": found,
        "count": ListMember.objects.filter(list=found).count(),
        "people": [Person(one, name_of(one), where[one.pk]) for one in people],
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "form": form,
        "problem": problem,
        "may_write": may_write(request.membership),
    }
    status = _UNFIT if form.errors or problem else None
    return render(request, "contacts/list.html", shown, status=status)


@member
@require_POST
def delete(request: DeskRequest, list_id: int) -> HttpResponse:
    """The people stay. Not while a campaign reads it: half an audience would be lost."""
    found = _of(list_id)
    reading = Campaign.objects.filter(audience__list=list_id, planned=False).filter(
        Q(state=CampaignState.PLANNING) | Q(state=CampaignState.PAUSED)
    )
    if reading.exists():
        form = NameForm(None, ContactList)
        return _page(request, found, form, _("A campaign is reading this list at this moment."))
    found.delete()
    messages.success(request, _("The list is gone. Its people stay among the contacts."))
    return redirect("contacts:lists")


@member
@require_POST
def add(request: DeskRequest, list_id: int) -> HttpResponse:
    """Somebody whom the company knows, by their number."""
    found = _of(list_id)
    wa_id = phone.wa_id(request.POST.get("phone", "")[:60], request.workspace.country)
    who = None
    if not isinstance(wa_id, phone.Flaw):
        who = Contact.objects.filter(wa_id=wa_id).first()
    if who is None:
        problem = (
            _("This is no phone number.")
            if isinstance(wa_id, phone.Flaw)
            else _("No contact has this number: import it, or wait until they write.")
        )
        return _page(request, found, NameForm(None, ContactList), problem)
    ListMember.objects.get_or_create(workspace=request.workspace, list=found, contact=who)
    return redirect("contacts:list", list_id)


@member
@require_POST
def remove(request: DeskRequest, list_id: int, contact_id: int) -> HttpResponse:
    del request
    ListMember.objects.filter(list=_of(list_id), contact_id=contact_id).delete()
    return redirect("contacts:list", list_id)


@member
@require_GET
def export(request: DeskRequest, list_id: int) -> FileResponse:
    del request
    found = _of(list_id)
    return csv_file(f"list-{list_id}.csv", _rows(found))


def _rows(found: ContactList) -> Iterator[list[object]]:
    """A row for each person, a column for each property that the company keeps."""
    names = list(PropertyName.objects.order_by("name").values_list("name", flat=True))
    names = names[: mapping.COLUMNS_MAX]
    yield [_("Name"), _("Phone number"), _("Language"), _("Promotions"), *names]
    members = ListMember.objects.filter(list=found).select_related("contact").order_by("pk")
    chunk: list[Contact] = []
    for one in members.iterator(chunk_size=_AT_ONCE):
        chunk.append(one.contact)
        if len(chunk) == _AT_ONCE:
            yield from _told(chunk, names)
            chunk = []
    yield from _told(chunk, names)


def _told(people: list[Contact], names: list[str]) -> Iterator[list[object]]:
    where = standings([one.pk for one in people], Topic.MARKETING)
    for one in people:
        number = "" if one.wa_id is None else f"+{one.wa_id}"
        noted = [one.properties.get(name, "") for name in names]
        yield [name_of(one), number, one.language, where[one.pk].value, *noted]


def _of(list_id: int) -> ContactList:
    found = ContactList.objects.filter(pk=list_id).first()
    if found is None:
        raise Http404
    return found
