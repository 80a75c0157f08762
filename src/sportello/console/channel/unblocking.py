"""A blocked account: how many unblockings were asked for, and the request, from the ledger's facts.

It tells what is so and what was corrected. It never speaks of another number or account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_administer
from sportello.console.channel import deeds
from sportello.console.channel.doors import FORBIDDEN, number_of
from sportello.console.channel.events import event_detail
from sportello.console.contacts.words import SOURCES
from sportello.console.members import member
from sportello.console.templates_desk import captions
from sportello.console.templatetags.desk import phone
from sportello.schema.campaigns import Campaign
from sportello.schema.channel import Number, NumberStatus, PlatformEvent
from sportello.schema.connections import Unblocking
from sportello.schema.inbox import Message
from sportello.schema.people import ConsentEvent
from sportello.schema.templates import Template

_SINCE: Final = timedelta(days=30)
_TEMPLATES_MAX: Final = 10
_EVENTS_MAX: Final = 10
_LISTED: Final = 20
_LEFT: Final = ("sent", "delivered", "read", "played", "failed", "accepted")
_ARRIVED: Final = ("delivered", "read", "played")


class RequestForm(forms.Form):
    """The only part that nobody but the company can write."""

    corrected = forms.CharField(
        label=gettext_lazy("What you have corrected"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "In your own words and truthfully: which messages were stopped, which list was "
            "cleaned, what people are asked from now on."
        ),
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger knows of the account's last 30 days."""

    name: str
    numbers: tuple[str, ...]
    account: str
    notices: tuple[tuple[datetime, Mapping[str, Any]], ...]
    stopped_at: datetime | None
    campaigns_paused: int
    people: int
    with_consent: int
    sources: tuple[tuple[str, int], ...]
    stops: int
    sent: int
    arrived: int
    read: int
    failed: int
    templates: tuple[tuple[str, str, str], ...]


@member
@require_http_methods(["GET", "POST"])
def unblocking(request: DeskRequest, number_id: int) -> HttpResponse:
    """The request in both languages; a POST keeps that it was made."""
    number = number_of(number_id)
    if request.method == "POST":
        return _asked(request, number)
    form = RequestForm(request.GET if "corrected" in request.GET else None)
    corrected = form.cleaned_data["corrected"] if form.is_bound and form.is_valid() else ""
    facts = gathered(number, request.now)
    asked = Unblocking.objects.filter(waba_id=number.waba_id).select_related("by")
    shown = {
        "number": number,
        "form": form,
        "corrected": corrected,
        "letters": [(code, letter(facts, corrected, code)) for code in ("it", "en")],
        "asked": asked.order_by("-asked_at")[:_LISTED],
        "is_blocked": number.status == NumberStatus.BANNED or number.paused_why == deeds.BLOCKED,
        "administers": may_administer(request.membership),
    }
    return render(request, "channel/unblocking.html", shown)


def _asked(request: DeskRequest, number: Number) -> HttpResponse:
    if not may_administer(request.membership):
        return render(request, "403.html", status=FORBIDDEN)
    corrected = request.POST.get("corrected", "")[:2000].replace("\0", "")
    Unblocking.objects.create(
        workspace=request.workspace,
        waba_id=number.waba_id,
        corrected=corrected,
        asked_at=request.now,
        by=request.user,
    )
    messages.success(request, _("Noted: the request was sent to Meta."))
    return redirect("channel:unblocking", number.pk)


def gathered(number: Number, now: datetime) -> Facts:
    """All numbers of the account count: a block is the account's."""
    numbers = list(Number.objects.filter(waba_id=number.waba_id).order_by("pk")[:_LISTED])
    ids = [one.pk for one in numbers]
    since = now - _SINCE
    written = Message.objects.filter(
        conversation__number__in=ids, origin="campaign", at__gte=since, status__in=_LEFT
    )
    counts = written.aggregate(
        sent=Count("pk"),
        arrived=Count("pk", filter=Q(status__in=_ARRIVED)),
        read=Count("pk", filter=Q(status__in=("read", "played"))),
        failed=Count("pk", filter=Q(status="failed")),
    )
    people = written.values_list("conversation__contact_id", flat=True).distinct()
    grants = ConsentEvent.objects.filter(
        action="grant", category="marketing", contact_id__in=people
    )
    return Facts(
        name=number.verified_name,
        numbers=tuple(one.display_number for one in numbers),
        account=number.waba_id,
        notices=_notices(number),
        stopped_at=number.paused_at,
        campaigns_paused=Campaign.objects.filter(number__in=ids, state="paused").count(),
        people=people.count(),
        with_consent=grants.values("contact_id").distinct().count(),
        sources=_sources(grants),
        stops=_stops(since),
        templates=_templates(number),
        **counts,
    )


def _stops(since: datetime) -> int:
    """People, however often they said so."""
    withdrawn = ConsentEvent.objects.filter(action="withdraw", category="marketing", at__gte=since)
    return withdrawn.values("contact_id").distinct().count()


def _notices(number: Number) -> tuple[tuple[datetime, Mapping[str, Any]], ...]:
    """The newest, oldest first."""
    found = PlatformEvent.objects.filter(waba_id=number.waba_id, field="account_update")
    newest = found.order_by("-at", "-pk").values_list("at", "value")[:_EVENTS_MAX]
    return tuple(reversed(list(newest)))


def _sources(grants: Any) -> tuple[tuple[str, int], ...]:
    rows = grants.values("source").annotate(n=Count("contact_id", distinct=True)).order_by("-n")
    return tuple((row["source"], row["n"]) for row in rows)


def _templates(number: Number) -> tuple[tuple[str, str, str], ...]:
    rows = Template.objects.filter(waba_id=number.waba_id, status="APPROVED", deleted_at=None)
    return tuple(rows.order_by("name").values_list("name", "category", "quality")[:_TEMPLATES_MAX])


def letter(facts: Facts, corrected: str, language: str) -> str:
    """The request as plain text, to be copied into Meta's form."""
    with translation.override(language):
        parts = (
            _opening(facts),
            _told(facts),
            _consent(facts),
            _rates(facts),
            _texts(facts),
            _done(facts, corrected),
            _("We ask you to look at the decision again. We answer any question about this data."),
        )
        return "\n\n".join(part for part in parts if part)


def _opening(facts: Facts) -> str:
    whose = _("WhatsApp Business account %(account)s, %(name)s, %(numbers)s.") % {
        "account": facts.account,
        "name": facts.name,
        "numbers": ", ".join(map(phone, facts.numbers)),
    }
    return _("Request for a review.") + " " + whose


def _told(facts: Facts) -> str:
    """What Meta said of the account, each once."""
    said = {event_detail("account_update", value): at for at, value in facts.notices}
    lines = [f"- {_day(at)}: {words}" for words, at in said.items() if words]
    return "\n".join([_("What Meta told us:"), *lines]) if lines else ""


def _day(at: datetime, hour: str = "") -> str:
    """Italian writes its months small; Django's tables do not."""
    said = formats.date_format(timezone.localtime(at), "j F Y" + hour)
    return said.lower() if translation.get_language() == "it" else said


def _consent(facts: Facts) -> str:
    if not facts.people:
        return _("In the last 30 days no campaign left from this account.")
    said = _(
        "In the last 30 days campaigns wrote to %(people)d people. Of %(proved)d of them we hold a "
        "recorded consent to promotional messages, with its date, words and source:"
    ) % {"people": facts.people, "proved": facts.with_consent}
    lines = [f"- {SOURCES.get(source, source)}: {count}" for source, count in facts.sources]
    return "\n".join([said, *lines])


def _rates(facts: Facts) -> str:
    if not facts.sent:
        return ""
    said = _(
        "Of %(sent)d messages %(arrived)d were delivered, %(read)d read, %(failed)d failed."
    ) % {
        "sent": facts.sent,
        "arrived": facts.arrived,
        "read": facts.read,
        "failed": facts.failed,
    }
    stopped = ngettext(
        "%(n)d person asked for no more promotional messages, and gets none since.",
        "%(n)d people asked for no more promotional messages, and get none since.",
        facts.stops,
    ) % {"n": facts.stops}
    return f"{said} {stopped}"


def _texts(facts: Facts) -> str:
    if not facts.templates:
        return ""
    lines = [
        f"- {name} ({captions.category(category)}{_quality(quality)})"
        for name, category, quality in facts.templates
    ]
    return "\n".join([_("The account's approved templates:"), *lines])


def _quality(quality: str) -> str:
    if quality == "UNKNOWN":
        return ""
    return ", " + _("quality: %(quality)s") % {"quality": captions.QUALITIES[quality].words}


def _done(facts: Facts, corrected: str) -> str:
    lines = []
    if facts.stopped_at is not None:
        at = _day(facts.stopped_at, ", H:i")
        lines.append("- " + _("all sending was stopped on %(at)s") % {"at": at})
    if facts.campaigns_paused:
        lines.append(
            "- "
            + ngettext(
                "%(n)d campaign is paused", "%(n)d campaigns are paused", facts.campaigns_paused
            )
            % {"n": facts.campaigns_paused}
        )
    lines += [f"- {line.strip()}" for line in corrected.splitlines() if line.strip()]
    return "\n".join([_("What we have corrected:"), *lines]) if lines else ""
