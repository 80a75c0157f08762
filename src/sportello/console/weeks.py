"""Hours by weekday and days to leave out, as a form: of a campaign, and of the company."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.rules.holidays import national

WEEKDAYS: Final = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_CLOCK: Final = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
_USUAL: Final = ("09:00", "13:00", "15:00", "19:00")
_WORKDAYS: Final = 5
_HOLIDAYS_LENGTH: Final = 2_000
_YEAR: Final = timedelta(days=365)
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
# A day's spans, first to last, by the words that begin the names of their two fields.
_SPANS: Final = ("", "again_", "late_", "fourth_", "fifth_", "sixth_")
SPANS_MAX: Final = len(_SPANS)
_FIRST: Final = gettext_lazy("From")
_NEXT: Final = gettext_lazy("and from")
_TO: Final = gettext_lazy("to")


class WeekForm(forms.Form):
    """For each weekday a box and `spans` pairs of hours, of which `shown` are seen at once; days to
    leave out, one on each line.
    """

    spans: ClassVar[int] = SPANS_MAX
    shown: ClassVar[int] = 2

    holidays = forms.CharField(
        label=gettext_lazy("Other days to leave out"),
        required=False,
        max_length=_HOLIDAYS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "24/12/2026"}),
        help_text=gettext_lazy("One for each line."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        for day, words in enumerate(WEEKDAYS):
            self.fields[f"day_{day}"] = forms.BooleanField(label=words, required=False)
            for edge in edges(self.spans):
                field = forms.TimeField(label=_words(edge), required=False, widget=_CLOCK)
                self.fields[f"{edge}_{day}"] = field

    def days(self) -> Iterator[dict[str, Any]]:
        """`more`: the fields that are folded away while there is nothing in them."""
        for day in range(len(WEEKDAYS)):
            fields = [self[f"{edge}_{day}"] for edge in edges(self.spans)]
            more = fields[2 * self.shown :]
            yield {
                "on": self[f"day_{day}"],
                "edges": fields[: 2 * self.shown],
                "more": more,
                "has_more": any(one.value() or one.errors for one in more),
            }

    def clean_holidays(self) -> list[str]:
        given = self.cleaned_data["holidays"].replace(",", "\n").splitlines()
        return [_day(line.strip()) for line in given if line.strip()]

    def check_days(self, filled: dict[str, Any], where: str) -> None:
        """Puts what is wrong beside its hour; that no day was chosen, beside the field `where`."""
        chosen = [day for day in range(len(WEEKDAYS)) if filled.get(f"day_{day}")]
        if not chosen:
            self.add_error(where, _("Choose a day at least."))
        for day in chosen:
            for place, span in enumerate(_SPANS[: self.spans]):
                start, end = filled.get(f"{span}from_{day}"), filled.get(f"{span}to_{day}")
                if (start is None) != (end is None) or (place == 0 and start is None):
                    self.add_error(f"{span}to_{day}", _("Give both hours, or neither."))
                elif start is not None and end is not None and end != time.min and start >= end:
                    self.add_error(f"{span}to_{day}", _("It ends before it begins."))

    def week(self, *, leave_out_national: bool) -> dict[str, Any]:
        """Of a form that is valid, as campaigns and companies keep it."""
        filled = self.cleaned_data
        left_out = set(filled["holidays"])
        if leave_out_national:
            first = timezone.localtime(self._now).date()
            left_out |= {day.isoformat() for day in national(first, first + _YEAR)}
        days = {
            str(day): self._day_spans(day)
            for day in range(len(WEEKDAYS))
            if filled.get(f"day_{day}")
        }
        return {"days": days, "holidays": sorted(left_out)}

    def _day_spans(self, day: int) -> list[list[str]]:
        filled = self.cleaned_data
        given = [
            (filled.get(f"{span}from_{day}"), filled.get(f"{span}to_{day}"))
            for span in _SPANS[: self.spans]
        ]
        return [
            [start.isoformat("minutes"), end.isoformat("minutes")]
            for start, end in given
            if start is not None and end is not None
        ]


def edges(spans: int) -> list[str]:
    """The names of a day's fields, without the day's number."""
    return [f"{span}{edge}" for span in _SPANS[:spans] for edge in ("from", "to")]


def _words(edge: str) -> Any:
    if edge.endswith("to"):
        return _TO
    return _FIRST if edge == "from" else _NEXT


def usual_days() -> dict[str, Any]:
    """The hours of an office, where nobody has said others."""
    usual = dict(zip(edges(2), _USUAL, strict=True))
    clocks = {f"{edge}_{day}": clock for day in range(7) for edge, clock in usual.items()}
    return clocks | {f"day_{day}": day < _WORKDAYS for day in range(7)}


def kept_days(told: dict[str, Any], spans: int) -> dict[str, Any]:
    """What is kept, for the fields."""
    found: dict[str, Any] = {}
    for day, kept in told["days"].items():
        shown = [clock for span in kept[:spans] for clock in span]
        found |= {f"{edge}_{day}": clock for edge, clock in zip(edges(spans), shown, strict=False)}
        found[f"day_{day}"] = True
    return found


def kept_holidays(days: list[date]) -> str:
    return "\n".join(day.strftime("%d/%m/%Y") for day in days)


def _day(text: str) -> str:
    """Raises forms.ValidationError."""
    for shape in _DAYS:
        try:
            # A day has no zone: what is parsed is taken apart at once.
            return datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  # as above
        except ValueError:
            continue
    raise forms.ValidationError(_("“%(text)s” is no day: write 24/12/2026.") % {"text": text[:20]})
