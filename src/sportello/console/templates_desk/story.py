"""One template's story: how it stands and what to do, what Meta changed, what hangs on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from sportello.console.money.amounts import money
from sportello.console.templates_desk import account, captions, listing, rates, refusals, sheet
from sportello.console.templates_desk.editing import body_of
from sportello.console.templates_desk.findings import digest
from sportello.console.templates_desk.phone import list_words, phone_of
from sportello.rules import template_life
from sportello.rules.template import parse
from sportello.rules.template_change import Matter, effect_of
from sportello.rules.template_life import Objection
from sportello.rules.template_send import is_sendable
from sportello.schema.channel import Number
from sportello.schema.sends import Send, SendState
from sportello.schema.team import Workspace
from sportello.schema.templates import Step, Template, TemplateChange, Wish

_CHANGES_MAX: Final = 50
_COUNTED_MAX: Final = 1_000
_WORDS_MAX: Final = 600
_WAITING: Final = (SendState.QUEUED, SendState.SENDING, SendState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history. `reason`: in words where Meta gave one that we know."""

    row: TemplateChange
    kind: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A change that costs: of category (with prices for one message), or of state."""

    change: Change
    is_category: bool
    is_coming: bool
    needs_consent: bool
    price_before: str
    price_after: str


@dataclass(frozen=True, slots=True)
class Pace:
    """One step of a wish that `tend` performs: done, now, or still to come."""

    words: str
    state: str


def shown(template: Template, workspace: Workspace, now: datetime) -> dict[str, Any]:
    """The page's context."""
    changes = list(
        TemplateChange.objects.filter(template=template)
        .select_related("seen_by")
        .order_by("-at", "-pk")[:_CHANGES_MAX]
    )
    history = [_change(change) for change in changes]
    number = Number.objects.filter(waba_id=template.waba_id).order_by("pk").first()
    body = body_of(template)
    told: dict[str, Any] = {
        "template": template,
        "status": captions.status(template.status),
        "quality": captions.QUALITIES[template.quality],
        "category": captions.category(template.category),
        "coming": captions.category(template.coming_category) if template.coming_category else "",
        "spoken": listing.language_name(template.language),
        "reason": captions.reason(_rejected(template)),
        "trouble": trouble(template),
        "alarms": _alarms(template, history, number, workspace, now),
        "history": history,
        "paces": paces(template),
        "last_sent": _last_sent(template),
        "account": listing.accounts().get(template.waba_id, template.waba_id),
        "phone": phone_of(body, _sender(number, workspace), template.sample),
        "list_words": list_words(template.language),
        "can": _possible(template, body, now),
        "is_wishing": bool(template.wish),
        "is_deleting": template.wish == Wish.DELETE,
    }
    return told | {"keys": _keys(template, told, now)}


def _sender(number: Number | None, workspace: Workspace) -> str:
    return number.verified_name if number is not None and number.verified_name else workspace.name


def _rejected(template: Template) -> str:
    """Meta's reason, while it counts."""
    if template.status != "REJECTED":
        return ""
    return template.reason or "NONE"


def _change(row: TemplateChange) -> Change:
    return Change(
        row=row,
        kind=str(captions.CHANGES.get(row.kind, row.kind)),
        before=captions.change_value(row.kind, row.before),
        after=captions.change_value(row.kind, row.after),
        reason=str(known.title) if (known := captions.REASONS.get(row.reason)) else row.reason,
    )


def _alarms(
    template: Template,
    history: list[Change],
    number: Number | None,
    workspace: Workspace,
    now: datetime,
) -> list[Alarm]:
    currency = number.account_currency if number is not None else "EUR"
    today = timezone.localtime(now).date()

    def price(category: str) -> str:
        price_of_one = rates.at_home(workspace, currency, category, today)
        return money(price_of_one, currency, exact=True)

    return [
        _alarm(template, change, price)
        for change in history
        if change.row.is_alarm and change.row.seen_at is None
    ]


def _alarm(template: Template, change: Change, price: Callable[[str], str]) -> Alarm:
    """A category that is only announced replaces the present one."""
    row = change.row
    is_coming = row.kind == Matter.COMING_CATEGORY
    is_category = is_coming or row.kind == Matter.CATEGORY
    before = template.category if is_coming else row.before
    return Alarm(
        change=replace(change, before=captions.category(before)) if is_coming else change,
        is_category=is_category,
        is_coming=is_coming,
        needs_consent=is_category and effect_of(row.after).consent,
        price_before=price(before) if is_category else "",
        price_after=price(row.after) if is_category else "",
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the last wish failed: in our words, in Meta's, and by Meta's codes."""

    why: captions.Why
    ours: str
    said: str
    codes: str


def trouble(template: Template) -> Trouble | None:
    """None while there is none, or while `tend` still tries."""
    error = template.error
    if not isinstance(error, dict) or template.wish:
        return None
    codes = [str(error[key]) for key in ("code", "subcode") if error.get(key)]
    said = [str(error[key])[:_WORDS_MAX] for key in ("message", "details") if error.get(key)]
    return Trouble(
        why=captions.trouble(str(error.get("kind", "rejected"))),
        ours=refusals.refusal(error.get("subcode")),
        said=" · ".join(dict.fromkeys(said)),
        codes="/".join(codes),
    )


_ORDER: Final = (Step.WAITING, Step.UPLOADING, Step.SUBMITTING)


def paces(template: Template) -> list[Pace]:
    """The steps of a wish, with the present one marked; nothing where nothing is wished."""
    if not template.wish:
        return []
    order = [step for step in _ORDER if step is not Step.UPLOADING or template.sample_id]
    at = order.index(Step(template.step)) if template.step in order else 0
    states = ["done"] * at + ["now"] + ["later"] * (len(order) - at - 1)
    words = [str(captions.STEPS[step.value]) for step in order]
    answer = captions.WISHES[template.wish]
    return [*map(Pace, words, states), Pace(str(answer), "later")]


def _last_sent(template: Template) -> datetime | None:
    sends = Send.objects.filter(template=template, state=SendState.ACCEPTED).order_by("-pk")
    at: datetime | None = sends.values_list("message__at", flat=True).first()
    return at


def _possible(template: Template, body: sheet.Body, now: datetime) -> dict[str, Any]:
    """Which buttons stand there, and why others do not."""
    life = account.life_of(template)
    is_ours = template.status in template_life.OURS
    against_change = (
        template_life.against_submitting(life)
        if is_ours
        else template_life.against_editing(life, now)
    )
    fits = sheet.fits(body)
    return {
        "edit": against_change is None and fits,
        "edit_not": _words(against_change),
        "edit_until": against_change.until if against_change is not None else None,
        "elsewhere": not fits,
        "sent_here": is_sendable(parse(body)),
        "delete": template_life.against_deleting(life) is None,
        "delete_not": _words(template_life.against_deleting(life)),
        "retry": template.status == "REJECTED" and fits and not template.wish,
        "resubmit": template.status == template_life.FAILED and not template.wish,
        "forget": template.error is not None and not is_ours and not template.wish,
        "copy": fits,
    }


def _words(objection: Objection | None) -> str:
    return "" if objection is None else str(captions.OBSTACLES[objection.obstacle])


def _keys(template: Template, told: dict[str, Any], now: datetime) -> dict[str, str]:
    """When each region of the page is to be drawn anew."""
    history = [(change.row.pk, change.row.seen_at) for change in told["history"]]
    stands = (
        template.status,
        template.quality,
        template.category,
        template.coming_category,
        template.reason,
        template.reason_detail,
        template.paused_until,
        template.error,
        template.wish,
        template.step,
        now.date(),
    )
    return {
        "head": digest((stands, template.name, sorted(told["can"].items()))),
        "alarms": digest(history),
        "state": digest(stands),
        "facts": digest((stands, template.submitted_at, told["last_sent"], history)),
        "history": digest((history, now.date())),
    }


def farewell(template: Template, now: datetime) -> dict[str, Any]:
    """What deleting it costs: its name for 30 days, and the messages that wait to leave."""
    waiting = Send.objects.filter(template=template, state__in=_WAITING)[: _COUNTED_MAX + 1]
    objection = template_life.against_deleting(account.life_of(template))
    was_approved = account.was_approved(template)
    return {
        "template": template,
        "spoken": listing.language_name(template.language),
        "objection": _words(objection),
        "locks": template_life.locks_its_name(template.status, was_approved=was_approved),
        "free_at": now + template_life.NAME_LOCKED,
        "waiting": len(waiting.values_list("pk")),
        "last_sent": _last_sent(template),
        "others": Template.objects.filter(
            waba_id=template.waba_id, name=template.name, deleted_at=None
        )
        .exclude(pk=template.pk)
        .count(),
        "is_ours": not template.meta_id,
    }
