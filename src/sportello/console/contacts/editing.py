"""A contact's name, language and properties, as somebody of the company fills them in."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts.properties import UNFIT, UnfitValue, definitions, fitting
from sportello.console.contacts.segment_words import LANGUAGES
from sportello.console.contacts.words import value_told
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules import properties
from sportello.rules.contact_rows import NAME_MAX, VALUE_MAX
from sportello.rules.properties import Kind
from sportello.schema.people import Contact
from sportello.schema.properties import PropertyName

_UNFIT: Final = 422


class ContactForm(forms.Form):
    """A field for each property beside the first two: `p<id>`."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=NAME_MAX,
        help_text=gettext_lazy("Empty: the name that they gave themselves on WhatsApp."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, data: Any, contact: Contact, known: list[PropertyName]) -> None:
        super().__init__(data)
        self._contact, self._known = contact, known
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        own = [(contact.language, contact.language)] if contact.language else []
        listed = dict([("", "—"), *own, *LANGUAGES])
        language.choices = list(listed.items())
        self.initial = {"name": contact.name, "language": contact.language}
        for one in known:
            value = str(contact.properties.get(one.name, ""))
            self.fields[f"p{one.pk}"] = _field(one, value)
            self.initial[f"p{one.pk}"] = _written(one, value)

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or self.cleaned_data
        noted = dict(self._contact.properties)
        for one in self._known:
            field = f"p{one.pk}"
            before = str(noted.get(one.name, ""))
            try:
                kept = fitting(one, str(filled.get(field) or ""), before)
            except UnfitValue as unfit:
                self.add_error(field, str(UNFIT[unfit.kind]))
                continue
            noted = {k: v for k, v in noted.items() if k != one.name}
            noted |= {one.name: kept} if kept else {}
        filled["properties"] = noted
        return filled


def _field(one: PropertyName, value: str) -> forms.Field:
    match one.kind:
        case Kind.CHOICE:
            # What stands there may stay, even if it is no option any more.
            told = dict.fromkeys(["", *one.choices, value])
            listed = [(option, option or "—") for option in told]
            return forms.ChoiceField(label=one.name, required=False, choices=listed)
        case Kind.DATE if not value or properties.day_of(value):
            day = forms.DateInput(attrs={"type": "date"})
            return forms.CharField(label=one.name, required=False, max_length=40, widget=day)
        case Kind.NUMBER:
            plain = forms.TextInput(attrs={"inputmode": "decimal"})
            return forms.CharField(label=one.name, required=False, max_length=40, widget=plain)
        case _:
            return forms.CharField(label=one.name, required=False, max_length=VALUE_MAX)


def _written(one: PropertyName, value: str) -> str:
    """As the field of that kind wants it."""
    day = properties.day_of(value) if one.kind == Kind.DATE else None
    return value_told(one.kind, value) if day is None else day.isoformat()


@member
@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, contact_id: int) -> HttpResponse:
    posted = request.method == "POST"
    rows = Contact.objects.select_for_update(no_key=True) if posted else Contact.objects.all()
    found = rows.filter(pk=contact_id).first()
    if found is None:
        raise Http404
    form = ContactForm(request.POST if posted else None, found, definitions())
    if posted and form.is_valid():
        filled = form.cleaned_data
        found.name, found.language = filled["name"].strip(), filled["language"]
        found.properties = filled["properties"]
        found.save(update_fields=["name", "language", "properties"])
        messages.success(request, _("The contact is kept."))
        return redirect("contacts:contact", contact_id)
    shown = {
        "contact": found,
        "name": name_of(found),
        "form": form,
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/edit.html", shown, status=_UNFIT if form.errors else None)
