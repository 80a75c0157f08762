"""The page of what messages cost, and its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.channel.views import tabs
from sportello.console.members import member
from sportello.console.money import ledger, reasons, sheet
from sportello.console.money.ledger import Line, Total
from sportello.schema.channel import Number
from sportello.schema.money import Charge

_DIFFERENCES: Final = 30


@dataclass(frozen=True, slots=True)
class Row:
    """Category and market with their sum; `market` is empty for a category's own."""

    category: str
    market: str
    total: Total


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: what is billed and what is still expected, as shares of the dearest day."""

    day: date
    total: Total
    billed_share: int
    expected_share: int


@dataclass(frozen=True, slots=True)
class Purse:
    """All of a month in one currency."""

    currency: str
    total: Total
    rows: list[Row]
    bars: list[Bar]


@member
@require_GET
def spend(request: DeskRequest) -> HttpResponse:
    months = ledger.months(request.now)
    first = month_of(request.GET.get("month", ""), months)
    page = Paginator(ledger.differences(first), _DIFFERENCES).get_page(request.GET.get("page"))
    place = months.index(first)
    shown = tabs() | {
        "month": first,
        "months": months,
        "older": months[place + 1] if place + 1 < len(months) else None,
        "newer": months[place - 1] if place else None,
        "purses": purses(ledger.lines(first)),
        "price_lists": ledger.price_lists(ledger.day_of(request.now)),
        "page": page,
        "differences": [_difference(charge) for charge in page],
        "budget": request.workspace.monthly_budget_micros,
    }
    return render(request, "money/spend.html", shown)


@member
@require_GET
def spend_csv(request: DeskRequest) -> HttpResponse:
    first = month_of(request.GET.get("month", ""), ledger.months(request.now))
    numbers = dict(Number.objects.values_list("pk", "display_number")[: ledger.NUMBERS_MAX])
    body = sheet.csv_of(ledger.lines(first), numbers)
    name = f"sportello-{first:%Y-%m}.csv"
    return HttpResponse(
        body.encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def month_of(text: str, months: Sequence[date]) -> date:
    """The month `2026-11` if the ledger has it; without any, the newest. Raises Http404."""
    if not text:
        return months[0]
    for month in months:
        if f"{month:%Y-%m}" == text:
            return month
    raise Http404


def purses(lines: Sequence[Line]) -> list[Purse]:
    currencies = sorted({line.currency for line in lines})
    return [
        _purse(currency, [line for line in lines if line.currency == currency])
        for currency in currencies
    ]


def _purse(currency: str, lines: Sequence[Line]) -> Purse:
    markets = ledger.summed(lines, lambda line: (line.category, line.market))
    categories = ledger.summed(lines, lambda line: line.category)
    rows: list[Row] = []
    for category, total in sorted(categories.items(), key=_dearest_first):
        rows.append(Row(reasons.category(category), "", total))
        inner = {market: t for (of, market), t in markets.items() if of == category}
        rows += [
            Row(reasons.category(category), market, t)
            for market, t in sorted(inner.items(), key=_dearest_first)
        ]
    (total,) = ledger.summed(lines, lambda _: "").values()
    return Purse(currency, total, rows, _bars(lines))


def _dearest_first(entry: tuple[str, Total]) -> tuple[int, int, str]:
    name, total = entry
    return -total.billed, -total.expected, name


def _bars(lines: Sequence[Line]) -> list[Bar]:
    days = sorted(ledger.summed(lines, lambda line: line.day).items())
    most = max((_height(total) for _, total in days), default=0) or 1
    return [
        Bar(day, total, 100 * total.billed // most, 100 * _height(total) // most)
        for day, total in days
    ]


def _height(total: Total) -> int:
    """Billed, and what is expected for what is under way."""
    return total.billed + total.expected - total.delivered_expected


def _difference(charge: Charge) -> dict[str, Any]:
    conversation = None if charge.message is None else charge.message.conversation
    return {
        "charge": charge,
        "conversation": conversation,
        "category": reasons.category(charge.category or charge.expected_category),
        "reason": reasons.of_difference(charge),
    }
