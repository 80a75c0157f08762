"""The page of the company's policy: one template until they answer, quiet hours, the budget."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_administer
from sportello.console.members import member
from sportello.console.money import prices
from sportello.schema.channel import Number
from sportello.schema.team import Workspace

_UNFIT = 422
_FORBIDDEN = 403
_MICROS: Final = 1_000_000
_BUDGET_MAX: Final = 1_000_000
_CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class PolicyForm(forms.Form):
    """Whole units of the account's currency on the page; millionths in the row."""

    one_template = forms.BooleanField(
        label=gettext_lazy("One template until they answer"),
        required=False,
        help_text=gettext_lazy(
            "Whoever was written to first gets nothing more until they answer. Only campaigns "
            "plan follow-ups of their own."
        ),
    )
    quiet_from = forms.TimeField(label=gettext_lazy("From"), required=False, widget=_CLOCK)
    quiet_until = forms.TimeField(label=gettext_lazy("Until"), required=False, widget=_CLOCK)
    budget = forms.DecimalField(
        label=gettext_lazy("At most in a month"),
        required=False,
        min_value=0,
        max_value=_BUDGET_MAX,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        help_text=gettext_lazy(
            "Before tax. Templates that would cost more are refused; answers always leave. "
            "Empty: no ceiling."
        ),
    )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        begins, ends = filled.get("quiet_from"), filled.get("quiet_until")
        if not self.errors and (begins is None) != (ends is None):
            missing = "quiet_until" if ends is None else "quiet_from"
            self.add_error(missing, _("Give both hours, or neither."))
        if begins is not None and begins == ends:
            self.add_error("quiet_until", _("The two hours must differ."))
        return filled


@member
@require_http_methods(["GET", "POST"])
def policy(request: DeskRequest) -> HttpResponse:
    administers = may_administer(request.membership)
    given = request.POST if request.method == "POST" else None
    form = PolicyForm(given, initial=_initial(request.workspace))
    if request.method == "POST" and not administers:
        return render(request, "403.html", status=_FORBIDDEN)
    if request.method == "POST" and form.is_valid():
        _keep(request.workspace, form.cleaned_data)
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect("policy")
    currency = _currency()
    left = prices.budget_left(request.workspace, currency, request.now)
    shown = {
        "form": form,
        "administers": administers,
        "currency": currency,
        "left": None if left is None else Decimal(max(0, left)) / _MICROS,
        "is_relaxed": not request.workspace.one_template_until_they_answer,
    }
    return render(request, "policy/policy.html", shown, status=_UNFIT if form.errors else None)


def _currency() -> str:
    """In which Meta bills the first number's account."""
    number = Number.objects.order_by("pk").first()
    return "EUR" if number is None else number.account_currency


def _initial(workspace: Workspace) -> dict[str, Any]:
    micros = workspace.monthly_budget_micros
    return {
        "one_template": workspace.one_template_until_they_answer,
        "quiet_from": workspace.quiet_from,
        "quiet_until": workspace.quiet_until,
        "budget": None if micros is None else (Decimal(micros) / _MICROS).quantize(Decimal("0.01")),
    }


def _keep(workspace: Workspace, filled: dict[str, Any]) -> None:
    budget: Decimal | None = filled["budget"]
    Workspace.objects.filter(pk=workspace.pk).update(
        one_template_until_they_answer=filled["one_template"],
        quiet_from=filled["quiet_from"],
        quiet_until=filled["quiet_until"],
        monthly_budget_micros=None if budget is None else int(budget * _MICROS),
    )
