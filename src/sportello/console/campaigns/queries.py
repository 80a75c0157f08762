"""What is asked of campaigns: lists, totals that add up, recipients and reasons, a preview."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sportello.console.campaigns import enclosures
from sportello.console.campaigns.remembered import remembered
from sportello.console.contacts import audiences
from sportello.console.paging import Page, newest_ids_first
from sportello.rules import audience as audience_rules
from sportello.rules import campaign as rules
from sportello.rules import status
from sportello.rules.audience import FREQUENCY_CAP, Restraint
from sportello.rules.campaign import Outcome
from sportello.rules.consent import Topic
from sportello.rules.guard import Code
from sportello.schema.campaigns import Campaign, Recipient
from sportello.schema.inbox import Message, MessageStatus
from sportello.schema.people import ConsentAction, ConsentEvent, Contact
from sportello.schema.templates import Template

_MARKETING: Final = "MARKETING"
MISSING_VALUE: Final = "value_missing"
_NEVER_ARRIVED: Final = [
    MessageStatus.FAILED,
    MessageStatus.REFUSED,
    MessageStatus.CANCELLED,
]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would receive it, and how many would not by which reason; they add up to `audience`."""

    audience: int
    receive: int
    skipped: dict[str, int]


def campaign(campaign_id: int) -> Campaign:
    """With template and number. Raises Campaign.DoesNotExist."""
    known = Campaign.objects.filter(automatic=False).select_related(
        "template", "number", "workspace", "file", "by"
    )
    return known.defer("file__content").get(pk=campaign_id)


def campaigns(cursor: str, limit: int) -> Page[Campaign]:
    """Newest first. Raises WrongCursor."""
    rows = Campaign.objects.filter(automatic=False).select_related("template", "number")
    return newest_ids_first(rows, cursor, limit)


def totals(row: Campaign, now: datetime) -> dict[str, int]:
    """A count for each outcome; their sum is the audience, before as after its start."""
    return remembered("totals", row, lambda: _totals(row, now))


def _totals(row: Campaign, now: datetime) -> dict[str, int]:
    counts = dict.fromkeys([outcome.value for outcome in Outcome], 0)
    if not row.planned:
        planned = Recipient.objects.filter(campaign=row).count()
        audience = audience_of(row, now).count()
        counts[Outcome.WAITING] += max(0, audience - planned)
    groups = (
        Recipient.objects.filter(campaign=row)
        .values("skipped_why", state=F("message__status"))
        .annotate(n=Count("pk"))
        .order_by()
    )
    for group in groups:
        counts[outcome(row, group["skipped_why"], group["state"])] += group["n"]
    return counts


def outcome_of(row: Recipient) -> Outcome:
    """Needs campaign and message selected with it."""
    state = None if row.message is None else row.message.status
    return outcome(row.campaign, row.skipped_why, state)


def outcome(row: Campaign, skipped_why: str, state: str | None) -> Outcome:
    """Of somebody who was planned and never released a cancelled campaign makes a cancelled one."""
    if state is None and not skipped_why:
        over = rules.State(row.state) is rules.State.CANCELLED
        return Outcome.CANCELLED if over else Outcome.WAITING
    return rules.outcome(None if state is None else status.State(state))


def recipients(
    row: Campaign, outcome: str, reason: str, cursor: str, limit: int
) -> Page[Recipient]:
    """Newest planned first, narrowed to an outcome or a reason. Raises WrongCursor."""
    rows = Recipient.objects.filter(campaign=row).select_related("campaign", "contact", "message")
    if outcome:
        rows = rows.filter(that_are(row, Outcome(outcome)))
    if reason:
        by_code = Q(message__error__code=int(reason)) if reason.isdecimal() else Q()
        rows = rows.filter(Q(skipped_why=reason) | Q(message__receipt__code=reason) | by_code)
    return newest_ids_first(rows, cursor, limit)


def that_are(row: Campaign, wanted: Outcome) -> Q:
    states = [state.value for state, shown in rules.OUTCOMES.items() if shown is wanted]
    found = Q(message__status__in=states)
    if wanted is Outcome.SKIPPED:
        found |= ~Q(skipped_why="")
    unreleased = Q(message__isnull=True, skipped_why="")
    if wanted is outcome(row, "", None):
        found |= unreleased
    return found


def judged(row: Campaign, now: datetime) -> QuerySet[Any]:
    """The audience with the first `reason` not to write to each; "" for those who receive it."""
    reasons = [When(is_so, then=Value(code)) for code, is_so in _reasons(row)]
    people: QuerySet[Any] = members(row, now)
    restraint = Restraint(row.workspace.promotions_max, row.workspace.promotions_days)
    if restraint.most is not None and row.template is not None and _promotes(row.template):
        people = people.annotate(had=_had(now - timedelta(days=restraint.days)))
        reasons.append(When(had__gte=restraint.most, then=Value(FREQUENCY_CAP)))
    first = Case(*reasons, default=Value(""), output_field=CharField())
    found: QuerySet[Any] = people.annotate(reason=first)
    return found


def _had(since: datetime) -> Coalesce:
    """How many promotions somebody had since then; its twin is `promoted` of store.campaigns."""
    sent = (
        Message.objects.filter(
            conversation__contact=OuterRef("pk"),
            type="template",
            payload__template__category="marketing",
            at__gte=since,
        )
        .exclude(status__in=_NEVER_ARRIVED)
        .order_by()
        .values("conversation__contact")
    )
    return Coalesce(Subquery(sent.annotate(n=Count("pk")).values("n")[:1]), 0)


def _promotes(template: Template) -> bool:
    return template.category == _MARKETING


def audience_of(row: Campaign, now: datetime) -> QuerySet[Contact]:
    """Whom it is for, as things are now."""
    if not row.audience:
        return Contact.objects.none()
    return audiences.people(audience_rules.audience(row.audience), now)


def members(row: Campaign, now: datetime) -> QuerySet[Contact]:
    """The audience as it is now, with each one's newest word on marketing as `consent`."""
    newest = (
        ConsentEvent.objects.filter(contact=OuterRef("pk"), category=Topic.MARKETING.value)
        .order_by("-at", "-action")
        .values("action")[:1]
    )
    people = audience_of(row, now).annotate(consent=Subquery(newest))
    return enclosures.with_cell(people, row)


def _reasons(row: Campaign) -> list[tuple[str, Q]]:
    """In the guard's order: each person is counted by the reason that planning will give."""
    found: list[tuple[str, Q]] = [(Code.UNREACHABLE.value, Q(unreachable_since__isnull=False))]
    if row.template is not None and _promotes(row.template):
        found.append((Code.OPTED_OUT.value, Q(consent=ConsentAction.WITHDRAW)))
        found.append((Code.NO_CONSENT.value, Q(consent__isnull=True)))
    columns = {
        source["column"]
        for source in row.variables.values()
        if source.get("column") and not source.get("otherwise")
    }
    missing = Q()
    for column in sorted(columns):
        missing |= _lacks(column)
    if columns:
        found.append((MISSING_VALUE, missing))
    return [*found, *enclosures.reasons(row)]


def _lacks(column: str) -> Q:
    if column == "name":
        return Q(name="", profile_name="")
    if column == "first_name":
        return Q(name="", profile_name="") & _lacks_property(column)
    if column == "phone":
        return Q(wa_id__isnull=True)
    return _lacks_property(column)


def _lacks_property(column: str) -> Q:
    here = f"properties__{column}"
    return Q(**{f"{here}__isnull": True}) | Q(**{here: ""})
