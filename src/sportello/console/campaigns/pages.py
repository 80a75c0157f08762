"""The list of campaigns, and the report of one: live, with what a person may do to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.campaigns import (
    bars,
    costs,
    counting,
    deeds,
    drafts,
    queries,
    report,
    retry_pages,
    retrying,
    verdicts,
    words,
)
from sportello.console.campaigns.costs import Cost
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.campaigns.remembered import remembered
from sportello.console.campaigns.report import Filters, Funnel
from sportello.console.contacts import audiences
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor, newest_ids_first
from sportello.console.templates_desk.findings import digest
from sportello.rules import audience
from sportello.rules.brake import Alarm
from sportello.rules.campaign import Outcome, Pause
from sportello.schema.campaigns import Campaign, CampaignState, Recipient
from sportello.schema.channel import Number

_PAGE: Final = 20
_REASON_MAX: Final = 40
# Beyond this many people a page that redraws itself each second would cost too much.
_MANY: Final = 5_000
_OVER: Final = frozenset({CampaignState.COMPLETED, CampaignState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign in the list. `act`: the route of the next act, with its words."""

    id: int
    name: str
    state: str
    state_words: str
    tone: str
    icon: str
    why: str
    audience: str
    funnel: Funnel
    costs: list[Cost]
    at: datetime
    route: str
    act: str


@member
@require_GET
def campaigns(request: DeskRequest) -> HttpResponse:
    try:
        page = queries.campaigns(request.GET.get("after", ""), _PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    rows = [_row(row, request.now) for row in page.items]
    shown = {
        "rows": rows,
        "key": digest(rows),
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "may_write": may_write(request.membership),
        "has_number": bool(rows) or Number.objects.exists(),
    }
    return _drawn(request, "campaigns/list.html", shown)


def _row(row: Campaign, now: datetime) -> Row:
    tone, icon = words.TONES[row.state]
    is_draft = row.state == CampaignState.DRAFT
    return Row(
        id=row.pk,
        name=row.name,
        state=row.state,
        state_words=str(words.STATE_SHORT[row.state]),
        tone=tone,
        icon=icon,
        why=_why(row),
        audience=audience_name(row),
        funnel=report.funnel(row, now),
        costs=[] if is_draft else costs.costs(row),
        at=row.started_at or row.starts_at or row.created_at,
        route=f"campaigns:{drafts.next_step(row)}" if is_draft else "campaigns:campaign",
        act=_("Continue writing") if is_draft else _("Report"),
    )


def audience_name(row: Campaign) -> str:
    """In words; empty while nobody has chosen."""
    if not row.audience:
        return ""
    return audiences.name_of(audience.audience(row.audience)) or _("everybody")


def _why(row: Campaign) -> str:
    if not row.paused_why:
        return ""
    why = str(words.PAUSED[Pause(row.paused_why)])
    alarm = (row.braked or {}).get("alarm")
    return f"{why} {words.BRAKED[Alarm(alarm)]}" if alarm in set(Alarm) else why


@member
@require_GET
def campaign(request: DeskRequest, campaign_id: int) -> HttpResponse:
    row = found(campaign_id)
    if row.state == CampaignState.DRAFT:
        return redirect(f"campaigns:{drafts.next_step(row)}", campaign_id)
    filters = filters_of(request)
    try:
        page = newest_ids_first(report.recipients(row, filters), request.GET.get("after", ""), PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    lines, funnel = report.lines(page.items), report.funnel(row, request.now)
    spent, reasons = costs.costs(row), report.reasons(row)
    tone, icon = words.TONES[row.state]
    shown = {
        "campaign": row,
        "name": row.name,
        "state_words": words.STATE_SHORT[row.state],
        "tone": tone,
        "icon": icon,
        "why": _why(row),
        "braked": row.braked,
        "audience_name": audience_name(row),
        "funnel": funnel,
        "bars": bars.bars(funnel, _("Audience")),
        "parts": bars.parts(funnel),
        "costs": spent,
        "followup_costs": costs.costs_of_followups(row),
        "reasons": reasons,
        "taps": report.taps(row),
        "link_taps": report.link_taps(row),
        "lines": lines,
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "filters": filters,
        "outcomes": bars.outcomes(),
        "retryable": _retryable(row),
        "is_over": row.state in _OVER,
        "prepared_percent": _prepared(row),
        "may_write": may_write(request.membership),
        "quiet_ms": 1_000 if funnel.audience <= _MANY else 5_000,
    }
    shown["keys"] = {
        "status": digest(
            (row.state, row.paused_why, row.braked, funnel, spent, row.rate, row.planned_up_to)
        ),
        "funnel": digest((funnel, spent, shown["taps"], shown["link_taps"])),
        "reasons": digest((reasons, filters)),
        "lines": digest((lines, filters, page.next_cursor, row.state)),
        "retry": digest((shown["retryable"], row.state)),
    }
    return _drawn(request, "campaigns/campaign.html", shown)


def _prepared(row: Campaign) -> int | None:
    """How much of a large audience is frozen, of a hundred; None once it is."""
    if row.planned or row.state in _OVER:
        return None
    return round(100 * counting.share_upto(row.planned_up_to))


def _retryable(row: Campaign) -> int:
    if row.state == CampaignState.CANCELLED:
        return 0
    return remembered("retryable", row, lambda: retrying.retryable(Recipient, row).count())


def filters_of(request: HttpRequest) -> Filters:
    """A word that is none narrows to nothing that is there."""
    outcome = request.GET.get("outcome", "")
    known = {*Outcome, *(value for value, _words in bars.beside())}
    reason = request.GET.get("reason", "").replace("\0", "")[:_REASON_MAX]
    return Filters(outcome if outcome in known else "", reason)


@member
@require_POST
def pause(request: DeskRequest, campaign_id: int) -> HttpResponse:
    return _done(request, campaign_id, lambda: deeds.pause(campaign_id, request.now))


@member
@require_POST
def resume(request: DeskRequest, campaign_id: int) -> HttpResponse:
    return _done(request, campaign_id, lambda: deeds.resume(campaign_id, request.now))


@member
@require_POST
def cancellation(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """Of a draft too: then it is out of the way."""
    was_draft = found(campaign_id).state == CampaignState.DRAFT
    answer = _done(request, campaign_id, lambda: deeds.cancel(campaign_id, request.now))
    return redirect("campaigns:list") if was_draft else answer


@member
@require_POST
def retry(request: DeskRequest, campaign_id: int) -> HttpResponse:
    back = reverse("campaigns:campaign", args=[found(campaign_id).pk])
    return retry_pages.press(request, Recipient, campaign_id, back)


@member
@require_POST
def resending(request: DeskRequest, campaign_id: int, recipient_id: int) -> HttpResponse:
    _of(campaign_id, recipient_id)
    return _done(
        request,
        campaign_id,
        lambda: verdicts.send_again(Recipient, recipient_id, request.user, request.now),
    )


@member
@require_POST
def acknowledgement(request: DeskRequest, campaign_id: int, recipient_id: int) -> HttpResponse:
    _of(campaign_id, recipient_id)
    return _done(
        request,
        campaign_id,
        lambda: verdicts.take_as_sent(Recipient, recipient_id, request.user, request.now),
    )


def _of(campaign_id: int, recipient_id: int) -> None:
    if not Recipient.objects.filter(pk=recipient_id, campaign_id=campaign_id).exists():
        raise Http404


def _done(request: DeskRequest, campaign_id: int, act: Callable[[], object]) -> HttpResponse:
    """Back to the report, which tells what came of it."""
    found(campaign_id)
    try:
        act()
    except NotNow:
        messages.error(request, _("Too late: it has gone on meanwhile. The page shows how."))
    except UnfitCampaign as unfit:
        messages.error(request, str(words.UNFIT[unfit.part, unfit.code]))
    return redirect("campaigns:campaign", campaign_id)


def found(campaign_id: int) -> Campaign:
    """Raises Http404."""
    try:
        return queries.campaign(campaign_id)
    except Campaign.DoesNotExist as missing:
        raise Http404 from missing


def _drawn(request: DeskRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
    """The page, or of it what changes by itself."""
    part = "#regions" if request.headers.get("HX-Request") else ""
    return render(request, f"{template}{part}", shown)
