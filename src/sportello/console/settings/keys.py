"""The page of the API's keys: made and shown once, revoked."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.console.team import keys as api_keys
from sportello.console.team.words import ROLE
from sportello.schema.team import ApiKey, Role

_UNFIT: Final = 422
_KEYS_MAX: Final = 200
_ROLES: Final = (Role.READER, Role.OPERATOR, Role.ADMINISTRATOR)


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Which program uses it, so that you know what stops without it."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        initial=Role.OPERATOR,
        help_text=gettext_lazy("What each may do stands in the table under People."),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role, ROLE[role]) for role in _ROLES]


@member
@require_http_methods(["GET", "POST"])
def keys(request: DeskRequest) -> HttpResponse:
    """POST makes one; it is shown on the page that answers, and never again."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form, "", status=_UNFIT if form.errors else None)
    role = Role(form.cleaned_data["role"])
    _row, plain = api_keys.create(request.workspace, form.cleaned_data["name"], role)
    return _page(request, KeyForm(None), plain)


def _page(
    request: DeskRequest, form: KeyForm, made: str, status: int | None = None
) -> HttpResponse:
    rows = ApiKey.objects.filter(workspace=request.workspace).order_by("-pk")[:_KEYS_MAX]
    shown = {
        "form": form,
        "made": made,
        "keys": [{"row": row, "role": ROLE[Role(row.role)]} for row in rows],
        "tab": "keys",
    }
    return render(request, "settings/keys.html", shown, status=status)


@member
@require_POST
def revocation(request: DeskRequest, key_id: int) -> HttpResponse:
    try:
        api_keys.revoke(key_id, request.now)
    except ApiKey.DoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, _("The key opens nothing any more."))
    return redirect("settings:keys")
