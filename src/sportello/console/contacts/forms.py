"""A consent, a withdrawal and a file of contacts as a person fills them in."""

from datetime import datetime
from typing import Any, Final

import phonenumbers
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sportello.console.contacts.importing import LIST_NAME_MAX, LISTS_MAX
from sportello.console.contacts.ledger import PROOF_MAX, TEXT_MAX, Statement
from sportello.console.contacts.words import FILE, PROVENANCE
from sportello.intake import table
from sportello.rules import provenance
from sportello.rules.consent import Change, Topic
from sportello.rules.contact_rows import VALUE_MAX
from sportello.schema.people import ContactList

LISTS_SHOWN: Final = 100
# By code and prefix: names of countries would be a dictionary of their own.
COUNTRIES: Final = [
    (code, f"{code} +{phonenumbers.country_code_for_region(code)}")
    for code in sorted(phonenumbers.SUPPORTED_REGIONS)
]
TOPICS = [
    (Topic.MARKETING.value, _("Promotions and offers")),
    (Topic.UTILITY.value, _("Messages about their own orders and appointments")),
]
_MOMENT = "%Y-%m-%dT%H:%M"


class ConsentForm(forms.Form):
    topic = forms.ChoiceField(label=_("They agree to"), choices=TOPICS)
    text = forms.CharField(
        label=_("The words they agreed to"),
        max_length=TEXT_MAX,
        help_text=_("As they stood on the form, or as they were said."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    given_by = forms.CharField(
        label=_("How they agreed"),
        max_length=200,
        help_text=_("For instance: paper form at the till, by telephone, on the web site."),
    )
    at = forms.DateTimeField(
        label=_("When"),
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )
    note = forms.CharField(
        label=_("What proves it"),
        required=False,
        max_length=PROOF_MAX,
        help_text=_("Where the form is kept, who took the call. Needed if they had said no."),
    )

    def statement(self) -> Statement:
        """What was filled in; the form must be valid."""
        filled = self.cleaned_data
        return Statement(
            topic=Topic(filled["topic"]),
            change=Change.GRANT,
            text=filled["text"],
            at=filled["at"],
            given_by=filled["given_by"],
            note=filled["note"],
        )


class WithdrawalForm(forms.Form):
    text = forms.CharField(
        label=_("What they said"),
        required=False,
        max_length=TEXT_MAX,
        help_text=_("In their own words, if you have them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def statement(self, now: datetime) -> Statement:
        return Statement(Topic.MARKETING, Change.WITHDRAW, self.cleaned_data["text"], now)


class _ListsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # at run time it takes none
    def label_from_instance(self, one: Any) -> str:
        return str(one.name)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of contacts"),
        help_text=_(
            "CSV, TSV or Excel (.xlsx): at most 1,000,000 rows and 200 MB. Separator and encoding "
            "are found out by themselves."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    provenance = forms.CharField(
        label=_("Where do these people come from?"),
        max_length=provenance.LENGTH_MAX,
        help_text=_(
            "In a sentence: how you know them and how they agreed. Bought lists are the first "
            "reason for which Meta blocks accounts; they are not imported."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lists = _ListsField(
        ContactList.objects.none(),
        label=_("Lists that they join"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    list_name = forms.CharField(
        label=_("A new list"),
        required=False,
        max_length=LIST_NAME_MAX,
        help_text=_("They join it too. Empty: no list is made."),
    )
    consent_text = forms.CharField(
        label=_("The words they all agreed to"),
        required=False,
        max_length=TEXT_MAX,
        help_text=_(
            "Only if all rows share them; a column of the file can say it row by row. Without "
            "words and date nobody here gets promotions."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent_source = forms.CharField(
        label=_("How they agreed"), required=False, max_length=VALUE_MAX
    )
    consent_at = forms.DateField(
        label=_("On which day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        found = ContactList.objects.order_by("name")[:LISTS_SHOWN]
        field = self.fields["lists"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = ContactList.objects.filter(pk__in=[one.pk for one in found])

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > table.BYTES_MAX:
            raise forms.ValidationError(str(FILE[table.Flaw.TOO_LARGE]))
        return file

    def clean_lists(self) -> Any:
        chosen = self.cleaned_data["lists"]
        if len(chosen) > LISTS_MAX:
            raise forms.ValidationError(_("Choose 20 lists at most."))
        return chosen

    def clean_provenance(self) -> str:
        declared: str = self.cleaned_data["provenance"]
        flaw = provenance.flaw(declared)
        if flaw is not None:
            raise forms.ValidationError(str(PROVENANCE[flaw]))
        return declared
