"""An automation as a person fills it in; what sets it off was chosen before."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from sportello.console.automations.deeds import CONSENT_MAX, RATE, SOURCE_MAX, Wanted
from sportello.console.campaigns.deeds import NAME_MAX, RATE_MAX
from sportello.console.campaigns.steps_words import UNIT
from sportello.rules.event import PATH_MAX
from sportello.schema.automations import Automation, Trigger
from sportello.schema.people import ContactList

_LISTS_MAX: Final = 200
_COLUMNS_MAX: Final = 4_000
_COUNT_MAX: Final = 1_440


class AutomationForm(forms.Form):
    """The fields of one trigger: the others are left out."""

    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    onto = forms.TypedChoiceField(label=_("List"), coerce=int, empty_value=None)
    after_count = forms.IntegerField(
        label=_("How many"),
        min_value=0,
        max_value=_COUNT_MAX,
        widget=forms.NumberInput(attrs={"aria-label": _("How many")}),
    )
    after_unit = forms.ChoiceField(
        label=_("Unit"),
        choices=list(UNIT.items()),
        widget=forms.Select(attrs={"aria-label": _("Unit")}),
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=PATH_MAX,
        help_text=_("Where it stands in the event: keys with dots between them."),
    )
    person = forms.CharField(label=_("Name"), max_length=PATH_MAX, required=False)
    event = forms.CharField(
        label=_("The event's id"),
        max_length=PATH_MAX,
        required=False,
        help_text=_("The same event is taken once, however often it is sent."),
    )
    columns = forms.CharField(
        label=_("Other fields"),
        max_length=_COLUMNS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line: the contact's column = where it stands in the event."),
    )
    consent_text = forms.CharField(
        label=_("The words they agreed to"),
        max_length=CONSENT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Empty: an event records no consent, and no promotion leaves for it."),
    )
    consent_source = forms.CharField(
        label=_("Where they agreed"), max_length=SOURCE_MAX, required=False
    )
    consent = forms.CharField(
        label=_("Where the event says that they agreed"),
        max_length=PATH_MAX,
        required=False,
        help_text=_("Empty: every event comes from somebody who agreed."),
    )
    signed = forms.BooleanField(
        label=_("Ask for a signature too"),
        required=False,
        help_text=_("Whoever knows the address alone can then do nothing with it."),
    )
    repeats = forms.BooleanField(
        label=_("Each time anew"),
        required=False,
        help_text=_("Switched off, a contact receives it once, however often it happens."),
    )
    rate = forms.IntegerField(
        label=_("Messages a minute at most"), min_value=1, max_value=RATE_MAX, initial=RATE
    )

    def __init__(self, trigger: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trigger = trigger
        for name in _OTHERS[trigger]:
            del self.fields[name]
        if trigger == Trigger.LIST:
            rows = ContactList.objects.order_by("name").values_list("pk", "name")
            choices = [("", _("Choose")), *rows[:_LISTS_MAX]]
            self.fields["onto"].choices = choices  # type: ignore[attr-defined]  # of its kind
        if trigger == Trigger.SILENCE:
            self.fields["after_count"].min_value = 1  # type: ignore[attr-defined]  # of its kind

    def wanted(self, **more: Any) -> Wanted:
        """What was filled in; the form must be valid."""
        filled = self.cleaned_data
        columns = columns_of(filled.get("columns", ""))
        return Wanted(
            name=filled["name"],
            trigger=self.trigger,
            list_id=filled.get("onto"),
            after_count=filled["after_count"],
            after_unit=filled["after_unit"],
            repeats=filled["repeats"],
            rate=filled["rate"],
            fields={
                "phone": filled.get("phone", ""),
                "name": filled.get("person", ""),
                "event": filled.get("event", ""),
                "consent": filled.get("consent", ""),
                "properties": columns,
            },
            consent_text=filled.get("consent_text", ""),
            consent_source=filled.get("consent_source", ""),
            signed=filled.get("signed", False),
            **more,
        )


_OF_WEBHOOKS: Final = (
    "phone",
    "person",
    "event",
    "columns",
    "consent_text",
    "consent_source",
    "consent",
    "signed",
)
_OTHERS: Final[dict[str, tuple[str, ...]]] = {
    Trigger.WEBHOOK: ("onto",),
    Trigger.LIST: _OF_WEBHOOKS,
    Trigger.SILENCE: ("onto", *_OF_WEBHOOKS),
}


def columns_of(text: str) -> dict[str, str]:
    """`column = path`, one a line; without a path the column's name is the path."""
    found = {}
    for line in text.splitlines():
        column, _equals, path = line.partition("=")
        if column.strip():
            found[column.strip()] = path.strip() or column.strip()
    return found


def initial_of(row: Automation) -> dict[str, Any]:
    """As it was filled in before."""
    fields: Mapping[str, Any] = row.fields
    columns = fields.get("properties", {})
    return {
        "name": row.campaign.name,
        "onto": row.list_id,
        "after_count": row.after_count,
        "after_unit": row.after_unit,
        "phone": fields.get("phone", ""),
        "person": fields.get("name", ""),
        "event": fields.get("event", ""),
        "consent": fields.get("consent", ""),
        "columns": "\n".join(f"{column} = {path}" for column, path in columns.items()),
        "consent_text": row.consent_text,
        "consent_source": row.consent_source,
        "signed": row.signed,
        "repeats": row.repeats,
        "rate": row.campaign.rate or RATE,
    }
