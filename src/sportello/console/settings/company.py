"""The page of the company itself: name, language, country, what it asks of its people."""

from typing import Final

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.schema.team import Workspace

_UNFIT: Final = 422
_FIELDS: Final = (
    "name",
    "language",
    "country",
    "second_factor_required",
)


class CompanyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("In which the company writes to customers whose own is not known."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        help_text=gettext_lazy("Two letters; phone numbers written without a prefix are of there."),
    )
    second_factor_required = forms.BooleanField(
        label=gettext_lazy("Everybody needs a second factor"),
        required=False,
        help_text=gettext_lazy(
            "Whoever has none is led to set one up at the next page, and gets no further."
        ),
    )

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].upper()
        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise forms.ValidationError(_("No such country: two letters, as IT."))
        return country


@member
@require_http_methods(["GET", "POST"])
def company(request: DeskRequest) -> HttpResponse:
    kept = {name: getattr(request.workspace, name) for name in _FIELDS}
    form = CompanyForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        Workspace.objects.filter(pk=request.workspace.pk).update(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings:company")
    shown = {"form": form, "tab": "company"}
    return render(request, "settings/company.html", shown, status=_UNFIT if form.errors else None)
