"""The page of the company's own sign-in: its OpenID Connect provider, chosen by an owner."""

import asyncio
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console import sealing
from sportello.console.access import DeskRequest
from sportello.console.fields import whole_address
from sportello.console.members import member
from sportello.console.team import company_door
from sportello.console.team.sign_in_words import words_of_flaw
from sportello.fetching import openid
from sportello.schema.sign_in import Identity, IdentityProvider
from sportello.schema.team import Role

_UNFIT: Final = 422
_LAST: Final = 4


class ProviderForm(forms.Form):
    enabled = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    button = forms.CharField(
        label=gettext_lazy("Name on the button"),
        max_length=60,
        help_text=gettext_lazy("What your people know it by, as Google or Acme."),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Address of the issuer"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://accounts.google.com"}),
        help_text=gettext_lazy("The provider's description is looked up there when you save."),
    )
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=300)
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, row: IdentityProvider | None) -> None:
        names = ("enabled", "button", "issuer", "client_id")
        kept = {"enabled": True} if row is None else {one: getattr(row, one) for one in names}
        super().__init__(data, initial=kept)
        self._row = row
        self.fields["secret"].required = row is None
        if row is not None:
            self.fields["secret"].help_text = _(
                "Empty: it stays the one that ends in %(last)s."
            ) % {"last": row.secret_last4}

    def clean_issuer(self) -> str:
        return whole_address(self.cleaned_data["issuer"])

    def clean(self) -> dict[str, Any]:
        """A secret was given to one issuer: another one gets a secret of its own."""
        told = self.cleaned_data
        moved = self._row is not None and told.get("issuer") not in {None, self._row.issuer}
        if moved and not told.get("secret"):
            self.add_error("secret", _("Another issuer: enter the secret that it gave you."))
        if not self.errors:
            try:
                asyncio.run(openid.discover(told["issuer"], company_door.limits()))
            except openid.OpenIdError as error:
                self.add_error("issuer", str(words_of_flaw(error.code)))
        return told


@member
@require_http_methods(["GET", "POST"])
def sign_in(request: DeskRequest) -> HttpResponse:
    row = IdentityProvider.objects.filter(workspace=request.workspace).first()
    if request.method == "GET":
        return _page(request, row, ProviderForm(None, row))
    _demand_owner(request)
    form = ProviderForm(request.POST, row)
    if not form.is_valid():
        return _page(request, row, form, status=_UNFIT)
    _save(request, row, form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("settings:sign-in")


@member
@require_POST
def removal(request: DeskRequest) -> HttpResponse:
    _demand_owner(request)
    IdentityProvider.objects.filter(workspace=request.workspace).delete()
    messages.success(request, _("Removed: people sign in with passwords and passkeys."))
    return redirect("settings:sign-in")


def _demand_owner(request: DeskRequest) -> None:
    """Whoever chooses the provider could be anybody of the company with it, owners included."""
    if request.membership.role != Role.OWNER:
        raise PermissionDenied("owners alone choose who vouches for people")


def _save(request: DeskRequest, row: IdentityProvider | None, told: dict[str, Any]) -> None:
    workspace = request.workspace
    if row is None:
        row = IdentityProvider(workspace=workspace, door=workspace.slug, sealed=b"")
    elif row.issuer != told["issuer"]:
        # The names by which one provider knows people mean nothing to another.
        Identity.objects.filter(provider=row).delete()
    for name in ("enabled", "button", "issuer", "client_id"):
        setattr(row, name, told[name])
    row.save()
    if told["secret"]:
        row.sealed = sealing.for_provider(row.pk, told["secret"])
        row.secret_last4 = told["secret"][-_LAST:]
        row.save(update_fields=["sealed", "secret_last4"])


def _page(
    request: DeskRequest,
    row: IdentityProvider | None,
    form: ProviderForm,
    status: int | None = None,
) -> HttpResponse:
    address = request.build_absolute_uri(reverse("company-door", args=[request.workspace.slug]))
    shown = {
        "form": form,
        "provider": row,
        "known": Identity.objects.filter(provider=row).count() if row else 0,
        "returns_to": company_door.returns_to(),
        "address": address,
        "may_change": request.membership.role == Role.OWNER,
        "tab": "sign-in",
    }
    return render(request, "settings/sign_in.html", shown, status=status)
