"""What is looked at before a campaign starts: people, price, Meta's limit, health, risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from sportello.console.campaigns import counting, words
from sportello.console.campaigns.counting import Tally
from sportello.console.campaigns.queries import Preview
from sportello.console.campaigns.words import Reason
from sportello.console.money import prices
from sportello.rules import campaign_risk
from sportello.rules.after import After, Unit
from sportello.rules.audience import FREQUENCY_CAP
from sportello.rules.campaign_risk import Known, Level, Risk
from sportello.rules.expected import Chat
from sportello.rules.followup import days_apart
from sportello.rules.pricing import Category
from sportello.schema.campaigns import Campaign, CampaignState, Recipient
from sportello.schema.channel import Number
from sportello.schema.followups import Followup
from sportello.schema.inbox import Message, MessageStatus
from sportello.schema.sends import Send

_A_DAY: Final = timedelta(days=1)
_CATEGORIES: Final = {"MARKETING": Category.MARKETING, "UTILITY": Category.UTILITY}
_LATEST: Final = 3
_SAMPLE_MIN: Final = 20
_SAMPLE_MAX: Final = 20_000
Heads = Sequence[tuple[str | None, int]]
_ARRIVED: Final = [MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.PLAYED]


@dataclass(frozen=True, slots=True)
class Cost:
    """Millionths. `worst`: all is delivered, and every follow-up goes to everybody. `likely`: of
    the first message as much as of the latest campaigns was; without any it is all of it. How many
    answer nobody knows, so the follow-ups stand in the worst case alone: `followups` is their part.
    `unknown` people have no price that is known.
    """

    currency: str
    worst: int
    likely: int
    share: float | None
    unknown: int
    budget_left: int | None
    followups: int = 0

    @property
    def exceeds_budget(self) -> bool:
        return self.budget_left is not None and self.worst > self.budget_left


@dataclass(frozen=True, slots=True)
class Limit:
    """People who may be written to first in a rolling day, and how many have been.

    `wanted` by the first message. Meta counts a person once a day: `followups` are those counted
    again on later days, if nobody answers.
    """

    most: int
    used: int
    wanted: int
    followups: int = 0

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def with_followups(self) -> int:
        """Of all days together."""
        return self.wanted + self.followups

    @property
    def days(self) -> int:
        """How many days it takes, today included."""
        return 1 + max(0, -(-(self.wanted - self.left) // self.most))


@dataclass(frozen=True, slots=True)
class Skipped:
    reason: Reason
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Checks:
    """All of the page of checks."""

    preview: Preview
    skipped: list[Skipped]
    cost: Cost | None
    limit: Limit | None
    often: int
    risks: list[Risk]
    level: Level


def checks(row: Campaign, now: datetime, counted: Tally | None = None) -> Checks:
    """Needs number, template and workspace selected with it. `counted`: of the whole audience."""
    counted = counted or counting.count(row, now)
    receive = counted.heads.total()
    preview = Preview(receive + counted.skipped.total(), receive, dict(counted.skipped))
    limit = limit_of(row.number, preview.receive, now, days=_other_days(row))
    known = Known(
        audience=preview.audience,
        receive=preview.receive,
        strangers=counted.strangers,
        often=counted.often,
        number_quality=row.number.quality,
        template_quality="UNKNOWN" if row.template is None else row.template.quality,
        left_today=None if limit is None else limit.left,
        canary=row.canary,
        is_marketing=counting.is_marketing(row),
    )
    found = campaign_risk.risks(known)
    most = max(1, preview.audience)
    return Checks(
        preview=preview,
        skipped=[
            Skipped(words.reason(code), count, max(1, round(100 * count / most)))
            for code, count in sorted(preview.skipped.items(), key=lambda one: -one[1])
        ],
        cost=cost(row, list(counted.heads.items()), now),
        limit=limit,
        often=counted.often + preview.skipped.get(FREQUENCY_CAP, 0),
        risks=found,
        level=campaign_risk.level(found),
    )


def cost(row: Campaign, heads: Heads, now: datetime) -> Cost | None:
    """None for a template whose category has no price list. `heads`: of those who receive it."""
    category = None if row.template is None else _CATEGORIES.get(row.template.category)
    if category is None:
        return None
    known, unknown = _priced(row, heads, category, now)
    later = [_priced(row, heads, one, now) for one in _later(row)]
    followups = sum(micros for micros, _ in later)
    share = delivered_share()
    currency = row.number.account_currency
    return Cost(
        currency=currency,
        worst=known + followups,
        likely=known if share is None else round(known * share),
        share=share,
        unknown=max([unknown, *(count for _, count in later)]),
        budget_left=prices.budget_left(row.workspace, currency, now),
        followups=followups,
    )


def _priced(row: Campaign, heads: Heads, category: Category, now: datetime) -> tuple[int, int]:
    """What one message to each would cost today, and how many have no price that is known."""
    known, unknown = 0, 0
    for head, count in heads:
        # Whether a window is open matters to no price of a template since October 2026.
        quote = prices.of_chat(row.number, Chat(head, None, None), category, now)
        micros = quote.price.micros
        known += 0 if micros is None else micros * count
        unknown += count if micros is None else 0
    return known, unknown


def _later(row: Campaign) -> list[Category]:
    """The category of each follow-up's template."""
    told = Followup.objects.filter(campaign=row).values_list("template__category", flat=True)
    return [_CATEGORIES[one] for one in told.order_by("position") if one in _CATEGORIES]


def _other_days(row: Campaign) -> int:
    """On how many further days a person may be counted by Meta, as the follow-ups stand."""
    waits = Followup.objects.filter(campaign=row).values_list("after_unit", "after_count")
    steps = [After(count, Unit(unit)) for unit, count in waits.order_by("position")]
    return days_apart(steps)


def delivered_share() -> float | None:
    """Of what the latest campaigns sent, of each the last so many; None while there is too little
    to tell.
    """
    latest = Campaign.objects.filter(state=CampaignState.COMPLETED).order_by("-pk")
    sent = arrived = 0
    for campaign_id in latest.values_list("pk", flat=True)[:_LATEST]:
        released = Recipient.objects.filter(campaign_id=campaign_id, released_at__isnull=False)
        last = released.order_by("-released_at").values("message_id")[:_SAMPLE_MAX]
        told = Message.objects.filter(pk__in=last).aggregate(
            sent=Count("pk"), arrived=Count("pk", filter=Q(status__in=_ARRIVED))
        )
        sent, arrived = sent + told["sent"], arrived + told["arrived"]
    return arrived / sent if sent >= _SAMPLE_MIN else None


def limit_of(number: Number, wanted: int, now: datetime, *, days: int = 0) -> Limit | None:
    """None where Meta has told none, or there is none. Shared by the numbers of a portfolio.

    `days`: on how many later days each person may be counted again.
    """
    if not number.messaging_limit:
        return None
    numbers = Q(pk=number.pk)
    if number.portfolio_id:
        numbers |= Q(portfolio_id=number.portfolio_id)
    reached = Send.objects.filter(
        number__in=Number.objects.filter(numbers), reached_out_at__gt=now - _A_DAY
    )
    people = reached.values("conversation__contact_id").distinct()
    used = people[: number.messaging_limit].count()
    return Limit(number.messaging_limit, used, wanted, wanted * days)
