"""The hours of a campaign as people give them, made fit to be kept."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final

from sportello.console.weeks import SPANS_MAX
from sportello.rules.calendar import Span

_HOLIDAYS_MAX: Final = 100
_WEEKDAYS: Final = frozenset("0123456")


class UnfitCalendar(ValueError):  # noqa: N818  # what was asked is unfit, nothing broke
    """`code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fit_calendar(given: Mapping[str, Any]) -> dict[str, Any]:
    """{"days": {"0": [["09:00", "13:00"]]}, "holidays": ["2026-12-25"]}: Monday is "0".

    Raises UnfitCalendar: unreadable, too_many, never_open.
    """
    days, holidays = given.get("days"), given.get("holidays", [])
    if not isinstance(days, dict) or not isinstance(holidays, list) or set(days) - _WEEKDAYS:
        raise UnfitCalendar("unreadable")
    if len(holidays) > _HOLIDAYS_MAX:
        raise UnfitCalendar("too_many")
    fit = {day: _spans(spans) for day, spans in sorted(days.items()) if spans}
    if not fit:
        raise UnfitCalendar("never_open")
    return {"days": fit, "holidays": sorted({_day(one) for one in holidays})}


def _spans(given: Any) -> list[list[str]]:
    if not isinstance(given, list):
        raise UnfitCalendar("unreadable")
    if len(given) > SPANS_MAX:
        raise UnfitCalendar("too_many")
    return sorted(_span(one) for one in given)


def _span(given: Any) -> list[str]:
    try:
        start, end = given
        span = Span(time.fromisoformat(start), time.fromisoformat(end))
    except (TypeError, ValueError) as error:
        raise UnfitCalendar("unreadable") from error
    return [span.start.isoformat("minutes"), span.end.isoformat("minutes")]


def _day(given: Any) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except (TypeError, ValueError) as error:
        raise UnfitCalendar("unreadable") from error
