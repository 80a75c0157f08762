"""How the assistant behaves: on or off, how long it waits, when it dares to answer, its name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.library import daring
from sportello.console.members import member
from sportello.schema.team import Workspace

_UNFIT = 422
_FORBIDDEN = 403


class ConductForm(forms.Form):
    """Seconds and percents on the page; milliseconds and shares in the row."""

    assistant_on = forms.BooleanField(
        label=gettext_lazy("The assistant answers"),
        required=False,
        help_text=gettext_lazy("Switched off, every conversation waits for a person."),
    )
    assistant_name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("How it introduces itself. It always says that it is an AI."),
    )
    debounce_s = forms.FloatField(
        label=gettext_lazy("Pause before answering, in seconds"),
        min_value=0,
        max_value=30,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
        help_text=gettext_lazy("Customers write in bursts: it waits this long for the next line."),
    )
    debounce_s_max = forms.FloatField(
        label=gettext_lazy("At most, in seconds"),
        min_value=0,
        max_value=60,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
        help_text=gettext_lazy("However long the burst, it answers after this time."),
    )
    answer_from = forms.IntegerField(
        label=gettext_lazy("Answers from this certainty on"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Below it, it asks what is meant, or hands over."),
    )
    clarify_from = forms.IntegerField(
        label=gettext_lazy("Asks from, in percent"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("From here it asks what is meant; below it hands over."),
    )

    release_after_minutes = forms.IntegerField(
        label=gettext_lazy("Back to the assistant after, in minutes"),
        required=False,
        min_value=5,
        max_value=7 * 24 * 60,
        help_text=gettext_lazy(
            "A chat that a person holds and leaves alone for so long goes back to the assistant. "
            "Empty: only by hand."
        ),
    )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        if filled.get("clarify_from", 0) > filled.get("answer_from", 100):
            self.add_error("clarify_from", _("It must not lie above the point where it answers."))
        if filled.get("debounce_s", 0) > filled.get("debounce_s_max", 60):
            self.add_error("debounce_s_max", _("It must not be shorter than the pause."))
        return filled


@member
@require_http_methods(["GET", "POST"])
def assistant(request: DeskRequest) -> HttpResponse:
    administers = may_administer(request.membership)
    form = ConductForm(request.POST or None, initial=_initial(request.workspace))
    if request.method == "POST" and not administers:
        return render(request, "403.html", status=_FORBIDDEN)
    if request.method == "POST" and form.is_valid():
        _keep(request.workspace, form.cleaned_data)
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect("assistant")
    measured = daring.measured()
    current = round(request.workspace.answer_from * 100)
    steps = forms.Select(choices=daring.choices(measured, current))
    form.fields["answer_from"].widget = steps
    shown = {
        "may_write": may_write(request.membership),
        "form": form,
        "administers": administers,
        "measured": measured,
        "now_it": daring.in_words(measured, request.workspace.answer_from),
        "tab": "conduct",
    }
    status = _UNFIT if form.errors else None
    return render(request, "library/assistant.html", shown, status=status)


def _initial(workspace: Workspace) -> dict[str, Any]:
    return {
        "assistant_on": workspace.assistant_on,
        "assistant_name": workspace.assistant_name,
        "debounce_s": f"{workspace.debounce_ms / 1000:g}",
        "debounce_s_max": f"{workspace.debounce_ms_max / 1000:g}",
        "answer_from": round(workspace.answer_from * 100),
        "clarify_from": round(workspace.clarify_from * 100),
        "release_after_minutes": workspace.release_after_minutes,
    }


def _keep(workspace: Workspace, filled: dict[str, Any]) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(
        assistant_on=filled["assistant_on"],
        assistant_name=filled["assistant_name"],
        debounce_ms=int(filled["debounce_s"] * 1000),
        debounce_ms_max=int(filled["debounce_s_max"] * 1000),
        answer_from=filled["answer_from"] / 100,
        clarify_from=filled["clarify_from"] / 100,
        release_after_minutes=filled["release_after_minutes"],
    )
