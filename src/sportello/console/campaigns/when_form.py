"""The third step's form: start, hours by weekday, holidays, pace, and who goes first."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.campaigns.drafts import When
from sportello.console.weeks import WeekForm, kept_days, kept_holidays, usual_days
from sportello.rules.holidays import national
from sportello.rules.opening import as_campaign_hours
from sportello.schema.campaigns import Campaign, Zone
from sportello.schema.team import Workspace

_INSTANT: Final = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
_RATE_MAX: Final = 60_000


class WhenForm(WeekForm):
    """Spans for each weekday, as many as a campaign may keep; or the company's own hours as they
    are today.
    """

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
            ("house", gettext_lazy("In the company's opening hours")),
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

    def __init__(self, *args: Any, company: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if company.country != "IT":
            del self.fields["national"]
        self._house = house_hours(company, timezone.localtime(self._now).date())
        if self._house is None:
            hours: Any = self.fields["hours"]
            hours.choices = [one for one in hours.choices if one[0] != "house"]

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
            self.check_days(filled, "hours")
        return filled

    def wanted(self) -> When:
        """Of a form that is valid."""
        filled = self.cleaned_data
        return When(
            starts_at=filled["starts_at"] if filled["start"] == "at" else None,
            calendar=self._calendar(),
            zone=Zone(filled["zone"]),
            finish_by=filled["finish_by"] if filled["pace"] == "finish" else None,
            rate=filled["rate"] if filled["pace"] == "rate" else None,
            canary=filled["canary"],
        )

    def _calendar(self) -> dict[str, Any] | None:
        filled = self.cleaned_data
        match filled["hours"]:
            case "some":
                return self.week(leave_out_national=bool(filled.get("national")))
            case "house":
                return self._house
            case _:
                return None


def house_hours(company: Workspace, today: date) -> dict[str, Any] | None:
    """The company's own hours as a campaign keeps them; None where it has none."""
    return as_campaign_hours(
        company.opening, on_holidays_shut=company.shut_on_holidays, since=today
    )


def initial_of(row: Campaign, today: date) -> dict[str, Any]:
    """What the draft keeps, with the usual hours of an office where it keeps none."""
    pace = "finish" if row.finish_by is not None else "rate" if row.rate is not None else "fast"
    house = house_hours(row.workspace, today)
    hours = "any" if row.calendar is None else "house" if row.calendar == house else "some"
    return {
        "start": "now" if row.starts_at is None else "at",
        "starts_at": row.starts_at,
        "hours": hours,
        "zone": row.zone,
        "pace": pace,
        "rate": row.rate,
        "finish_by": row.finish_by,
        "canary": row.canary,
        **_initial_days(row.calendar),
    }


def _initial_days(calendar: dict[str, Any] | None) -> dict[str, Any]:
    if calendar is None:
        return usual_days() | {"national": True}
    days = [date.fromisoformat(day) for day in calendar.get("holidays", ())]
    known = set(national(min(days), max(days))) if days else set()
    return {
        **kept_days(calendar, WhenForm.spans),
        "national": bool(known & set(days)),
        "holidays": kept_holidays([day for day in days if day not in known]),
    }
