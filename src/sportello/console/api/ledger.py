"""What messages cost, month by month."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from ninja import Router

from sportello.console.api import shapes_money as shapes
from sportello.console.api.access import CallerRequest, reading
from sportello.console.money import ledger
from sportello.console.money.ledger import Line, PriceList, Total
from sportello.rules import account_days

router = Router(tags=["ledger"])


@router.get("", response=shapes.Ledger, summary="A month's cost, expected and billed")
@reading
def get_ledger(request: CallerRequest, month: shapes.Month = "") -> shapes.Ledger:
    """Without `month` the present one. Amounts are in millionths of the currency, without tax.

    `expected` is what all messages of the month were expected to cost when they left, `billed`
    what WhatsApp's statuses state for those delivered, and `difference` how much that is more than
    was expected of these. Days and the month are those of the accounts' time zones.
    """
    now = request.auth.now
    first = date.fromisoformat(f"{month}-01") if month else ledger.months(now)[0]
    lines = ledger.lines(first)
    return shapes.Ledger(
        month=f"{first:%Y-%m}",
        starts_on=first,
        ends_on=account_days.month_after(first),
        totals=[
            shapes.LedgerTotal(currency=currency, **_sums(total))
            for currency, total in _sorted(lines, lambda line: line.currency)
        ],
        lines=[
            shapes.LedgerLine(currency=currency, category=category, market=market, **_sums(total))
            for (currency, category, market), total in _sorted(
                lines, lambda line: (line.currency, line.category, line.market)
            )
        ],
        days=[
            shapes.LedgerDay(currency=currency, day=day, **_sums(total))
            for (currency, day), total in _sorted(lines, lambda line: (line.currency, line.day))
        ],
        differences=ledger.differences(first).count(),
        price_lists=[_price_list(one) for one in ledger.price_lists(ledger.day_of(now))],
    )


def _sorted(lines: Sequence[Line], key: Callable[[Line], Any]) -> list[tuple[Any, Total]]:
    return sorted(ledger.summed(lines, key).items(), key=lambda entry: entry[0])


def _sums(total: Total) -> dict[str, int]:
    return {
        "messages": total.messages,
        "delivered": total.delivered,
        "without_price": total.unpriced,
        "expected_micros": total.expected,
        "billed_micros": total.billed,
        "difference_micros": total.difference,
    }


def _price_list(one: PriceList) -> shapes.PriceList:
    return shapes.PriceList(
        currency=one.currency,
        effective_from=one.effective_from,
        checked_on=one.checked_on,
        is_old=one.is_old,
    )
