"""Analytics of accounts and templates, out of what the tally counted. Source: account 8.10.

`GET /{waba}?fields=analytics.start(1).end(2).granularity(DAY)` and its relatives.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.fields import split_fields
from whatsapp_emulator.rate_cards import MICRO
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.tally import SLOT_S
from whatsapp_emulator.wire import Json, loads
from whatsapp_emulator.world import MANAGEMENT, Template, Waba

EU_UK_JAPAN = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB JP".split()  # noqa: SIM905 - reads better so
)
DAY_S = 86_400
LOOK_BACK_S = 90 * DAY_S
TEMPLATES_MAX = 10
COMPARED_MAX = 10
METRICS = ("SENT", "DELIVERED", "READ", "CLICKED", "COST")
GRAINS = {"HALF_HOUR": "HALF_HOUR", "DAY": "DAY", "DAILY": "DAY", "MONTH": "MONTH",
          "MONTHLY": "MONTH"}  # fmt: skip
_CALL = re.compile(r"\.(\w+)\(([^)]*)\)")
Key = tuple[int, str, str, str | None, str]

admit_approximation(
    "conversation_analytics",
    "conversations of 24 hours by category, counted at delivery, without cost (see "
    "pricing_analytics); type REGULAR",
)


def without_insights(waba: Waba) -> bool:
    """Template insights do not exist in these countries (reference account 8.10)."""
    return waba.file.country in EU_UK_JAPAN


def analytics_of(waba: Waba, call: Call) -> Json:
    """Sent and delivered by period."""
    wish = _wish(call, "analytics")
    grain = _grain(wish)
    counts = _sum(call, waba, wish, ("sent", "delivered"), lambda key: (_period(waba, key, grain),))
    points = [
        {**_span(waba, start, grain), "sent": told.get("sent", 0), "delivered": told["delivered"]}
        for (start,), told in sorted(counts.items())
        if told.setdefault("delivered", 0) or told.get("sent")
    ]
    numbers = [call.emulator.world.numbers[i].digits for i in waba.number_ids]
    return {"phone_numbers": numbers, "granularity": grain, "data_points": points}


def conversations_of(waba: Waba, call: Call) -> Json:
    """Conversations by period and by the asked dimensions."""
    wish = _wish(call, "conversation_analytics")
    grain = _grain(wish)
    dimensions = [d.upper() for d in _listed(wish.get("dimensions"))]

    def group(key: Key) -> tuple[object, ...]:
        return (_period(waba, key, grain), *(_dimension(call, key, d) for d in dimensions))

    counts = _sum(call, waba, wish, ("conversation",), group)
    points = [
        {
            **_span(waba, int(str(found[0])), grain),
            "conversation": sum(told.values()),
            **{d.lower(): value for d, value in zip(dimensions, found[1:], strict=True)},
        }
        for found, told in sorted(counts.items(), key=str)
    ]
    return {"data": [{"data_points": points}]}


@edge(
    "GET", Waba, "template_analytics", needs=MANAGEMENT,
    approximates="a tap on a URL button is what the phone or POST /sim/people/{wa_id}/tap tells; "
    "unique_url_button is not told",
)  # fmt: skip
def template_analytics(call: Call) -> Answer:
    """By day and template; raises 200005 where Meta has none, 200007 before it is enabled."""
    waba: Waba = call.node
    if without_insights(waba):
        raise GraphError(200005, "Template insights are not available for this account")
    if not waba.file.insights:
        raise GraphError(200007, "Enable insights with is_enabled_for_insights=true first")
    ids = _ids(call, "template_ids", TEMPLATES_MAX)
    start, end = _stamp(call.text("start"), "start"), _stamp(call.text("end"), "end")
    if start < call.now - LOOK_BACK_S:
        raise bad_param("start", "must lie in the last 90 days")
    if (call.text("granularity") or "DAILY").upper() != "DAILY":
        raise bad_param("granularity", "must be one of {DAILY}")
    metrics = [m.upper() for m in _listed(call.params.get("metric_types"))] or list(METRICS)
    by_day: dict[tuple[int, str], dict[str, int]] = {}
    for key, count in _counted(call, waba, start, end):
        if key[3] in ids:
            day = by_day.setdefault((_period(waba, key, "DAY"), str(key[3])), {})
            day[key[4]] = day.get(key[4], 0) + count
    points = [
        {"template_id": template, "start": day, "end": day + DAY_S, **_measured(told, metrics)}
        for (day, template), told in sorted(by_day.items())
    ]
    block = {"granularity": "DAILY", "product_type": "cloud_api", "data_points": points}
    return {"data": [block], "paging": {}}


@edge(
    "GET", Template, "compare", needs=MANAGEMENT,
    approximates="blocks are those after which the template was the last message; no reasons",
)  # fmt: skip
def compare(call: Call) -> Answer:
    """Block rate, sends and the top reason of the template and others of its account."""
    ids = [call.node_id, *_ids(call, "template_ids", COMPARED_MAX)]
    start, end = _stamp(call.text("start"), "start"), _stamp(call.text("end"), "end")
    world = call.emulator.world
    waba = world.wabas[call.node.waba_id]
    sent = dict.fromkeys(ids, 0)
    for key, count in _counted(call, waba, start, end):
        if key[3] in sent and key[4] == "sent":
            sent[str(key[3])] += count
    known = [world.templates[i] for i in ids if i in world.templates]
    rates = sorted(known, key=lambda t: len(t.file.feedback) / max(sent[t.id], 1))
    return {
        "data": [
            {
                "metric": "BLOCK_RATE",
                "type": "RELATIVE",
                "order_by_relative_metric": [t.id for t in rates],
            },
            {
                "metric": "MESSAGE_SENDS",
                "type": "NUMBER_VALUES",
                "number_values": [{"key": key, "value": value} for key, value in sent.items()],
            },
            {
                "metric": "TOP_BLOCK_REASON",
                "type": "STRING_VALUES",
                "string_values": [{"key": i, "value": "UNKNOWN_BLOCK_REASON"} for i in ids],
            },
        ]
    }


def _wish(call: Call, name: str) -> dict[str, str]:
    """The chained calls of a field: `.start(1).end(2)` → {start: "1", end: "2"}."""
    for field in split_fields(call.text("fields") or ""):
        if field.split(".", 1)[0].split("(", 1)[0] == name:
            return dict(_CALL.findall(field))
    return {}


def _sum(
    call: Call,
    waba: Waba,
    wish: dict[str, str],
    kinds: tuple[str, ...],
    group: Callable[[Key], tuple[object, ...]],
) -> dict[tuple[object, ...], dict[str, int]]:
    """Counts of these kinds between `start` and `end`, by group and kind, filters applied."""
    start, end = _stamp(wish.get("start"), "start"), _stamp(wish.get("end"), "end")
    countries = _listed(wish.get("country_codes"))
    phones = {"".join(filter(str.isdigit, p)) for p in _listed(wish.get("phone_numbers"))}
    numbers = call.emulator.world.numbers
    sums: dict[tuple[object, ...], dict[str, int]] = {}
    for key, count in _counted(call, waba, start, end):
        if key[4].partition(":")[0] not in kinds or (countries and key[2] not in countries):
            continue
        if phones and numbers[key[1]].digits not in phones:
            continue
        found = sums.setdefault(group(key), {})
        found[key[4]] = found.get(key[4], 0) + count
    return sums


def _counted(call: Call, waba: Waba, start: int, end: int) -> Iterator[tuple[Key, int]]:
    mine = set(waba.number_ids)
    for key, count in call.emulator.world.file.counts.items():
        if key[1] in mine and start <= key[0] < end:
            yield key, count


def _measured(told: dict[str, int], metrics: list[str]) -> Json:
    shown: Json = {m.lower(): told.get(m.lower(), 0) for m in metrics if m in METRICS[:3]}
    taps = [(kind.split(":", 2), n) for kind, n in sorted(told.items()) if kind[:8] == "clicked:"]
    if "CLICKED" in metrics:
        shown["clicked"] = [
            {"type": kind, "button_content": text, "count": n} for (_, kind, text), n in taps
        ]
    if "COST" in metrics:
        urls = sum(n for (_, kind, _), n in taps if kind == "url_button")
        shown["cost"] = _costs(told.get("spent", 0), told.get("delivered", 0), urls)
    return shown


def _costs(micros: int, delivered: int, urls: int) -> list[Json]:
    """In the account's currency; a share of nothing is left out."""
    shares = (("cost_per_delivered", delivered), ("cost_per_url_button_click", urls))
    amount = micros / MICRO
    told: list[Json] = [{"type": "amount_spent", "value": amount}]
    return told + [{"type": kind, "value": round(amount / n, 6)} for kind, n in shares if n]


def _dimension(call: Call, key: Key, name: str) -> str:
    direction, _, category = key[4].partition(":")[2].partition("/")
    match name:
        case "CONVERSATION_CATEGORY":
            return category.upper()
        case "CONVERSATION_DIRECTION":
            return direction
        case "CONVERSATION_TYPE":
            return "REGULAR"
        case "COUNTRY":
            return key[2]
        case "PHONE":
            return call.emulator.world.numbers[key[1]].digits
        case _:
            raise bad_param("dimensions", f"has the unknown dimension {name[:40]}")


def _period(waba: Waba, key: Key, grain: str) -> int:
    """The beginning of the half hour, or of the day or month in the account's time zone."""
    if grain == "HALF_HOUR":
        return key[0]
    local = datetime.fromtimestamp(key[0], ZoneInfo(waba.timezone))
    local = local.replace(hour=0, minute=0, second=0)
    return int((local.replace(day=1) if grain == "MONTH" else local).timestamp())


def _span(waba: Waba, start: object, grain: str) -> Json:
    begin = int(str(start))
    if grain == "MONTH":
        local = datetime.fromtimestamp(begin, ZoneInfo(waba.timezone))
        year, month = divmod(local.year * 12 + local.month, 12)
        end = int(local.replace(year=year, month=month + 1).timestamp())
    else:
        end = begin + (SLOT_S if grain == "HALF_HOUR" else DAY_S)
    return {"start": begin, "end": end}


def _grain(wish: dict[str, str]) -> str:
    grain = GRAINS.get(wish.get("granularity", "").strip("\"' ").upper())
    if grain is None:
        raise bad_param("granularity", "must be one of {HALF_HOUR, DAY, MONTH}")
    return grain


def _stamp(given: str | None, name: str) -> int:
    if given is None:
        raise required(name)
    if not given.strip().isdigit():
        raise bad_param(name, "must be seconds since 1970")
    return int(given)


def _listed(given: object) -> list[str]:
    """`[a,b]`, `["a","b"]`, `a,b` or a list."""
    if isinstance(given, list):
        return [str(item) for item in given]
    parts = str(given or "").strip().strip("[]").split(",")
    return [part.strip().strip("\"'") for part in parts if part.strip()]


def _ids(call: Call, name: str, most: int) -> list[str]:
    given = call.params.get(name)
    ids = _listed(loads(given.encode()) or given if isinstance(given, str) else given)
    if not 1 <= len(ids) <= most:
        raise bad_param(name, f"must have 1 to {most} template ids.")
    return ids
