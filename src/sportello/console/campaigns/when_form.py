"""The third step's form: start, hours by weekday, holidays, pace, and who goes first."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.campaigns.drafts import When
from sportello.console.campaigns.when_words import WEEKDAYS
from sportello.rules.holidays import national
from sportello.schema.campaigns import Campaign, Zone

_CLOCK: Final = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
_INSTANT: Final = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
_USUAL: Final = ("09:00", "13:00", "15:00", "19:00")
_HOLIDAYS_LENGTH: Final = 2_000
_RATE_MAX: Final = 60_000
_YEAR: Final = timedelta(days=365)
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")


class WhenForm(forms.Form):
    """`days` are fourteen fields and seven boxes: two spans for each weekday."""

    start = forms.ChoiceField(
        label=gettext_lazy("Start"),
        choices=[("now", gettext_lazy("As soon as I confirm")), ("at", gettext_lazy("On"))],
        widget=forms.RadioSelect,
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Day and hour"), required=False, widget=_INSTANT
    )
    hours = forms.ChoiceField(
        label=gettext_lazy("Hours"),
        choices=[
            ("any", gettext_lazy("At any hour, quiet hours apart")),
            ("some", gettext_lazy("Only on these days and hours")),
        ],
        widget=forms.RadioSelect,
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Whose clock counts"),
        choices=[
            (Zone.COMPANY.value, gettext_lazy("The company's")),
            (Zone.CUSTOMER.value, gettext_lazy("The customer's, by the country of the number")),
        ],
        widget=forms.RadioSelect,
    )
    national = forms.BooleanField(
        label=gettext_lazy("Leave out Italian public holidays"), required=False
    )
    holidays = forms.CharField(
        label=gettext_lazy("Other days to leave out"),
        required=False,
        max_length=_HOLIDAYS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "24/12/2026"}),
        help_text=gettext_lazy("One for each line."),
    )
    pace = forms.ChoiceField(
        label=gettext_lazy("Pace"),
        choices=[
            ("fast", gettext_lazy("As fast as Meta allows")),
            ("rate", gettext_lazy("At most so many a minute")),
            ("finish", gettext_lazy("So that it is over by")),
        ],
        widget=forms.RadioSelect,
    )
    rate = forms.IntegerField(
        label=gettext_lazy("Messages a minute"), required=False, min_value=1, max_value=_RATE_MAX
    )
    finish_by = forms.DateTimeField(label=gettext_lazy("Over by"), required=False, widget=_INSTANT)
    canary = forms.IntegerField(
        label=gettext_lazy("How many go first"),
        required=False,
        min_value=1,
        max_value=_RATE_MAX,
        help_text=gettext_lazy(
            "The rest waits until it is seen that these arrive and nobody complains. Empty: "
            "everybody at once, and a mistake reaches all."
        ),
    )

    def __init__(self, *args: Any, country: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._country, self._now = country, now
        for day, words in enumerate(WEEKDAYS):
            self.fields[f"day_{day}"] = forms.BooleanField(label=words, required=False)
            for edge in ("from", "to", "again_from", "again_to"):
                field = forms.TimeField(label=_EDGES[edge], required=False, widget=_CLOCK)
                self.fields[f"{edge}_{day}"] = field
        if country != "IT":
            del self.fields["national"]

    def days(self) -> Iterator[dict[str, Any]]:
        for day in range(len(WEEKDAYS)):
            yield {
                "on": self[f"day_{day}"],
                "edges": [self[f"{edge}_{day}"] for edge in _EDGES],
            }

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        needed = (
            ("start", "at", "starts_at", _("Say when.")),
            ("pace", "rate", "rate", _("Say how many.")),
            ("pace", "finish", "finish_by", _("Say by when.")),
        )
        for field, choice, wanted, said in needed:
            if filled.get(field) == choice and filled.get(wanted) is None and not self.errors:
                self.add_error(wanted, said)
        starts_at = filled.get("starts_at")
        if filled.get("start") == "at" and starts_at is not None and starts_at <= self._now:
            self.add_error("starts_at", _("This is past."))
        if filled.get("hours") == "some" and not self.errors:
            self._check_days(filled)
        return filled

    def _check_days(self, filled: dict[str, Any]) -> None:
        chosen = [day for day in range(len(WEEKDAYS)) if filled.get(f"day_{day}")]
        if not chosen:
            self.add_error("hours", _("Choose a day at least."))
        for day in chosen:
            for begins, ends in (("from", "to"), ("again_from", "again_to")):
                start, end = filled.get(f"{begins}_{day}"), filled.get(f"{ends}_{day}")
                is_first = begins == "from"
                if (start is None) != (end is None) or (is_first and start is None):
                    self.add_error(f"{ends}_{day}", _("Give both hours, or neither."))
                elif start is not None and end is not None and end != time.min and start >= end:
                    self.add_error(f"{ends}_{day}", _("It ends before it begins."))

    def clean_holidays(self) -> list[str]:
        given = self.cleaned_data["holidays"].replace(",", "\n").splitlines()
        return [_day(line.strip()) for line in given if line.strip()]

    def wanted(self) -> When:
        """Of a form that is valid."""
        filled = self.cleaned_data
        return When(
            starts_at=filled["starts_at"] if filled["start"] == "at" else None,
            calendar=self._calendar(filled) if filled["hours"] == "some" else None,
            zone=Zone(filled["zone"]),
            finish_by=filled["finish_by"] if filled["pace"] == "finish" else None,
            rate=filled["rate"] if filled["pace"] == "rate" else None,
            canary=filled["canary"],
        )

    def _calendar(self, filled: dict[str, Any]) -> dict[str, Any]:
        days = {
            str(day): _spans(filled, day)
            for day in range(len(WEEKDAYS))
            if filled.get(f"day_{day}")
        }
        left_out = set(filled["holidays"])
        if filled.get("national"):
            first = timezone.localtime(self._now).date()
            left_out |= {day.isoformat() for day in national(first, first + _YEAR)}
        return {"days": days, "holidays": sorted(left_out)}


_EDGES: Final = {
    "from": gettext_lazy("from the hour"),
    "to": gettext_lazy("to"),
    "again_from": gettext_lazy("and from"),
    "again_to": gettext_lazy("to"),
}


def initial_of(row: Campaign) -> dict[str, Any]:
    """What the draft keeps, with the usual hours of an office where it keeps none."""
    pace = "finish" if row.finish_by is not None else "rate" if row.rate is not None else "fast"
    return {
        "start": "now" if row.starts_at is None else "at",
        "starts_at": row.starts_at,
        "hours": "any" if row.calendar is None else "some",
        "zone": row.zone,
        "pace": pace,
        "rate": row.rate,
        "finish_by": row.finish_by,
        "canary": row.canary,
        **_initial_days(row.calendar),
    }


def _initial_days(calendar: dict[str, Any] | None) -> dict[str, Any]:
    if calendar is None:
        usual = dict(zip(_EDGES, _USUAL, strict=True))
        clocks = {f"{edge}_{day}": clock for day in range(7) for edge, clock in usual.items()}
        return clocks | {f"day_{day}": day < 5 for day in range(7)} | {"national": True}
    found: dict[str, Any] = {}
    for day, spans in calendar["days"].items():
        shown = [clock for span in spans[:2] for clock in span]
        found |= {f"{edge}_{day}": clock for edge, clock in zip(_EDGES, shown, strict=False)}
        found[f"day_{day}"] = True
    days = [date.fromisoformat(day) for day in calendar.get("holidays", ())]
    known = set(national(min(days), max(days))) if days else set()
    ours = [day for day in days if day not in known]
    found["national"] = bool(known & set(days))
    found["holidays"] = "\n".join(day.strftime("%d/%m/%Y") for day in ours)
    return found


def _spans(filled: dict[str, Any], day: int) -> list[list[str]]:
    pairs = (("from", "to"), ("again_from", "again_to"))
    given = [(filled.get(f"{begins}_{day}"), filled.get(f"{ends}_{day}")) for begins, ends in pairs]
    return [
        [start.isoformat("minutes"), end.isoformat("minutes")]
        for start, end in given
        if start is not None and end is not None
    ]


def _day(text: str) -> str:
    """Raises forms.ValidationError."""
    for shape in _DAYS:
        try:
            # A day has no zone: what is parsed is taken apart at once.
            return datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  # as above
        except ValueError:
            continue
    raise forms.ValidationError(_("“%(text)s” is no day: write 24/12/2026.") % {"text": text[:20]})
