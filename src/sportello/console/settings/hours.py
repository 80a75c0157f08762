"""The company's calendar: its clock, its opening hours, its holidays; one for the whole house."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest
from sportello.console.campaigns.calendars import UnfitCalendar, fit_calendar
from sportello.console.members import member
from sportello.console.weeks import WeekForm, kept_days, kept_holidays, usual_days
from sportello.rules.account_days import zone_of
from sportello.rules.holidays import national
from sportello.rules.opening import company_calendar, turns_at
from sportello.schema.team import Workspace

_UNFIT: Final = 422
_SHOWN_AHEAD: Final = timedelta(days=365)


class HoursForm(WeekForm):
    """Three spans for each weekday at most."""

    spans = shown = 3

    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        help_text=gettext_lazy("By this clock hours, days and quiet hours are counted."),
    )
    said = forms.BooleanField(
        label=gettext_lazy("We have opening hours"),
        required=False,
        help_text=gettext_lazy("Off: nobody is told when people are back, and no hour is shut."),
    )
    shut_on_holidays = forms.BooleanField(
        label=gettext_lazy("Shut on Italian public holidays"),
        required=False,
        help_text=gettext_lazy("Of every year, Easter Monday and the fourth of October included."),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holidays"].label = gettext_lazy("Other days on which you are shut")
        if country != "IT":
            del self.fields["shut_on_holidays"]

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("No such zone: write it as Europe/Rome."))
        return zone

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        if filled.get("said") and not self.errors:
            self.check_days(filled, "said")
        if filled.get("said") and not self.errors:
            try:
                filled["opening"] = fit_calendar(self.week(leave_out_national=False))
            except UnfitCalendar:
                self.add_error("holidays", _("These are too many days: a hundred at most."))
        return filled


@member
@require_http_methods(["GET", "POST"])
def hours(request: DeskRequest) -> HttpResponse:
    company = request.workspace
    form = HoursForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(company),
        now=request.now,
        country=company.country,
    )
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        Workspace.objects.filter(pk=company.pk).update(
            time_zone=filled["time_zone"],
            opening=filled.get("opening"),
            shut_on_holidays=filled.get("shut_on_holidays", False),
        )
        messages.success(request, _("Saved."))
        return redirect("settings:hours")
    shown = {
        "form": form,
        "zones": sorted(zone for zone in available_timezones() if "/" in zone),
        "tab": "hours",
        "turns": _turns(company, request.now),
        "ahead": _ahead(company, request.now),
        "company": company,
    }
    return render(request, "settings/hours.html", shown, status=_UNFIT if form.errors else None)


def _initial(company: Workspace) -> dict[str, Any]:
    told = company.opening
    kept = usual_days() if told is None else kept_days(told, HoursForm.spans)
    holidays = [] if told is None else [date.fromisoformat(day) for day in told["holidays"]]
    return {
        **kept,
        "holidays": kept_holidays(holidays),
        "said": told is not None,
        "time_zone": company.time_zone,
        "shut_on_holidays": company.shut_on_holidays,
    }


def _turns(company: Workspace, now: datetime) -> dict[str, Any] | None:
    """Whether it is open as things are kept, and when that changes."""
    zone = zone_of(company.time_zone)
    calendar = company_calendar(
        company.opening,
        on_holidays_shut=company.shut_on_holidays,
        since=now.astimezone(zone).date(),
    )
    if calendar is None:
        return None
    is_open, at = turns_at(calendar, now, zone)
    return {"is_open": is_open, "at": at}


def _ahead(company: Workspace, now: datetime) -> list[datetime]:
    """The public holidays of the next twelve months, at noon, for the page to name."""
    if company.country != "IT":
        return []
    first = timezone.localtime(now)
    days = national(first.date(), (first + _SHOWN_AHEAD).date())
    return [first.replace(year=day.year, month=day.month, day=day.day) for day in days]
