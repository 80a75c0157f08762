"""A month of the ledger: what was expected, what Meta bills, by category, market and day.

Months are those of the accounts' time zones; a message counts on the day of its delivery, and
until then on that of its sending.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

from django.db.models import Case, Count, DateField, F, Min, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, TruncDate

from sportello.rules import account_days
from sportello.schema.channel import Number
from sportello.schema.money import Charge, RateCard

# Meta tries for thirty days to deliver; what was sent that long before may count in the month.
LATEST: Final = timedelta(days=31)
# Our clock may be ahead of Meta's, which tells of the delivery.
SKEW: Final = timedelta(hours=1)
NUMBERS_MAX: Final = 50
LINES_MAX: Final = 50_000
MONTHS_MAX: Final = 24
OLD: Final = timedelta(days=90)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line:
    """Messages that are alike, in one currency. Micros are millionths of its unit.

    `expected` is for all, `delivered_expected` for those that were delivered, `billed` is what
    Meta states for these; `unpriced` of them have no price that is known.
    """

    day: date
    number_id: int
    currency: str
    category: str
    market: str
    kind: str
    messages: int
    delivered: int
    expected: int
    delivered_expected: int
    billed: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class Total:
    """Lines added up."""

    messages: int = 0
    delivered: int = 0
    expected: int = 0
    delivered_expected: int = 0
    billed: int = 0
    unpriced: int = 0

    def plus(self, line: Line) -> "Total":
        return Total(
            self.messages + line.messages,
            self.delivered + line.delivered,
            self.expected + line.expected,
            self.delivered_expected + line.delivered_expected,
            self.billed + line.billed,
            self.unpriced + line.unpriced,
        )

    @property
    def under_way(self) -> int:
        return self.messages - self.delivered

    @property
    def difference(self) -> int:
        return self.billed - self.delivered_expected


@dataclass(frozen=True, slots=True)
class PriceList:
    """The newest card of a currency; `checked_on` is when its source was last looked at."""

    currency: str
    checked_on: date | None
    effective_from: date | None
    is_old: bool


def lines(first: date) -> list[Line]:
    """Those of the month that begins on `first`, in order of day; a bounded number."""
    found = [line for zone, numbers in _zones().items() for line in _lines(first, zone, numbers)]
    found.sort(key=lambda line: (line.day, line.number_id, line.category, line.market, line.kind))
    return found


def summed(found: Iterable[Line], key: Callable[[Line], Key]) -> dict[Key, Total]:
    sums: dict[Key, Total] = {}
    for line in found:
        one = key(line)
        sums[one] = sums.get(one, Total()).plus(line)
    return sums


def differences(first: date) -> QuerySet[Charge]:
    """What was delivered in the month at another price than was expected; newest first."""
    wanted = Q(pk__in=[])
    for zone, numbers in _zones().items():
        wanted |= _sent_near(first, zone, numbers) & Q(
            billed_at__gte=account_days.starts_at(first, zone),
            billed_at__lt=account_days.starts_at(account_days.month_after(first), zone),
        )
    differs = Q(micros=None) | Q(expected_micros=None) | ~Q(micros=F("expected_micros"))
    return (
        Charge.objects.filter(wanted & differs)
        .select_related("message__conversation__contact")
        .order_by("-billed_at", "-pk")
    )


def months(now: datetime) -> list[date]:
    """From the first line's to the present one, newest first."""
    zone = next(iter(_zones()), "UTC")
    newest = account_days.month_of(now, zone)
    began = Charge.objects.filter(number__in=_numbers()).aggregate(at=Min("sent_at"))["at"]
    oldest = newest if began is None else account_days.month_of(began, zone)
    found = [newest]
    while found[-1] > oldest and len(found) < MONTHS_MAX:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def price_lists(today: date) -> list[PriceList]:
    """Of each currency in which an account of ours is billed."""
    used = sorted({number.account_currency for number in _numbers()})
    return [_price_list(currency, today) for currency in used]


def _price_list(currency: str, today: date) -> PriceList:
    in_force = RateCard.objects.filter(currency=currency).filter(
        Q(effective_from=None) | Q(effective_from__lte=today)
    )
    newest = in_force.order_by(F("effective_from").desc(nulls_last=True), "-checked_on").first()
    if newest is None:
        return PriceList(currency, None, None, is_old=True)
    is_old = today - newest.checked_on > OLD
    return PriceList(currency, newest.checked_on, newest.effective_from, is_old)


def _numbers() -> list[Number]:
    return list(Number.objects.order_by("pk")[:NUMBERS_MAX])


def _zones() -> dict[str, list[Number]]:
    """The numbers by the time zone of their accounts."""
    zones: dict[str, list[Number]] = {}
    for number in _numbers():
        zones.setdefault(number.account_time_zone, []).append(number)
    return zones


def _sent_near(first: date, zone: str, numbers: list[Number]) -> Q:
    """By the index: what may count in the month, by when it was sent."""
    return Q(
        number__in=[number.pk for number in numbers],
        sent_at__gte=account_days.starts_at(first, zone) - LATEST,
        sent_at__lt=account_days.starts_at(account_days.month_after(first), zone) + SKEW,
    )


def _lines(first: date, zone: str, numbers: list[Number]) -> Iterator[Line]:
    delivered = Q(billed_at__isnull=False)
    rows = (
        Charge.objects.filter(_sent_near(first, zone, numbers), fell_through=False)
        .annotate(counted_at=Coalesce("billed_at", "sent_at"))
        .filter(
            counted_at__gte=account_days.starts_at(first, zone),
            counted_at__lt=account_days.starts_at(account_days.month_after(first), zone),
        )
        .annotate(
            day=TruncDate(
                "counted_at", tzinfo=account_days.zone_of(zone), output_field=DateField()
            ),
            as_category=_stated_or_expected("category"),
            as_kind=_stated_or_expected("kind"),
        )
        .values("day", "number_id", "currency", "as_category", "market", "as_kind")
        .annotate(
            messages=Count("pk"),
            delivered=Count("pk", filter=delivered),
            expected=Coalesce(Sum("expected_micros"), 0),
            delivered_expected=Coalesce(Sum("expected_micros", filter=delivered), 0),
            billed=Coalesce(Sum("micros", filter=delivered), 0),
            unpriced=Count("pk", filter=delivered & Q(micros=None)),
        )
        .order_by("day")[:LINES_MAX]
    )
    return (_line(row) for row in rows)


def _stated_or_expected(name: str) -> Case:
    return Case(When(**{name: "", "then": f"expected_{name}"}), default=name)


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        day=row["day"],
        number_id=row["number_id"],
        currency=row["currency"],
        category=row["as_category"],
        market=row["market"],
        kind=row["as_kind"],
        messages=row["messages"],
        delivered=row["delivered"],
        expected=row["expected"],
        delivered_expected=row["delivered_expected"],
        billed=row["billed"],
        unpriced=row["unpriced"],
    )


def day_of(now: datetime) -> date:
    """Today, for the age of price lists, which is reckoned in weeks."""
    return now.astimezone(UTC).date()
