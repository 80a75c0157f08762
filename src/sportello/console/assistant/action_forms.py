"""An action as a person writes it down, and the number and values of its trial."""

import re
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.fields import whole_address
from sportello.rules import tool
from sportello.schema.actions import Action
from sportello.schema.library import Pair

_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,58}")
_HEADERS_OURS: Final = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept"}
    | {"idempotency-key", "user-agent", "cookie"}
)
_KINDS: Final = {kind.value for kind in tool.Kind}
_AREA = forms.Textarea(attrs={"rows": 3})


class ActionForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("As the customer reads it before a change: “Cancel the order”."),
    )
    enabled = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    pair = forms.ModelChoiceField(
        label=gettext_lazy("Question that sets it off"),
        queryset=Pair.objects.none(),
        empty_label=gettext_lazy("None: only a model uses it"),
        required=False,
        help_text=gettext_lazy(
            "One of the knowledge; its variants are the example phrases. Switched off, its answer "
            "is given instead. Without one, only a model uses the action."
        ),
    )
    purpose = forms.CharField(
        label=gettext_lazy("When a model shall use it"), required=False, max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    writes = forms.BooleanField(
        label=gettext_lazy("It changes something"),
        required=False,
        help_text=gettext_lazy("Then the customer must tap a button before it is called."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://api.example.com/orders"}),
        help_text=gettext_lazy(
            "Called with POST and a JSON body: the customer's WhatsApp number under “customer”, "
            "the values under “parameters”. Nobody can name another number. 404 means that "
            "nothing is known for it."
        ),
    )
    header = forms.CharField(
        label=gettext_lazy("Header of the secret"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "Authorization"}),
    )  # fmt: skip
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Encrypted as it is saved, never shown. Empty: as it is."),
    )
    values = forms.CharField(
        label=gettext_lazy("Values from the conversation"),
        required=False,
        max_length=2000,
        widget=_AREA,
        help_text=gettext_lazy(
            "One per line: name | kind | question. Kinds: number, email, words, a mask such as "
            "MV-#### (# a digit, @ a letter), or choices with commas: blue, green."
        ),
    )
    reply = forms.CharField(
        label=gettext_lazy("What is said"), max_length=1000, widget=_AREA,
        help_text=gettext_lazy("With values of the answer: “Your order {order.code} is {state}.”"),
    )  # fmt: skip
    nothing = forms.CharField(
        label=gettext_lazy("Where nothing is known for the number"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Empty: the assistant says so and offers a person."),
    )

    def __init__(self, data: Any = None, *, action: Action | None = None) -> None:
        super().__init__(data, initial=None if action is None else _initial(action))
        self._action = action
        pairs = Pair.objects.filter(deleted_at__isnull=True).order_by("question")
        self.fields["pair"].queryset = pairs  # type: ignore[attr-defined]  # the stub knows only Field
        self.fields["pair"].label_from_instance = _question  # type: ignore[attr-defined]  # as above
        if action is not None and action.secret_last4:
            self.fields["secret"].widget.attrs["placeholder"] = f"•••• {action.secret_last4}"

    def clean_url(self) -> str:
        return whole_address(self.cleaned_data["url"])

    def clean_header(self) -> str:
        told: str = self.cleaned_data["header"].strip()
        if told and (not _HEADER.fullmatch(told) or told.lower() in _HEADERS_OURS):
            raise forms.ValidationError(_("This header cannot carry a secret."))
        return told

    def clean_pair(self) -> Pair | None:
        pair: Pair | None = self.cleaned_data["pair"]
        others = self._others().filter(pair=pair)
        if pair is not None and others.exists():
            raise forms.ValidationError(_("Another action already answers this question."))
        return pair

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = self._others().filter(name=name)
        if name == "none" or others.exists():
            raise forms.ValidationError(_("There is an action of this name."))
        return name

    def _others(self) -> QuerySet[Action]:
        known = 0 if self._action is None else self._action.pk
        return Action.objects.exclude(pk=known)

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        lines = [line for line in filled.get("values", "").splitlines() if line.strip()]
        try:
            filled["parameters"] = [_parameter(line) for line in lines]
        except ValueError as error:
            self.add_error("values", _("This line cannot be used: %(line)s") % {"line": error})
        names = [one["name"] for one in filled.get("parameters", [])]
        if len(names) > tool.PARAMETERS_MAX or len(names) != len(set(names)):
            self.add_error("values", _("At most six values, each with its own name."))
        moved = self._action is not None and self._action.url != filled.get("url")
        if moved and self._action and self._action.secret_last4 and not filled.get("secret"):
            self.add_error(
                "secret", _("Give the secret again: the old one was meant for another address.")
            )
        if filled.get("secret") and not filled.get("header"):
            self.add_error("header", _("Say in which header the secret goes."))
        return filled


class TrialForm(forms.Form):
    """The number as whose owner it is tried, and a field for each value."""

    wa_id = forms.RegexField(
        label=gettext_lazy("As this WhatsApp number"),
        regex=r"\A\+?[0-9][0-9 ]{6,18}\Z",
        error_messages={"invalid": gettext_lazy("Digits only, with the country's prefix.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "placeholder": "39 333 1234567"}),
    )

    def __init__(self, data: Any = None, *, action: Action) -> None:
        super().__init__(data, prefix="try")
        self._parameters = [_read(told) for told in action.parameters]
        for parameter in self._parameters:
            self.fields[f"value_{parameter.name}"] = forms.CharField(
                label=parameter.name, max_length=tool.VALUE_MAX, help_text=parameter.mask
            )

    def clean_wa_id(self) -> str:
        told: str = self.cleaned_data["wa_id"]
        return told.replace(" ", "").lstrip("+")

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        for parameter in self._parameters:
            name = f"value_{parameter.name}"
            if name in filled and not tool.fits(parameter, filled[name]):
                self.add_error(name, _("This value is not of its kind."))
        return filled

    def values(self) -> dict[str, str]:
        return {one.name: self.cleaned_data[f"value_{one.name}"] for one in self._parameters}


def _question(pair: Pair) -> str:
    return pair.question


def _initial(action: Action) -> dict[str, Any]:
    told = {name: getattr(action, name) for name in (
        "name", "enabled", "purpose", "writes", "url", "header", "reply", "nothing")}  # fmt: skip
    lines = [_line(_read(one)) for one in action.parameters]
    return {**told, "pair": action.pair_id, "values": "\n".join(lines)}


def _read(told: dict[str, Any]) -> tool.Parameter:
    choices = tuple(told.get("choices", ()))
    kind = tool.Kind(told["kind"])
    return tool.Parameter(told["name"], kind, told["ask"], told.get("mask", ""), choices)


def _line(parameter: tool.Parameter) -> str:
    kind: str = parameter.kind.value
    if parameter.kind is tool.Kind.MASK:
        kind = parameter.mask
    elif parameter.kind is tool.Kind.CHOICE:
        kind = ", ".join(parameter.choices)
    return f"{parameter.name} | {kind} | {parameter.ask}"


def _parameter(line: str) -> dict[str, Any]:
    """Raises ValueError with the line."""
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != 3 or not tool.is_name(cells[0]) or not 0 < len(cells[2]) <= 300:
        raise ValueError(line)
    name, kind, ask = cells
    told: dict[str, Any] = {"name": name, "ask": ask}
    if kind in _KINDS - {"mask", "choice"}:
        return {**told, "kind": kind}
    if "," in kind:
        choices = list(dict.fromkeys(filter(None, (one.strip() for one in kind.split(",")))))
        if not 2 <= len(choices) <= 20:
            raise ValueError(line)
        return {**told, "kind": "choice", "choices": choices}
    if not tool.is_mask(kind):
        raise ValueError(line)
    return {**told, "kind": "mask", "mask": kind}
