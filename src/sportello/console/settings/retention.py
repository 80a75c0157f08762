"""How long what was said is kept: days by kind, what would go tonight, what past nights took."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.rules import retention as rules
from sportello.rules.account_days import zone_of
from sportello.rules.retention import DAYS_MAX, DAYS_MIN, Kind
from sportello.schema.actions import ActionRun, RunState
from sportello.schema.campaigns import CampaignState, Enclosure, Recipient
from sportello.schema.followups import Errand
from sportello.schema.imports import ImportFlaw
from sportello.schema.inbox import (
    Conversation,
    Holder,
    Media,
    MediaState,
    Message,
    MessageStatus,
)
from sportello.schema.retention import Retention, RetentionRun
from sportello.schema.team import Workspace

# Beyond it the page says "more than": counting on would cost time, and changes no decision.
COUNT_MAX: Final = 100_000
_UNFIT: Final = 422
_RUNS_SHOWN: Final = 30
_WAITING: Final = [MessageStatus.QUEUED, MessageStatus.HELD]
_UNSETTLED: Final = [RunState.WAITING, RunState.BEGUN]
_OVER: Final = [CampaignState.COMPLETED, CampaignState.CANCELLED]
_FULL: Final = ~Q(text="") | ~Q(payload={}) | ~Q(reactions={}) | ~Q(reply_to="")
KINDS: Final = {
    Kind.MESSAGES: (
        gettext_lazy("Words of messages and notes"),
        gettext_lazy("The bubble stays, empty: that something was said, when, and its receipt."),
    ),
    Kind.MEDIA: (
        gettext_lazy("Pictures, voices and documents that customers sent"),
        gettext_lazy("Taken off the disk. The message says that there was a file."),
    ),
    Kind.CLOSED: (
        gettext_lazy("All content of closed conversations"),
        gettext_lazy("Words and files, counted from the day on which the conversation rested."),
    ),
    Kind.ANSWERS: (
        gettext_lazy("What other systems told the assistant"),
        gettext_lazy("Orders looked up, changes made: the values and the answer."),
    ),
    Kind.FILLED: (
        gettext_lazy("Values filled into campaigns and follow-ups"),
        gettext_lazy(
            "Once they are over, with the files enclosed for one person each. Who received what "
            "kind of message stays countable."
        ),
    ),
    Kind.FLAWS: (
        gettext_lazy("Rows of imported files that did not come in"),
        gettext_lazy("How many there were, and why, stays with the import."),
    ),
}


@dataclass(frozen=True, slots=True)
class Going:
    """What of a kind would go tonight: `count` rows, or more where `is_more`."""

    title: Any
    days: int
    count: int
    is_more: bool


class RetentionForm(forms.Form):
    """Days by kind; an empty field keeps for ever."""

    audit_days = forms.IntegerField(
        label=gettext_lazy("The audit log"),
        min_value=30,
        max_value=DAYS_MAX,
        help_text=gettext_lazy("Who changed what. Older entries are deleted for good."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, (title, meaning) in KINDS.items():
            self.fields[kind.value] = forms.IntegerField(
                label=title,
                help_text=meaning,
                required=False,
                min_value=DAYS_MIN,
                max_value=DAYS_MAX,
                widget=forms.NumberInput(attrs={"placeholder": _("for ever")}),
            )

    def kinds(self) -> list[Any]:
        return [self[kind.value] for kind in KINDS]

    def wanted(self) -> dict[Kind, int]:
        """Of a form that is valid: the kinds that are not kept for ever."""
        found = {kind: self.cleaned_data.get(kind.value) for kind in KINDS}
        return {kind: days for kind, days in found.items() if days is not None}


@member
@require_http_methods(["GET", "POST"])
def retention(request: DeskRequest) -> HttpResponse:
    """What would take something away tonight is shown first, and kept once somebody is sure."""
    kept = {Kind(row.kind): row.days for row in Retention.objects.all()}
    form = RetentionForm(
        request.POST if request.method == "POST" else None,
        initial={kind.value: days for kind, days in kept.items()}
        | {"audit_days": request.workspace.audit_days},
    )
    shown = kept
    asks = False
    if request.method == "POST" and form.is_valid():
        shown = form.wanted()
        sure = request.POST.get("sure") == _said(shown)
        asks = not sure and bool(_shortened(kept, shown, request.now))
        if not asks:
            _keep(request, form.cleaned_data["audit_days"], shown)
            messages.success(request, _("Saved."))
            return redirect("settings:retention")
    page = {
        "form": form,
        "tab": "retention",
        "asks": asks,
        "sure": _said(shown),
        "going": going(shown, request.now),
        "night": rules.next_night(request.now, zone_of(request.workspace.time_zone)),
        "runs": [
            (KINDS[Kind(run.kind)][0], run)
            for run in RetentionRun.objects.order_by("-pk")[:_RUNS_SHOWN]
        ],
    }
    return render(request, "settings/retention.html", page, status=_UNFIT if form.errors else None)


def going(wanted: dict[Kind, int], now: datetime) -> list[Going]:
    """What would go at once if these days held now."""
    return [
        Going(KINDS[kind][0], days, min(count, COUNT_MAX), count > COUNT_MAX)
        for kind, days in wanted.items()
        for count in [_count(kind, rules.before(days, now))]
    ]


def _shortened(kept: dict[Kind, int], wanted: dict[Kind, int], now: datetime) -> list[Going]:
    """Of the kinds that shall be kept for less time than now, those of which something goes."""
    shorter = {kind: days for kind, days in wanted.items() if days < kept.get(kind, DAYS_MAX + 1)}
    return [one for one in going(shorter, now) if one.count]


def _said(wanted: dict[Kind, int]) -> str:
    """What was shown, for the form that comes back: being sure of that is no yes to other days."""
    return ",".join(f"{kind}:{days}" for kind, days in wanted.items())


def _keep(request: DeskRequest, audit_days: int, wanted: dict[Kind, int]) -> None:
    """The first look of what is new comes with the next night: until then it can be taken back."""
    company = Workspace.objects.select_for_update().get(pk=request.workspace.pk)
    if company.audit_days != audit_days:
        Workspace.objects.filter(pk=company.pk).update(audit_days=audit_days)
    night = rules.next_night(request.now, zone_of(company.time_zone))
    Retention.objects.exclude(kind__in=[kind.value for kind in wanted]).delete()
    for kind, days in wanted.items():
        row, made = Retention.objects.get_or_create(
            workspace=company, kind=kind.value, defaults={"days": days, "due_at": night}
        )
        if not made and row.days != days:
            Retention.objects.filter(pk=row.pk).update(
                days=days, due_at=night, step=0, upto=0, gone=0
            )


def _count(kind: Kind, before: datetime) -> int:
    return sum(rows[: COUNT_MAX + 1].count() for rows in _rows(kind, before))


def _rows(kind: Kind, before: datetime) -> list[QuerySet[Any]]:
    """What `store/retention.sql` would empty, by the same words."""
    match kind:
        case Kind.MESSAGES:
            old = Message.objects.filter(_FULL, at__lt=before)
            return [old.exclude(status__in=_WAITING)]
        case Kind.MEDIA:
            files = Media.objects.filter(message__at__lt=before)
            return [files.exclude(state=MediaState.GONE)]
        case Kind.CLOSED:
            return [_closed(before)]
        case Kind.ANSWERS:
            told = ~Q(wa_id="") | ~Q(values={}) | ~Q(said="")
            return [ActionRun.objects.filter(told, at__lt=before).exclude(state__in=_UNSETTLED)]
        case Kind.FILLED:
            return [*_filled(before)]
        case Kind.FLAWS:
            return [ImportFlaw.objects.filter(upload__created_at__lt=before).exclude(cells=[])]


def _closed(before: datetime) -> QuerySet[Message]:
    resting = Conversation.objects.annotate(
        # PostgreSQL's looks past nulls.
        rested_at=Greatest("held_since", "last_message_at")
    ).filter(holder=Holder.CLOSED, rested_at__lt=before)
    files = Media.objects.filter(message=OuterRef("pk")).exclude(state=MediaState.GONE)
    said = Message.objects.filter(conversation__in=resting.values("pk"))
    return said.filter(_FULL | Q(Exists(files))).exclude(status__in=_WAITING)


def _filled(before: datetime) -> tuple[QuerySet[Any], ...]:
    sent = Recipient.objects.annotate(over_at=Coalesce("released_at", "campaign__ended_at"))
    errands = Errand.objects.annotate(over_at=Coalesce("released_at", F("created_at")))
    over = ~Q(skipped_why="") | Q(released_at__isnull=False)
    files = Enclosure.objects.filter(settled=True, campaign__ended_at__lt=before)
    return (
        sent.filter(over_at__lt=before, campaign__state__in=_OVER).exclude(filled={}),
        errands.filter(over, over_at__lt=before).exclude(filled={}),
        files.filter(campaign__state__in=_OVER).exclude(why="expired"),
    )
