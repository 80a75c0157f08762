"""The properties that a company keeps of its contacts: defined, put in order, filled in."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts.words import KINDS
from sportello.console.members import member
from sportello.rules import properties
from sportello.rules.contact_rows import KEY_MAX, VALUE_MAX
from sportello.rules.properties import Kind
from sportello.schema.people import Contact
from sportello.schema.properties import PropertyName

_UNFIT: Final = 422
_OPTIONS_LENGTH_MAX: Final = 4_000


class UnfitValue(ValueError):  # noqa: N818  # the value is unfit, nothing broke
    """What was written does not fit the property's kind; `kind` is that kind."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.value)
        self.kind = kind


UNFIT: Final = {
    Kind.NUMBER: gettext_lazy("This is no number: write 1234.50 or 1.234,50."),
    Kind.DATE: gettext_lazy("This is no day: write 31/12/2026."),
    Kind.CHOICE: gettext_lazy("This is none of the options of this property."),
    Kind.TEXT: gettext_lazy("The text is too long."),
}


class PropertyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=KEY_MAX)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        max_length=_OPTIONS_LENGTH_MAX,
        help_text=gettext_lazy("Of a choice: one a line, in the order in which they are shown."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *given: Any, own: PropertyName | None = None) -> None:
        super().__init__(*given)
        self._own = own
        if own is not None:
            self.fields["name"].required = False
            self.fields["name"].disabled = True
            self.initial = {
                "name": own.name, "kind": own.kind, "options": "\n".join(own.choices),
            }  # fmt: skip

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self._own is not None:
            return self._own.name
        if PropertyName.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is one of this name already."))
        if PropertyName.objects.count() >= properties.PROPERTIES_MAX:
            raise forms.ValidationError(_("There are as many properties as there can be."))
        return name

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or self.cleaned_data
        filled["options"] = properties.options(filled.get("options", ""))
        if filled.get("kind") == Kind.CHOICE and not filled["options"]:
            self.add_error("options", _("A choice needs at least one option."))
        return filled


def definitions() -> list[PropertyName]:
    """In their order."""
    return list(PropertyName.objects.order_by("position", "name")[: properties.PROPERTIES_MAX])


@member
@require_http_methods(["GET", "POST"])
def all_properties(request: DeskRequest) -> HttpResponse:
    form = PropertyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        last = PropertyName.objects.aggregate(last=Max("position"))["last"] or 0
        _keep(PropertyName(workspace=request.workspace, position=last + 1), form)
        messages.success(request, _("The property is kept."))
        return redirect("contacts:properties")
    shown = {
        "form": form,
        "properties": definitions(),
        "kinds": dict(KINDS),
        "may_write": may_write(request.membership),
    }
    status = _UNFIT if form.errors else None
    return render(request, "contacts/properties.html", shown, status=status)


@member
@require_http_methods(["GET", "POST"])
def a_property(request: DeskRequest, property_id: int) -> HttpResponse:
    """POST changes kind and options. The name stays: values, segments and campaigns go by it."""
    found = _of(property_id)
    form = PropertyForm(request.POST if request.method == "POST" else None, own=found)
    if request.method == "POST" and form.is_valid():
        _keep(found, form)
        messages.success(request, _("The property is kept."))
        return redirect("contacts:properties")
    shown = {"form": form, "property": found, "may_write": may_write(request.membership)}
    status = _UNFIT if form.errors else None
    return render(request, "contacts/property.html", shown, status=status)


@member
@require_POST
def move(request: DeskRequest, property_id: int) -> HttpResponse:
    """One place up, or down."""
    found, every = _of(property_id), definitions()
    at = next(place for place, one in enumerate(every) if one.pk == found.pk)
    to = at + (-1 if request.POST.get("to") == "up" else 1)
    if 0 <= to < len(every):
        every[at], every[to] = every[to], every[at]
    for place, one in enumerate(every, start=1):
        one.position = place
    PropertyName.objects.bulk_update(every, ["position"])
    return redirect("contacts:properties")


@member
@require_POST
def delete(request: DeskRequest, property_id: int) -> HttpResponse:
    """What was noted stays with the contacts: a property of this name finds it again."""
    _of(property_id).delete()
    messages.success(request, _("The property is gone. What was noted stays with the contacts."))
    return redirect("contacts:properties")


def note(contact_id: int, found: PropertyName, text: str) -> None:
    """Writes one property of a contact, or empties it. Raises UnfitValue, Contact.DoesNotExist."""
    row = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
    kept = fitting(found, text, str(row.properties.get(found.name, "")))
    changed = {**row.properties, found.name: kept}
    row.properties = changed if kept else {k: v for k, v in changed.items() if k != found.name}
    row.save(update_fields=["properties"])


def fitting(found: PropertyName, text: str, before: str) -> str:
    """As it is kept. Raises UnfitValue."""
    kind = Kind(found.kind)
    short = text.replace("\0", "")
    kept = properties.entered(kind, found.choices, short, before)
    if kept is None or len(kept) > VALUE_MAX:
        raise UnfitValue(kind)
    return kept


def _keep(row: PropertyName, form: PropertyForm) -> None:
    filled = form.cleaned_data
    row.name, row.kind = filled["name"], filled["kind"]
    row.choices = filled["options"] if row.kind == Kind.CHOICE else row.choices
    row.save()


def _of(property_id: int) -> PropertyName:
    found = PropertyName.objects.filter(pk=property_id).first()
    if found is None:
        raise Http404
    return found
