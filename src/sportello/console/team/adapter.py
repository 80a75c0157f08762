"""Where allauth's ways differ from the house's: nobody registers by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Companies invite their people; a stranger has no business here."""
        del request
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        del request
        return reverse("profile")
