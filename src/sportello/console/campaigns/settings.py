"""The company's rules for campaigns: when the brake acts, who goes first, how often is enough."""

from dataclasses import dataclass
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
from sportello.schema.team import Workspace

_UNFIT: Final = 422
_FORBIDDEN: Final = 403
_PERCENT: Final = 100
_SHARES: Final = ("brake_failures", "brake_stops", "brake_marketing_cap")
_COUNTS: Final = ("brake_sample_min", "canary", "promotions_max", "promotions_days")


def _percent(label: Any, most: int, said: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=said,
        min_value=0,
        max_value=most,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )


class RulesForm(forms.Form):
    """Shares are hundredths on the page, and parts of one in the row."""

    brake_failures = _percent(
        gettext_lazy("Messages that fail, %"),
        50,
        gettext_lazy(
            "Usual: 10. Higher, and a bad list is written to for longer: Meta takes many wrong "
            "numbers for a bought list."
        ),
    )
    brake_stops = _percent(
        gettext_lazy("People who ask to stop, %"),
        20,
        gettext_lazy(
            "Usual: 2. For each who writes STOP others block in silence, and blocks are what "
            "numbers are shut for."
        ),
    )
    brake_marketing_cap = _percent(
        gettext_lazy("Messages that Meta withholds, %"),
        90,
        gettext_lazy(
            "Usual: 30. Meta withholds what people get too much of; to insist costs quality."
        ),
    )
    brake_sample_min = forms.IntegerField(
        label=gettext_lazy("Not before so many have left"),
        min_value=10,
        max_value=1_000,
        help_text=gettext_lazy(
            "Usual: 50. Fewer, and one mishap stops everything; more, and it stops late."
        ),
    )
    canary = forms.IntegerField(
        label=gettext_lazy("How many go first"),
        required=False,
        min_value=1,
        max_value=60_000,
        help_text=gettext_lazy(
            "Proposed for every new campaign. Usual: 50. Empty: everybody at once, and a mistake "
            "reaches all before anyone sees it."
        ),
    )
    promotions_max = forms.IntegerField(
        label=gettext_lazy("Promotions for a person"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy(
            "Usual: 3. Who has had as many is skipped, whatever campaign it is. Empty: no limit, "
            "and the same people may be written to every day until they block."
        ),
    )
    promotions_days = forms.IntegerField(
        label=gettext_lazy("In so many days"), min_value=1, max_value=90
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """As they are kept: shares from 0 to 1; None: no canary, no limit."""

    brake_failures: float
    brake_stops: float
    brake_marketing_cap: float
    brake_sample_min: int
    canary: int | None
    promotions_max: int | None
    promotions_days: int


def rules(workspace: Workspace) -> Rules:
    return Rules(**{name: getattr(workspace, name) for name in (*_SHARES, *_COUNTS)})


def keep(workspace: Workspace, wanted: Rules) -> None:
    """They hold for running campaigns too, from the brake's next look on."""
    changes = {name: getattr(wanted, name) for name in (*_SHARES, *_COUNTS)}
    Workspace.objects.filter(pk=workspace.pk).update(**changes)


@member
@require_http_methods(["GET", "POST"])
def rules_of_campaigns(request: DeskRequest) -> HttpResponse:
    administers = may_administer(request.membership)
    given = request.POST if request.method == "POST" else None
    form = RulesForm(given, initial=_initial(request.workspace))
    if request.method == "POST" and not administers:
        return render(request, "403.html", status=_FORBIDDEN)
    if request.method == "POST" and form.is_valid():
        keep(request.workspace, _rules(form.cleaned_data))
        messages.success(request, _("Saved. Campaigns that are running follow it too."))
        return redirect("policy-campaigns")
    shown = {"form": form, "administers": administers}
    status = _UNFIT if form.errors else None
    return render(request, "campaigns/rules.html", shown, status=status)


def _initial(workspace: Workspace) -> dict[str, Any]:
    shares = {name: f"{getattr(workspace, name) * _PERCENT:g}" for name in _SHARES}
    return shares | {name: getattr(workspace, name) for name in _COUNTS}


def _rules(filled: dict[str, Any]) -> Rules:
    wanted: dict[str, Any] = {name: float(filled[name]) / _PERCENT for name in _SHARES}
    return Rules(**wanted | {name: filled[name] for name in _COUNTS})
