"""Fields that several rooms' forms ask for: a whole address, a secret, a price."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_PRICE_MAX: Final = 10_000
MONEY: Final = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})


def whole_address(told: str) -> str:
    """An address as it was given. What may be reached is looked at again whenever it is asked
    (`fetching`). Raises forms.ValidationError.
    """
    told = told.strip()
    try:
        parts = urlsplit(told)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if not whole or parts.username or parts.password or re.search(r"[\s\\]", told):
        raise forms.ValidationError(_("Write a whole address, with https:// in front."))
    return told


class ServerField(forms.CharField):
    """The root of somebody's API, without the last slash; empty where none is told."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=gettext_lazy("Address"),
            required=False,
            max_length=500,
            widget=forms.URLInput(attrs={"placeholder": "https://api.openai.com/v1"}),
            **more,
        )

    def clean(self, value: Any) -> str:
        told: str = super().clean(value).strip().rstrip("/")
        return whole_address(told) if told else ""


class SecretField(forms.CharField):
    """Never shown again; empty leaves the one that is kept."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Key"),
            required=False,
            max_length=400,
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            help_text=gettext_lazy("Kept encrypted and never shown again. Empty: stays as it is."),
        )


class PriceField(forms.DecimalField):
    """In the company's currency, to a hundredth of a cent."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            min_value=0,
            max_value=_PRICE_MAX,
            decimal_places=4,
            initial=0,
            widget=MONEY,
            **more,
        )
