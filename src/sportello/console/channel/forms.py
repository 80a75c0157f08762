"""What people type in about a number: credentials, PIN, profile."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.channel.captions import VERTICALS
from sportello.rules import profile
from sportello.rules.connecting import PIN_LENGTH

_ID = r"^[0-9]{5,32}$"
_DIGITS: Final = {"inputmode": "numeric", "autocomplete": "off"}
_SECRET: Final = {"autocomplete": "off", "spellcheck": "false"}


def _pin(*, required: bool) -> forms.RegexField:
    return forms.RegexField(
        rf"^[0-9]{{{PIN_LENGTH}}}$",
        label=gettext_lazy("Six-digit PIN"),
        required=required,
        error_messages={"invalid": gettext_lazy("Six digits.")},
        widget=forms.PasswordInput(
            attrs={
                **_DIGITS,
                "maxlength": PIN_LENGTH,
                "pattern": f"[0-9]{{{PIN_LENGTH}}}",
                "title": gettext_lazy("Six digits."),
            }
        ),
        help_text=gettext_lazy(
            "Of the two-step verification. A number that has none yet takes this one."
        ),
    )


def _id(label: Any, hint: Any, *, required: bool) -> forms.RegexField:
    return forms.RegexField(
        _ID,
        label=label,
        help_text=hint,
        required=required,
        error_messages={"invalid": gettext_lazy("An id of Meta's: digits alone.")},
        widget=forms.TextInput(attrs=_DIGITS),
    )


def _token(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Access token"),
        min_length=20,
        max_length=1024,
        required=required,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text=gettext_lazy(
            "Of a system user: Business settings, System users, Generate token. It is stored "
            "encrypted; only its last four characters are ever shown."
        ),
    )


def _app_secret() -> forms.RegexField:
    return forms.RegexField(
        r"^[0-9a-fA-F]{16,64}$",
        label=gettext_lazy("App secret"),
        required=False,
        error_messages={"invalid": gettext_lazy("Letters a to f and digits.")},
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text=gettext_lazy(
            "Only for a token of another app than this installation's: with it webhooks are "
            "verified."
        ),
    )


class DialogueForm(forms.Form):
    """What Meta's window brings, beside the PIN."""

    pin = _pin(required=False)
    code = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    waba_id = forms.RegexField(_ID, required=False, widget=forms.HiddenInput)
    phone_number_id = forms.RegexField(_ID, required=False, widget=forms.HiddenInput)


class HandForm(forms.Form):
    """Credentials by hand."""

    token = _token(required=True)
    waba_id = _id(
        gettext_lazy("Id of the WhatsApp account"),
        gettext_lazy("WhatsApp Manager shows it under the account's name."),
        required=True,
    )
    phone_number_id = _id(
        gettext_lazy("Id of the number"),
        gettext_lazy("Empty: the account's only number."),
        required=False,
    )
    pin = _pin(required=False)
    app_secret = _app_secret()


class MissingForm(forms.Form):
    """What a step that stopped asks for; only the fields that it names are read."""

    pin = _pin(required=False)
    token = _token(required=False)
    app_secret = _app_secret()
    code = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)
    waba_id = _id(gettext_lazy("Id of the WhatsApp account"), "", required=False)
    phone_number_id = forms.RegexField(_ID, required=False)


class ProfileForm(forms.Form):
    """The business profile; lengths are Meta's."""

    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=profile.LENGTHS["description"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What the company does, in two or three sentences."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=profile.LENGTHS["email"], required=False
    )
    site = forms.CharField(
        label=gettext_lazy("Web site"), max_length=profile.SITE_LENGTH_MAX, required=False
    )
    other_site = forms.CharField(
        label=gettext_lazy("Second site"), max_length=profile.SITE_LENGTH_MAX, required=False
    )
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=profile.LENGTHS["address"], required=False
    )
    vertical = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    about = forms.CharField(
        label=gettext_lazy("About"),
        max_length=profile.LENGTHS["about"],
        required=False,
        help_text=gettext_lazy(
            "The line under the name. Once set, it can be changed, not emptied."
        ),
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=gettext_lazy("JPEG or PNG, square, at least 192 pixels, at most 5 MB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The categories are named in the language of the page."""
        super().__init__(*args, **kwargs)
        choices = [(word, VERTICALS[word]) for word in profile.VERTICALS]
        field = self.fields["vertical"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("not chosen")), *choices]

    def clean_site(self) -> str:
        return _site(self.cleaned_data["site"])

    def clean_other_site(self) -> str:
        return _site(self.cleaned_data["other_site"])

    def wish(self) -> dict[str, Any]:
        """As `rules.profile.changes` takes it."""
        filled = self.cleaned_data
        sites = [filled[name] for name in ("site", "other_site") if filled[name]]
        plain = {name: filled[name] for name in (*profile.LENGTHS, "vertical")}
        return plain | {"websites": sites}


def _site(given: str) -> str:
    """An address without its scheme gets one."""
    text = given.strip()
    if not text:
        return ""
    whole = text if "://" in text else f"https://{text}"
    if not profile.is_site(whole):
        raise forms.ValidationError(_("This is no web address."))
    return whole
