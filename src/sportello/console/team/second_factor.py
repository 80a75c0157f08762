"""The second factor: sealed secrets, and the way to it for those of whom the company asks one."""

from typing import cast

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sportello.console import sealing
from sportello.console.access import DeskRequest


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth keeps a TOTP secret and the seed of the recovery codes as they are: here sealed."""

    def encrypt(self, text: str) -> str:
        return sealing.for_factor(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises vault.UnsealError."""
        return sealing.factor(encrypted_text.encode())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002  # allauth's name
        known: int = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Key %(number)s") % {"number": known + 1}


def owed(request: DeskRequest) -> HttpResponseBase | None:
    """Leads a person without a second factor to set one up, where the company asks for it."""
    if not request.workspace.second_factor_required or is_mfa_enabled(request.user):
        return None
    page = reverse("mfa_index")
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": page})
    return redirect(page)


def holders(user_ids: list[int]) -> set[int]:
    """Those of them who have a second factor."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    found = rows.filter(user_id__in=user_ids).values_list("user_id", flat=True)
    return set(cast("list[int]", list(found)))
