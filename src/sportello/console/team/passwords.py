"""The forms of a person's own password: allauth's, in the words and letters of these pages."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, SetPasswordForm
from django import forms
from django.utils.translation import gettext_lazy as _


class Changing(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types for its forms
    """The password that is there, and another one twice."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _called(self, oldpassword=_("Current password"), **_NEW)


class Setting(SetPasswordForm):  # type: ignore[misc]  # the same
    """The first password, twice."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        _called(self, **_NEW)


_NEW = {"password1": _("New password"), "password2": _("New password, once more")}


def _called(form: forms.Form, **labels: Any) -> None:
    """Allauth writes each label into the field as well: it would be gone when it is needed."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
