"""The assistant's settings as a person fills them in."""

from datetime import time
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.fields import MONEY, PriceField, SecretField, ServerField
from sportello.schema.assistant import Form, Provider

_MICROS: Final = 1_000_000
_BUDGET_MAX: Final = 1_000_000
_LINES_MAX: Final = 40
_LINE_MAX: Final = 120
_CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class Lines(forms.CharField):
    """A list, one line each; blank lines do not count."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            required=False,
            max_length=_LINES_MAX * (_LINE_MAX + 2),
            widget=forms.Textarea(attrs={"rows": 3}),
            **more,
        )

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        kept = list(dict.fromkeys(filter(None, lines)))
        if len(kept) > _LINES_MAX or any(len(line) > _LINE_MAX for line in kept):
            raise forms.ValidationError(
                _("At most %(lines)d lines of %(length)d characters.")
                % {"lines": _LINES_MAX, "length": _LINE_MAX}
            )
        return kept


class ToneForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("In Italian it says"),
        choices=[(Form.FORMAL, gettext_lazy("Lei (formal)")), (Form.INFORMAL, gettext_lazy("tu"))],
    )
    emoji = forms.BooleanField(
        label=gettext_lazy("Emoji"),
        required=False,
        help_text=gettext_lazy("With a model: one at most in an answer. Off, none at all."),
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Closes the company's own answers."),
    )
    persona = forms.CharField(
        label=gettext_lazy("How it should sound"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In your words, for a model: “warm and brief, like our shop”."),
    )
    forbidden = Lines(
        label=gettext_lazy("A model never writes"),
        help_text=gettext_lazy("Words or expressions, one per line."),
    )
    topics = Lines(
        label=gettext_lazy("Always for a person"),
        help_text=gettext_lazy(
            "Topics, one per line: “refund”, “lost parcel”. Whoever names one gets a person."
        ),
    )
    silent_from = forms.TimeField(label=gettext_lazy("Silent from"), required=False, widget=_CLOCK)
    silent_until = forms.TimeField(
        label=gettext_lazy("Silent until"), required=False, widget=_CLOCK
    )
    away_message = forms.CharField(
        label=gettext_lazy("Automatic message"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Sent once while the assistant is silent or switched off. Write {quando} where it "
            "shall say when people are back. Empty: nothing is sent."
        ),
    )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        missing = _missing(filled.get("silent_from"), filled.get("silent_until"))
        if missing is not None:
            wrong = ("silent_from", "silent_until")[missing]
            self.add_error(wrong, _("Give both hours, or neither."))
        return filled


def _missing(begins: time | None, ends: time | None) -> int | None:
    """Which of two hours is missing, 0 or 1; None where both or neither are there."""
    if (begins is None) == (ends is None):
        return None
    return 0 if begins is None else 1


class ModelForm(forms.Form):
    """One model. An empty key leaves the one that is kept; prices are for a million tokens."""

    enabled = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    provider = forms.ChoiceField(
        label=gettext_lazy("Provider"),
        choices=[
            (Provider.OPENAI, gettext_lazy("OpenAI, or any server that speaks its protocol")),
            (Provider.ANTHROPIC, "Anthropic"),
            (Provider.MISTRAL, "Mistral"),
        ],
    )
    sees = forms.BooleanField(
        label=gettext_lazy("It sees pictures"),
        required=False,
        help_text=gettext_lazy(
            "Pictures that customers send are described by it, and answered like words."
        ),
    )
    base_url = ServerField(
        help_text=gettext_lazy(
            "Empty: the provider's own. A server of the house must be named in "
            "SPORTELLO_PRIVATE_HOSTS by whoever installs Sportello."
        ),
    )
    model = forms.CharField(label=gettext_lazy("Model"), max_length=120)
    key = SecretField()
    price_in = PriceField(
        label=gettext_lazy("Price of a million tokens read"),
    )
    price_out = PriceField(
        label=gettext_lazy("Price of a million tokens written"),
        help_text=gettext_lazy("From the provider's price list. Budgets count with it."),
    )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        if filled.get("provider") == Provider.OPENAI and not filled.get("base_url"):
            filled["base_url"] = "https://api.openai.com/v1"
        return filled


class FilesForm(forms.Form):
    """Who puts into words what customers send. An empty key leaves the one that is kept."""

    documents = forms.BooleanField(
        label=gettext_lazy("Read documents"),
        required=False,
        help_text=gettext_lazy("PDF, Word and text, without a model: how they begin."),
    )
    voice = forms.BooleanField(
        label=gettext_lazy("Write voice notes down"),
        required=False,
        help_text=gettext_lazy("Up to five minutes, by a server of your choice."),
    )
    voice_url = ServerField(
        help_text=gettext_lazy("A server that speaks OpenAI's protocol for transcriptions."),
    )
    voice_model = forms.CharField(label=gettext_lazy("Model"), required=False, max_length=120)
    voice_key = SecretField()
    voice_minute = PriceField(
        label=gettext_lazy("Price of a minute"),
        help_text=gettext_lazy("From the provider's price list. Budgets count with it."),
    )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        for name in ("voice_url", "voice_model"):
            if filled.get("voice") and not filled.get(name) and name not in self.errors:
                self.add_error(name, _("Voice notes need an address and a model."))
        return filled


class Ceiling(forms.DecimalField):
    """What may be spent; empty for as much as it takes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            required=False,
            min_value=0,
            max_value=_BUDGET_MAX,
            decimal_places=4,
            widget=MONEY,
            **more,
        )


class BudgetForm(forms.Form):
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[("EUR", "EUR"), ("USD", "USD"), ("GBP", "GBP")]
    )
    chat = Ceiling(label=gettext_lazy("One chat in a day"))
    day = Ceiling(label=gettext_lazy("All chats in a day"))
    month = Ceiling(label=gettext_lazy("All chats in a month"))


def micros(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * _MICROS)


def units(amount_micros: int | None) -> str:
    """As a number field shows it: without zeros at its end."""
    if amount_micros is None:
        return ""
    return f"{Decimal(amount_micros) / _MICROS:f}"
