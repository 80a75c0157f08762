"""Language models: who writes the words, with which key, at what price, within which budget."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer
from sportello.console.assistant import keys
from sportello.console.assistant.forms import BudgetForm, FilesForm, ModelForm, micros, units
from sportello.console.members import member
from sportello.schema.assistant import LanguageModel, ModelBudget, ModelCall, Tried
from sportello.schema.file_reading import FileReading

_UNFIT = 422
_FORBIDDEN = 403
PLACES: Final = (0, 1)
# A worker tries it within its patience of 12 s; after this the page says that none works.
_TRIES_MAX: Final = 40
_FAILED: Final = {
    "refused_key": gettext_lazy("The provider does not accept the key."),
    "no_such_model": gettext_lazy("The provider knows no such model, or the address is wrong."),
    "too_many": gettext_lazy("The provider says that the limit or the credit is used up."),
    "unreachable": gettext_lazy("Nobody answers at this address."),
    "forbidden_address": gettext_lazy(
        "This address is not public. A server of the house must be named in "
        "SPORTELLO_PRIVATE_HOSTS."
    ),
    "too_slow": gettext_lazy("It did not answer within 12 seconds."),
    "not_an_answer": gettext_lazy("It answers, but not in the form that was asked for."),
    "refused": gettext_lazy("The provider refuses the question; perhaps the model is too old."),
    "not_installed": gettext_lazy(
        "This installation has no libraries for models. Whoever runs the machine adds them "
        "(the package's extra “models”) and starts Sportello again."
    ),
}
_FOR: Final = {
    **dict.fromkeys(("rewrite", "answer", "repair", "act"), "answers"),
    **dict.fromkeys(("picture", "voice"), "files"),
    **dict.fromkeys(("summary", "language", "recap"), "people"),
}
_SPENT_ON: Final = {
    "answers": gettext_lazy("Answers to customers"),
    "files": gettext_lazy("Customers' files put into words"),
    "people": gettext_lazy("Summaries and translations"),
    "trials": gettext_lazy("Trials and tests"),
}
# What was asked outside any chat: `test`, questions of sets, changes that are tried.
_OUTSIDE: Final = Q(conversation=None)


@dataclass(frozen=True, slots=True)
class Card:
    """One of the two models: its form, and the row if there is one."""

    place: int
    form: ModelForm
    model: LanguageModel | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Spent:
    """`what`: what models were asked for; see `_FOR`."""

    what: str
    calls: int
    tokens: int
    cost_micros: int


@member
@require_http_methods(["GET", "POST"])
def page(request: DeskRequest) -> HttpResponse:
    """A POST saves the model that its `place` names."""
    if request.method == "GET":
        return shown_page(request)
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    place = {"0": 0, "1": 1}.get(request.POST.get("place", ""))
    if place is None:
        raise Http404
    form = ModelForm(request.POST, prefix=f"m{place}")
    if form.is_valid() and _keep(request, place, form):
        messages.success(request, _("Saved. Try it now: a wrong key is noticed at once."))
        return redirect("assistant-model")
    return shown_page(request, form)


@member
@require_POST
def budget(request: DeskRequest) -> HttpResponse:
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        return shown_page(request, wrong_budget=form)
    filled = form.cleaned_data
    ModelBudget.objects.update_or_create(
        workspace=request.workspace,
        defaults={
            "currency": filled["currency"],
            "chat_micros": micros(filled["chat"]),
            "day_micros": micros(filled["day"]),
            "month_micros": micros(filled["month"]),
        },
    )
    messages.success(request, _("Saved. It holds from the next message on."))
    return redirect("assistant-model")


@member
@require_http_methods(["GET", "POST"])
def trial(request: DeskRequest, model_id: int) -> HttpResponse:
    """A POST asks the worker to try the model; the fragment asks again until it has."""
    model = LanguageModel.objects.filter(pk=model_id).first()
    if model is None:
        raise Http404
    if request.method == "POST":
        if not may_administer(request.membership):
            return render(request, "403.html", status=_FORBIDDEN)
        model.test_state, model.test_reason, model.test_ms = Tried.WAITING, "", None
        model.save(update_fields=["test_state", "test_reason", "test_ms"])
        if not request.headers.get("HX-Request"):
            return redirect("assistant-model")
    told = request.GET.get("tries", "")
    tries = int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else 0
    waits = model.test_state == Tried.WAITING
    shown = {
        "model": model,
        "trouble": str(_FAILED.get(model.test_reason, "")),
        "asks_again": waits and tries < _TRIES_MAX,
        "gave_up": waits and tries >= _TRIES_MAX,
        "tries": tries + 1,
    }
    return render(request, "assistant/tried.html", shown)


@member
@require_POST
def removal(request: DeskRequest, model_id: int) -> HttpResponse:
    model = LanguageModel.objects.filter(pk=model_id).first()
    if model is None:
        raise Http404
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    keys.forget(model)
    rows = LanguageModel.objects.filter(pk=model.pk)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one looks for a key, which we may not read
    messages.success(request, _("Removed, with its key."))
    return redirect("assistant-model")


def shown_page(
    request: DeskRequest,
    wrong: ModelForm | None = None,
    wrong_budget: BudgetForm | None = None,
    wrong_files: FilesForm | None = None,
) -> HttpResponse:
    kept = {model.place: model for model in LanguageModel.objects.order_by("place")}
    budgets = ModelBudget.objects.filter(workspace=request.workspace).first()
    cards = [_card(place, kept.get(place), wrong) for place in PLACES]
    shown: dict[str, Any] = {
        "cards": cards,
        "budget": wrong_budget or BudgetForm(initial=_budget(budgets)),
        "spent": _spent(request),
        "currency": budgets.currency if budgets else "EUR",
        "administers": may_administer(request.membership),
        "files": wrong_files or _files(request),
        "tab": "model",
    }
    status = _UNFIT if wrong or wrong_budget or wrong_files else None
    return render(request, "assistant/model.html", shown, status=status)


def _files(request: DeskRequest) -> FilesForm:
    kept = FileReading.objects.filter(workspace=request.workspace).first() or FileReading()
    form = FilesForm(
        prefix="files",
        initial={
            "documents": kept.documents,
            "voice": kept.voice,
            "voice_url": kept.voice_url,
            "voice_model": kept.voice_model,
            "voice_minute": units(kept.voice_minute_micros),
        },
    )
    if kept.voice_key_last4:
        form.fields["voice_key"].widget.attrs["placeholder"] = f"•••• {kept.voice_key_last4}"
    return form


def _card(place: int, model: LanguageModel | None, wrong: ModelForm | None) -> Card:
    prefix = f"m{place}"
    mine = wrong if wrong is not None and wrong.prefix == prefix else None
    form = mine or ModelForm(prefix=prefix, initial=_initial(model))
    if model is not None and model.key_last4:
        form.fields["key"].widget.attrs["placeholder"] = f"•••• {model.key_last4}"
    trouble = "" if model is None else str(_FAILED.get(model.test_reason, ""))
    return Card(place, form, model, trouble)


def _initial(model: LanguageModel | None) -> dict[str, Any]:
    if model is None:
        return {"enabled": True, "price_in": 0, "price_out": 0}
    return {
        "enabled": model.enabled,
        "sees": model.sees,
        "provider": model.provider,
        "base_url": model.base_url,
        "model": model.model,
        "price_in": units(model.price_in_micros),
        "price_out": units(model.price_out_micros),
    }


def _budget(kept: ModelBudget | None) -> dict[str, str]:
    if kept is None:
        return {"currency": "EUR"}
    return {
        "currency": kept.currency,
        "chat": units(kept.chat_micros),
        "day": units(kept.day_micros),
        "month": units(kept.month_micros),
    }


def _keep(request: DeskRequest, place: int, form: ModelForm) -> bool:
    """A key goes only where it was given for: another address wants it anew."""
    filled = form.cleaned_data
    kept = LanguageModel.objects.filter(place=place).first()
    moved = kept is not None and (kept.provider, kept.base_url) != (
        filled["provider"],
        filled["base_url"],
    )
    if kept is not None and moved and kept.key_last4 and not filled["key"]:
        form.add_error("key", _("Give the key again: the old one was meant for another address."))
        return False
    model, _made = LanguageModel.objects.update_or_create(
        workspace=request.workspace,
        place=place,
        defaults={
            "enabled": filled["enabled"],
            "sees": filled["sees"],
            "provider": filled["provider"],
            "base_url": filled["base_url"],
            "model": filled["model"],
            "price_in_micros": micros(filled["price_in"]) or 0,
            "price_out_micros": micros(filled["price_out"]) or 0,
            "test_state": Tried.UNTRIED,
            "test_reason": "",
            "updated_at": timezone.now(),
        },
    )
    if filled["key"]:
        keys.keep(model, filled["key"].strip())
    return True


def _spent(request: DeskRequest) -> list[Spent]:
    """Since the month began, the dearest first; the whole is the last, if there is anything."""
    local = timezone.localtime(request.now)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = ModelCall.objects.filter(at__gte=month).values("purpose", tried=_OUTSIDE).order_by()
    told: dict[str, list[int]] = {}
    for row in rows.annotate(
        calls=Count("pk"), tokens=Sum(F("tokens_in") + F("tokens_out")), cost=Sum("cost_micros")
    ):
        what = "trials" if row["tried"] else _FOR.get(row["purpose"], "trials")
        sums, more = told.get(what, [0, 0, 0]), (row["calls"], row["tokens"], row["cost"])
        told[what] = [one + other for one, other in zip(sums, more, strict=True)]
    parts = [Spent(str(_SPENT_ON[what]), *sums) for what, sums in told.items()]
    whole = [sum(column) for column in zip(*told.values(), strict=True)]
    all_of_it = [Spent(_("Altogether"), *whole)] if whole else []
    return [*sorted(parts, key=lambda one: -one.cost_micros), *all_of_it]
