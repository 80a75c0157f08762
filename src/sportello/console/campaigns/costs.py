"""What a campaign and an automation cost: each message once, as billed or as expected."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from sportello.console.campaigns.remembered import remembered
from sportello.schema.campaigns import Campaign, Recipient
from sportello.schema.followups import Errand
from sportello.schema.money import Charge


@dataclass(frozen=True, slots=True)
class Cost:
    """In one currency: as billed where Meta has said it, else as expected."""

    currency: str
    micros: int
    is_whole: bool


def costs(row: Campaign) -> list[Cost]:
    """Of its first message and of all its follow-ups."""
    both = _charges(Recipient, row) | _charges(Errand, row)
    return remembered("costs", row, lambda: _sums(both))


def costs_of_followups(row: Campaign) -> list[Cost]:
    return remembered("followups", row, lambda: _sums(_charges(Errand, row)))


def costs_of_step(row: Campaign, position: int) -> list[Cost]:
    of_step = _charges(Errand, row, position=position)
    return remembered(f"step {position}", row, lambda: _sums(of_step))


def _charges(sent: type[Recipient | Errand], row: Campaign, **of: int) -> QuerySet[Charge]:
    told = sent.objects.filter(campaign=row, message__isnull=False, **of)
    messages: Any = told.values("message_id")
    return Charge.objects.filter(message_id__in=messages, fell_through=False)


def _sums(lines: QuerySet[Charge]) -> list[Cost]:
    found = (
        lines.values("currency")
        .annotate(
            sum=Sum(Coalesce("micros", "expected_micros")),
            unknown=Count("pk", filter=Q(micros__isnull=True, expected_micros__isnull=True)),
        )
        .order_by("currency")
    )
    return [Cost(one["currency"], one["sum"] or 0, not one["unknown"]) for one in found]


def by_message(rows: Iterable[Recipient | Errand]) -> dict[int | None, Charge]:
    """By message what each of them cost."""
    ids = [row.message_id for row in rows if row.message_id is not None]
    told = Charge.objects.filter(message_id__in=ids)
    shown = told.only("message", "currency", "micros", "expected_micros", "fell_through")
    return {charge.message_id: charge for charge in shown}


def price(charge: Charge | None) -> int | None:
    """Millionths: as billed where Meta has said it; None while nothing is owed or known."""
    if charge is None or charge.fell_through:
        return None
    return charge.expected_micros if charge.micros is None else charge.micros
