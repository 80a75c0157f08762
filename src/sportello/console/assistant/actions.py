"""Actions: what the assistant may do at another system of the company's, tried before it counts."""

import secrets
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer
from sportello.console.assistant import keys
from sportello.console.assistant.action_forms import ActionForm, TrialForm
from sportello.console.members import member
from sportello.schema.actions import Action, ActionRun, RunState

_UNFIT = 422
_FORBIDDEN = 403
_ACTIONS_MAX: Final = 20
_RUNS_SHOWN: Final = 30
# A worker calls within its patience of 8 s; after this the page says that none works.
_TRIES_MAX: Final = 30
WHY: Final = {
    "forbidden_address": gettext_lazy(
        "This address is not public. A server of the house must be named in "
        "SPORTELLO_PRIVATE_HOSTS."
    ),
    "no_such_host": gettext_lazy("There is no server of this name."),
    "unreachable": gettext_lazy("Nobody answers at this address."),
    "too_slow": gettext_lazy("It did not answer within 8 seconds."),
    "too_large": gettext_lazy("The answer is larger than 64 KB."),
    "redirects": gettext_lazy("It points to another address. Write that one."),
    "refused": gettext_lazy("The system refused the call: look at its secret and its parameters."),
    "failed_there": gettext_lazy("The system reports a fault of its own."),
    "not_json": gettext_lazy("It did not answer with a JSON object."),
    "value_missing": gettext_lazy("The answer lacks a value that the reply names."),
    "in_doubt": gettext_lazy("It was interrupted; whether the change was made is not known."),
    "withdrawn": gettext_lazy("The action was switched off meanwhile."),
    "secret_unreadable": gettext_lazy("Its secret cannot be read any more. Give it again."),
}


@member
@require_http_methods(["GET"])
def page(request: DeskRequest) -> HttpResponse:
    rows = list(Action.objects.select_related("pair").order_by("name"))
    shown = {
        "actions": rows,
        "tab": "actions",
        "administers": may_administer(request.membership),
        "full": len(rows) >= _ACTIONS_MAX,
    }
    return render(request, "assistant/actions.html", shown)


@member
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    if Action.objects.count() >= _ACTIONS_MAX:
        messages.error(request, _("There is room for 20 actions. Remove one first."))
        return redirect("assistant-actions")
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = Action(workspace=request.workspace)
        _keep(made, form)
        messages.success(request, _("Saved. Try it before you switch it on."))
        return redirect("assistant-action", made.pk)
    return _form_page(request, form, None)


@member
@require_http_methods(["GET", "POST"])
def action(request: DeskRequest, action_id: int) -> HttpResponse:
    row = _found(action_id)
    form = ActionForm(request.POST or None, action=row)
    if request.method == "POST":
        if not may_administer(request.membership):
            return render(request, "403.html", status=_FORBIDDEN)
        if form.is_valid():
            _keep(row, form)
            messages.success(request, _("Saved. It holds from the next message on."))
            return redirect("assistant-action", row.pk)
    return _form_page(request, form, row)


@member
@require_POST
def removal(request: DeskRequest, action_id: int) -> HttpResponse:
    row = _found(action_id)
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    keys.forget_secret(row)
    rows = Action.objects.filter(pk=row.pk)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one looks for a secret, which we may not read
    messages.success(request, _("Removed, with its secret."))
    return redirect("assistant-actions")


@member
@require_POST
def trial(request: DeskRequest, action_id: int) -> HttpResponse:
    """Asks the worker to perform it for a number that is given here."""
    row = _found(action_id)
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    form = TrialForm(request.POST, action=row)
    if not form.is_valid():
        return _form_page(request, ActionForm(action=row), row, form)
    run = ActionRun.objects.create(
        workspace=request.workspace,
        action=row,
        key=f"trial:{secrets.token_hex(8)}",
        state=RunState.WAITING,
        wa_id=form.cleaned_data["wa_id"],
        values=form.values(),
        author=request.user,
    )
    if not request.headers.get("HX-Request"):
        return redirect("assistant-action", row.pk)
    return _run_part(request, run, 1)


@member
@require_http_methods(["GET"])
def run(request: DeskRequest, action_id: int, execution_id: int) -> HttpResponse:
    """The fragment of one execution; it asks again until there is an end."""
    found = ActionRun.objects.filter(pk=execution_id, action_id=action_id).first()
    if found is None:
        raise Http404
    told = request.GET.get("tries", "")
    tries = int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else 0
    return _run_part(request, found, tries + 1)


def _run_part(request: DeskRequest, run: ActionRun, tries: int) -> HttpResponse:
    waits = run.state in {RunState.WAITING, RunState.BEGUN}
    shown = {
        "run": run,
        "why": WHY.get(run.why, run.why),
        "asks_again": waits and tries < _TRIES_MAX,
        "gave_up": waits and tries >= _TRIES_MAX,
        "tries": tries,
    }
    return render(request, "assistant/action_run.html", shown)


def _found(action_id: int) -> Action:
    row = Action.objects.select_related("pair").filter(pk=action_id).first()
    if row is None:
        raise Http404
    return row


def _form_page(
    request: DeskRequest, form: ActionForm, row: Action | None, trial: TrialForm | None = None
) -> HttpResponse:
    administers = may_administer(request.membership)
    runs = (
        []
        if row is None
        else list(ActionRun.objects.filter(action=row).order_by("-pk")[:_RUNS_SHOWN])
    )
    shown: dict[str, Any] = {
        "form": form,
        "action": row,
        "tab": "actions",
        "administers": administers,
        "trial": trial or (TrialForm(action=row) if row is not None else None),
        "runs": [(one, WHY.get(one.why, one.why)) for one in runs],
    }
    wrong = form.errors or (trial is not None and trial.errors)
    return render(request, "assistant/action.html", shown, status=_UNFIT if wrong else None)


def _keep(row: Action, form: ActionForm) -> None:
    filled = form.cleaned_data
    for name in ("name", "purpose", "enabled", "pair", "writes", "url", "reply", "nothing",
                 "header", "parameters"):  # fmt: skip
        setattr(row, name, filled[name])
    row.updated_at = timezone.now()
    row.save()
    if filled["secret"]:
        keys.keep_secret(row, filled["secret"].strip())
    elif not filled["header"] and row.secret_last4:
        keys.forget_secret(row)
        row.secret_last4 = ""
        row.save(update_fields=["secret_last4"])
