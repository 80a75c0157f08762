"""The number's page, the events that WhatsApp reported, and those that could not be taken in."""

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.channel.events import event_detail, event_title
from sportello.console.channel.health import QUALITIES, STATUSES, healths
from sportello.console.members import member
from sportello.console.money import ledger
from sportello.schema.channel import Number, NumberStatus, PlatformEvent, Quality, Quarantined
from sportello.schema.connections import Connection
from sportello.schema.inbox import Conversation

_EVENTS = 40
_NUMBERS_MAX = 50


@member
@require_GET
def numbers(request: DeskRequest) -> HttpResponse:
    found = Number.objects.order_by("pk")[:_NUMBERS_MAX]
    shown = {
        "numbers": [_card(number, request.now) for number in found],
        "administers": may_administer(request.membership),
        "going": Connection.objects.filter(
            kind="connect", state__in=["running", "stopped"]
        ).order_by("-pk")[:_NUMBERS_MAX],
        "price_lists": ledger.price_lists(ledger.day_of(request.now)),
    }
    return render(request, "channel/numbers.html", tabs() | shown)


def _card(number: Number, now: datetime) -> dict[str, Any]:
    return {
        "number": number,
        "health": healths(number, now)[0],
        "status": STATUSES[NumberStatus(number.status)],
        "quality": QUALITIES[Quality(number.quality)],
        "conversations": Conversation.objects.filter(number=number).count(),
    }


@member
@require_GET
def events(request: DeskRequest) -> HttpResponse:
    listed = PlatformEvent.objects.select_related("number").order_by("-at", "-pk")
    page = Paginator(listed, _EVENTS).get_page(request.GET.get("page"))
    shown = [_event(event) for event in page]
    return render(request, "channel/events.html", tabs() | {"page": page, "events": shown})


def _event(event: PlatformEvent) -> dict[str, Any]:
    return {
        "event": event,
        "title": event_title(event.field),
        "detail": event_detail(event.field, event.value),
        "raw": json.dumps(event.value, indent=2, ensure_ascii=False)[:20_000],
    }


@member
@require_GET
def set_aside(request: DeskRequest) -> HttpResponse:
    listed = Quarantined.objects.order_by("resolved_at", "-at", "-pk")
    page = Paginator(listed, _EVENTS).get_page(request.GET.get("page"))
    shown = tabs() | {"page": page, "may_write": may_write(request.membership)}
    return render(request, "channel/set_aside.html", shown)


@member
@require_POST
def resolution(request: DeskRequest, quarantined_id: int) -> HttpResponse:
    """Somebody has looked at it: it no longer counts."""
    found = Quarantined.objects.filter(pk=quarantined_id)
    if not found.exists():
        raise Http404
    found.filter(resolved_at=None).update(resolved_at=request.now)
    messages.success(request, _("Marked as seen."))
    return redirect("channel:set-aside")


def tabs() -> dict[str, Any]:
    """What the row of tabs tells."""
    return {"troubles": Quarantined.objects.filter(resolved_at=None).count()}
