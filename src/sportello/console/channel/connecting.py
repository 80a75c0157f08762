"""The pages by which a number comes: what it means, Meta's window or credentials, the progress."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer
from sportello.console.channel import deeds, words
from sportello.console.channel.doors import administered, connection_of
from sportello.console.channel.forms import DialogueForm, HandForm, MissingForm
from sportello.console.members import member
from sportello.rules.connecting import Kind, Step
from sportello.schema.channel import Number
from sportello.schema.connections import Connection, ConnectionState, ConnectionStep, StepState

_UNFIT: Final = 422
_STEPS_MAX: Final = 20
_SECRETS: Final = ("pin", "token", "app_secret", "code")
_IDS: Final = ("waba_id", "phone_number_id")
_SIGNUP: dict[str, str] = settings.SPORTELLO_SIGNUP
_POLICY: Final = {
    "script-src": [_SIGNUP["sdk"]],
    "connect-src": [_SIGNUP["origin"], settings.SPORTELLO_GRAPH_URL],
    "frame-src": [_SIGNUP["origin"]],
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step as the page draws it. `state`: done, now, failed, to_do."""

    place: int
    title: Any
    state: str
    at: datetime | None
    why: words.Why | None
    said: str
    code: int | None


@member
@require_GET
@administered
def before(request: DeskRequest) -> HttpResponse:
    """What happens to the app on the phone, what is needed, and the confirmation."""
    shown = {"has_dialogue": bool(_SIGNUP["app"] and _SIGNUP["configuration"])}
    return render(request, "channel/before.html", shown)


@member
@require_http_methods(["GET", "POST"])
@administered
def dialogue(request: DeskRequest) -> HttpResponse:
    """Meta's window; the code that it brings is handed over at once."""
    form = DialogueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        secrets = {name: filled[name] for name in ("code", "pin") if filled[name]}
        wanted = deeds.Wanted(filled["waba_id"], filled["phone_number_id"], secrets=secrets)
        return _begun(request, wanted)
    answer = render(
        request, "channel/dialogue.html", _dialogue() | {"form": form},
        status=_UNFIT if form.errors else None,
    )  # fmt: skip
    return _with_window(answer)


def _with_window(answer: HttpResponse) -> HttpResponse:
    """Meta's script may run on this page, and Meta's window may speak to it."""
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    # What csp's own decorator does; that one takes no view with arguments.
    vars(answer)["_csp_update"] = _POLICY
    return answer


def _dialogue() -> dict[str, Any]:
    locale = "it_IT" if (get_language() or "").startswith("it") else "en_US"
    return {"signup": _SIGNUP, "sdk": f"{_SIGNUP['sdk']}/{locale}/sdk.js"}


@member
@require_http_methods(["GET", "POST"])
@administered
def by_hand(request: DeskRequest) -> HttpResponse:
    """Credentials typed in; each is checked step by step."""
    form = HandForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        secrets = {name: filled[name] for name in ("token", "pin", "app_secret") if filled[name]}
        wanted = deeds.Wanted(
            filled["waba_id"], filled["phone_number_id"], by_hand=True, secrets=secrets
        )
        return _begun(request, wanted)
    shown = {"form": form, "callback": f"{settings.SPORTELLO_PUBLIC_URL}/webhooks/whatsapp"}
    return render(request, "channel/hand.html", shown, status=_UNFIT if form.errors else None)


def _begun(request: DeskRequest, wanted: deeds.Wanted) -> HttpResponse:
    try:
        row = deeds.connect(request.workspace.pk, wanted, request.user, request.now)
    except deeds.NotNow as refused:
        messages.error(request, str(words.NOT_NOW[refused.why]))
        return redirect("channel:numbers")
    return redirect("channel:connection", row.pk)


@member
@require_GET
def connection(request: DeskRequest, connection_id: int) -> HttpResponse:
    """How far it is, live; what is missing can be given here."""
    row = connection_of(connection_id)
    steps = _steps(row)
    failed = next((one for one in steps if one.state == "failed"), None)
    ask = failed.why.ask if failed is not None and failed.why is not None else ""
    stopped = row.state == ConnectionState.STOPPED
    shown = {
        "connection": row,
        "title": words.KINDS[Kind(row.kind)],
        "steps": steps,
        "failed": failed,
        "stopped": stopped,
        "held": deeds.is_held(row),
        "is_done": row.state == ConnectionState.DONE,
        "done": words.DONE[Kind(row.kind)],
        "ask": ask if stopped else "",
        "form": MissingForm(),
        "number": row.number or _number(row),
        "administers": may_administer(request.membership),
        "key": f"{row.state}:{deeds.is_held(row)}:{[(one.state, one.code) for one in steps]}",
        **(_dialogue() if ask == "code" else {}),
    }
    name = "channel/connection.html"
    is_region = request.headers.get("HX-Request") == "true"
    return _with_window(render(request, f"{name}#regions" if is_region else name, shown))


def _number(row: Connection) -> Number | None:
    return Number.objects.filter(phone_number_id=row.phone_number_id or "-").first()


def _steps(row: Connection) -> list[StepShown]:
    found = ConnectionStep.objects.filter(connection=row).order_by("place")[:_STEPS_MAX]
    ended = row.state in {ConnectionState.DONE, ConnectionState.GIVEN_UP}
    return [_step(step, ended=ended) for step in found]


def _step(step: ConnectionStep, *, ended: bool) -> StepShown:
    error = step.error if isinstance(step.error, dict) else {}
    doing = "to_do" if ended else "now"
    return StepShown(
        place=step.place,
        title=words.STEPS[Step(step.name)],
        state=doing if step.state == StepState.DOING else step.state,
        at=step.at,
        why=words.WHYS.get(error.get("kind", ""), words.WHYS["meta"]) if error else None,
        said=str(error.get("said") or "")[:400],
        code=error.get("code"),
    )


@member
@require_POST
@administered
def continuation(request: DeskRequest, connection_id: int) -> HttpResponse:
    """Once more, with what was missing."""
    row = connection_of(connection_id)
    form = MissingForm(request.POST)
    if not form.is_valid():
        field = next(iter(form.errors.values()))
        messages.error(request, str(field[0]))
        return redirect("channel:connection", connection_id)
    filled = form.cleaned_data
    secrets = {name: filled[name] for name in _SECRETS if filled.get(name)}
    ids = {name: filled[name] for name in _IDS if filled.get(name)}
    return _done(request, connection_id, lambda: deeds.go_on(row, secrets, ids))


@member
@require_POST
@administered
def repetition(request: DeskRequest, connection_id: int, place: int) -> HttpResponse:
    """A step, and those after it, once more."""
    row = connection_of(connection_id)
    return _done(request, connection_id, lambda: deeds.repeat(row, place))


@member
@require_POST
@administered
def abandonment(request: DeskRequest, connection_id: int) -> HttpResponse:
    """It is given up; its secrets are forgotten."""
    row = connection_of(connection_id)
    try:
        deeds.give_up(row, request.now)
    except deeds.NotNow as refused:
        messages.error(request, str(words.NOT_NOW[refused.why]))
        return redirect("channel:connection", connection_id)
    messages.success(request, _("Given up."))
    return redirect("channel:numbers")


def _done(request: DeskRequest, connection_id: int, deed: Any) -> HttpResponse:
    try:
        deed()
    except deeds.NotNow as refused:
        messages.error(request, str(words.NOT_NOW[refused.why]))
    return redirect("channel:connection", connection_id)
