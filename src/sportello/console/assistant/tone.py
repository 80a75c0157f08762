"""The assistant's manners: each saving is a version that can be compared and brought back."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer
from sportello.console.assistant.forms import ToneForm
from sportello.console.library import rehearsing
from sportello.console.members import member
from sportello.schema.assistant import Conduct
from sportello.schema.team import Workspace

_UNFIT = 422
_FORBIDDEN = 403
_VERSIONS_SHOWN: Final = 20
_FIELDS: Final = {
    "form": gettext_lazy("In Italian it says"),
    "emoji": gettext_lazy("Emoji"),
    "signature": gettext_lazy("Signature"),
    "persona": gettext_lazy("How it should sound"),
    "forbidden": gettext_lazy("A model never writes"),
    "topics": gettext_lazy("Always for a person"),
    "silent_from": gettext_lazy("Silent from"),
    "silent_until": gettext_lazy("Silent until"),
    "away_message": gettext_lazy("Automatic message"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting as it was and as it became; "" where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    conduct: Conduct
    changes: tuple[Change, ...]
    in_force: bool


@member
@require_http_methods(["GET", "POST"])
def tone(request: DeskRequest) -> HttpResponse:
    administers = may_administer(request.membership)
    if request.method == "POST" and not administers:
        return render(request, "403.html", status=_FORBIDDEN)
    current = newest()
    form = ToneForm(request.POST or None, initial=_initial(current, request.workspace))
    if request.method == "POST" and form.is_valid():
        if rehearsing.possible() and _differs(current, form.cleaned_data):
            return rehearsing.of_tone(request, _filled(form.cleaned_data), current)
        if keep(request, form.cleaned_data):
            messages.success(request, _("Saved. It holds from the next message on."))
        else:
            messages.info(request, _("Nothing has changed."))
        return redirect("assistant-tone")
    shown = {"form": form, "administers": administers, "versions": _versions(), "tab": "tone"}
    shown["rehearsable"] = rehearsing.possible()
    return render(request, "assistant/tone.html", shown, status=_UNFIT if form.errors else None)


@member
@require_POST
def restoration(request: DeskRequest, conduct_id: int) -> HttpResponse:
    """An older version returns as the newest: what was in between stays to be seen."""
    older = Conduct.objects.filter(pk=conduct_id).first()
    if older is None:
        raise Http404
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    values = {name: getattr(older, name) for name in _FIELDS}
    if rehearsing.possible() and _differs(newest(), values):
        return rehearsing.of_tone(request, values, newest())
    keep(request, values)
    messages.success(
        request, _("Version %(version)d is in force again.") % {"version": older.version}
    )
    return redirect("assistant-tone")


def newest() -> Conduct | None:
    """The version in force; None where nobody has ever saved one."""
    return Conduct.objects.order_by("-version").first()


def keep(request: DeskRequest, filled: dict[str, Any]) -> bool:
    """Whether there was anything to keep. Two who save at once: the later is the newer version."""
    Workspace.objects.select_for_update().get(pk=request.workspace.pk)
    values = _filled(filled)
    if not _differs(newest(), values):
        return False
    last = Conduct.objects.aggregate(last=Max("version"))["last"] or 0
    Conduct.objects.create(
        workspace=request.workspace,
        version=last + 1,
        author=request.user,
        at=request.now,
        **values,
    )
    return True


def _differs(current: Conduct | None, values: dict[str, Any]) -> bool:
    return current is None or any(getattr(current, name) != values[name] for name in _FIELDS)


def _filled(filled: dict[str, Any]) -> dict[str, Any]:
    """As the row keeps it."""
    return {name: filled[name] for name in _FIELDS}


def values_of(current: Conduct | None, workspace: Workspace) -> dict[str, Any]:
    """All settings of a version, or those that hold before the first one, as `keep` takes them."""
    version = current or Conduct(signature=workspace.signature)
    return {name: getattr(version, name) for name in _FIELDS}


def _initial(current: Conduct | None, workspace: Workspace) -> dict[str, Any]:
    told = values_of(current, workspace)
    if current is None:
        return told
    return told | {
        "forbidden": "\n".join(current.forbidden),
        "topics": "\n".join(current.topics),
    }


def _versions() -> list[Version]:
    """The newest first, each with what it changed."""
    kept = list(
        Conduct.objects.select_related("author").order_by("-version")[: _VERSIONS_SHOWN + 1]
    )
    olds: list[Conduct | None] = [*kept, None][1:]
    paired = zip(kept, olds, strict=True)
    shown = [Version(one, changes(old, one), one is kept[0]) for one, old in paired]
    return shown[:_VERSIONS_SHOWN]


def changes(old: Conduct | None, new: Conduct) -> tuple[Change, ...]:
    """What the newer version says otherwise."""
    told = [
        Change(str(label), "" if old is None else _said(old, name), _said(new, name))
        for name, label in _FIELDS.items()
    ]
    return tuple(change for change in told if change.before != change.after)


def _said(conduct: Conduct, name: str) -> str:
    value = getattr(conduct, name)
    match name, value:
        case _, bool():
            return _("yes") if value else _("no")
        case _, list():
            return ", ".join(value)
        case _, None:
            return ""
        case (("silent_from" | "silent_until"), _):
            return f"{value:%H:%M}"
        case _:
            return str(value)
