"""Meta's bill out of the ledger, and the same sums as `pricing_analytics` shows them.

Source: reference limits-and-pricing 7.4.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from whatsapp_emulator.billing import local
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, required
from whatsapp_emulator.fields import bare, split_fields
from whatsapp_emulator.ledger import Line
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Waba

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

GRANULARITIES = ("HALF_HOUR", "DAILY", "MONTHLY")
METRICS = ("COST", "VOLUME")
LOOK_BACK_S = 366 * 86_400
POINTS_MAX = 20_000
FOREVER = float("inf")
_ARGUMENT = re.compile(r"\.(\w+)\(([^)]*)\)")


def invoice(emulator: "Emulator", waba: Waba, start: str | None, end: str | None) -> Json:
    """Per category, market, kind and step what was delivered and what it costs; then the total.

    `start` and `end` (not included) are days of the account's calendar or instants with offset.
    Raises ValueError for what is neither.
    """
    since = _moment(start, waba) if start else 0.0
    until = _moment(end, waba) if end else FOREVER
    sums: dict[tuple[str, str, str, str, int], int] = {}
    numbers = frozenset(waba.number_ids)
    for line, volume in emulator.world.ledger.between(numbers, since, until):
        key = (line.category, line.market, line.kind, line.tier, line.rate)
        sums[key] = sums.get(key, 0) + volume
    lines = [_line(key, volume) for key, volume in sorted(sums.items())]
    total = sum(line["amount_micros"] for line in lines)
    return {
        "waba": waba.id,
        "currency": waba.currency,
        "from": start,
        "to": end,
        "lines": lines,
        "total_micros": total,
        "total": money(total),
    }


def money(micros: int) -> str:
    """Millionths as a decimal number: `12.345600`."""
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def pricing_analytics(waba: Waba, call: Call) -> Json:
    """The field of that name on an account. Raises GraphError 100 for wrong arguments."""
    wish = _wish(call)
    sums: dict[tuple[tuple[str, object], ...], list[int]] = {}
    numbers = frozenset(waba.number_ids)
    for line, volume in call.emulator.world.ledger.between(numbers, wish.start, wish.end):
        if not wish.wants(call, line):
            continue
        key = tuple(wish.point(call, waba, line).items())
        found = sums.setdefault(key, [0, 0])
        found[0] += volume
        found[1] += volume * line.rate
        if len(sums) > POINTS_MAX:
            raise GraphError(100, "Too many data points: ask for fewer dimensions or days")
    points = [_point(dict(key), found, wish.metrics) for key, found in sums.items()]
    points.sort(key=lambda p: (p["start"], str(p)))
    return {"data": [{"data_points": points}]}


@dataclass(frozen=True)
class Wish:
    """The arguments of the field, read and checked."""

    start: int
    end: int
    granularity: str
    metrics: tuple[str, ...]
    lists: dict[str, tuple[str, ...]]

    def wants(self, call: Call, line: Line) -> bool:
        given = {
            "phone_numbers": call.emulator.world.numbers[line.number_id].digits,
            "country_codes": line.country,
            "pricing_types": line.kind.upper(),
            "pricing_categories": line.category.upper(),
        }
        return all(
            not self.lists[name] or value in self.lists[name] for name, value in given.items()
        )

    def point(self, call: Call, waba: Waba, line: Line) -> Json:
        """The interval and the asked dimensions of a line."""
        start, end = _interval(line.slot, self.granularity, waba.timezone)
        told: Json = {"start": start, "end": end}
        shows: dict[str, tuple[str, Callable[[], str]]] = {
            "PHONE": ("phone_number", lambda: call.emulator.world.numbers[line.number_id].digits),
            "COUNTRY": ("country", lambda: line.country),
            "TIER": ("tier", lambda: line.tier),
            "PRICING_TYPE": ("pricing_type", line.kind.upper),
            "PRICING_CATEGORY": ("pricing_category", line.category.upper),
        }
        for dimension, (name, value) in shows.items():
            if dimension in self.lists["dimensions"] and value():
                told[name] = value()
        return told


def _wish(call: Call) -> Wish:
    named = (n for n in split_fields(call.text("fields") or "") if bare(n) == "pricing_analytics")
    given = dict(_ARGUMENT.findall(next(named, "")))
    for name in ("start", "end", "granularity"):
        if name not in given:
            raise required(f"pricing_analytics.{name}")
    if not (given["start"].isdigit() and given["end"].isdigit()):
        raise GraphError(100, "start and end are seconds since 1970")
    start, end = int(given["start"]), int(given["end"])
    if end <= start or start < call.now - LOOK_BACK_S:
        raise GraphError(100, "end comes after start, and start is at most one year ago")
    granularity = given["granularity"].strip("\"' ").upper()
    if granularity not in GRANULARITIES:
        raise GraphError(100, f"granularity must be one of {{{', '.join(GRANULARITIES)}}}")
    names = ("phone_numbers", "country_codes", "pricing_types", "pricing_categories", "dimensions")
    lists = {name: _list(given.get(name, "")) for name in names}
    lists["phone_numbers"] = tuple(
        "".join(filter(str.isdigit, number)) for number in lists["phone_numbers"]
    )
    metrics = _list(given.get("metric_types", "")) or METRICS
    return Wish(start, end, granularity, metrics, lists)


def _list(text: str) -> tuple[str, ...]:
    items = (item.strip(" \"'").upper() for item in text.strip(" []").split(","))
    return tuple(item for item in items if item)


def _interval(slot: int, granularity: str, zone: str) -> tuple[int, int]:
    """The half hour, or the day or month of the account's calendar, that a slot lies in."""
    if granularity == "HALF_HOUR":
        start = slot // 1_800 * 1_800
        return start, start + 1_800
    midnight = local(slot, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if granularity == "DAILY":
        after = midnight + timedelta(days=1)
    else:
        midnight = midnight.replace(day=1)
        after = (midnight + timedelta(days=32)).replace(day=1)
    return int(midnight.timestamp()), int(after.timestamp())


def _point(told: Json, found: list[int], metrics: tuple[str, ...]) -> Json:
    volume, micros = found
    if "VOLUME" in metrics:
        told["volume"] = volume
    if "COST" in metrics:
        told["cost"] = micros / 1_000_000
    return told


def _line(key: tuple[str, str, str, str, int], volume: int) -> Json:
    category, market, kind, tier, rate = key
    return {
        "category": category,
        "market": market,
        "type": kind,
        "tier": tier or None,
        "rate": money(rate),
        "volume": volume,
        "amount_micros": volume * rate,
        "amount": money(volume * rate),
    }


def _moment(text: str, waba: Waba) -> float:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = datetime.fromisoformat(text.replace(" ", "+"))
        if at.tzinfo is None:
            raise ValueError("an instant needs an offset, such as +00:00") from None
        return at.timestamp()
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(waba.timezone)).timestamp()
