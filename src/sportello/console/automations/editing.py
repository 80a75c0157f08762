"""The editor of an automation: what sets it off, when, to what it leads."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_write
from sportello.console.automations import deeds, queries, words
from sportello.console.automations.forms import AutomationForm, columns_of, initial_of
from sportello.console.campaigns import steps_slots
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign, fit_number
from sportello.console.members import member
from sportello.schema.automations import Automation, Trigger
from sportello.schema.channel import Number
from sportello.schema.files import File

_UNFIT: Final = 422
_SHOW: Final = "show"
_PART_OF: Final = {
    "name": "name",
    "list": "onto",
    "wait": "after_count",
    "fields": "phone",
    "consent": "consent_source",
    "rate": "rate",
}


@member
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """First what sets it off, then the rest."""
    if not may_write(request.membership):
        raise Http404
    trigger = request.GET.get("trigger", "")
    if trigger not in Trigger.values:
        return render(request, "automations/new.html", {"triggers": words.TRIGGER.items()})
    return _edited(request, trigger, None)


@member
@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, automation_id: int) -> HttpResponse:
    try:
        row = queries.automation(automation_id)
    except Automation.DoesNotExist as error:
        raise Http404 from error
    if not may_write(request.membership):
        raise Http404
    return _edited(request, row.trigger, row)


def _edited(request: DeskRequest, trigger: str, row: Automation | None) -> HttpResponse:
    initial = {"after_count": 0, "after_unit": "minutes"} if row is None else initial_of(row)
    if row is None and trigger == Trigger.SILENCE:
        initial = {"after_count": 2, "after_unit": "days"}
    if request.method == "GET" or _SHOW in request.POST:
        shown_as = _filled(request, initial) if request.method == "POST" else initial
        return _page(request, AutomationForm(trigger, initial=shown_as), row)
    form = AutomationForm(trigger, request.POST)
    if not form.is_valid():
        return _page(request, form, row)
    try:
        kept = _keep(request, form, row)
    except UnfitCampaign as wrong:
        part = _PART_OF.get(wrong.part)
        form.add_error(part if part in form.fields else None, words.unfit(wrong.part, wrong.code))
        return _page(request, form, row)
    except NotNow as late:
        form.add_error(None, str(words.STATE[late.state]))
        return _page(request, form, row)
    messages.success(request, _("The automation is saved."))
    return redirect("automations:automation", kept.pk)


def _filled(request: DeskRequest, initial: Mapping[str, object]) -> dict[str, object]:
    """What stands in the form now, unjudged: only its template was chosen anew."""
    given = {name: str(value) for name, value in request.POST.items()}
    switches = {name: name in given for name in ("signed", "repeats")}
    return dict(initial) | given | switches


def _keep(request: DeskRequest, form: AutomationForm, row: Automation | None) -> Automation:
    number = _number(row)
    template = steps_slots.template_of(number, request.POST.get("template", ""))
    if template is None:
        raise UnfitCampaign("template", "unknown")
    kept = None if row is None else row.campaign.file
    upload = request.FILES.get("media")
    file = steps_slots.file_of(request.workspace.pk, request.user, upload, _file(request, kept))
    sight = steps_slots.shown(number, template, {}, file).sight
    given = {name: str(value) for name, value in request.POST.items()}
    wanted = form.wanted(
        template=template.name,
        language=template.language,
        variables=steps_slots.sources(template, given),
        file_id=file.pk if file is not None and sight is not None and sight.needs_file else None,
        number_id=number.pk,
        calendar=None if row is None else row.campaign.calendar,
    )
    if row is None:
        return deeds.create(request.workspace.pk, wanted, request.user, request.now)
    return deeds.change(row.pk, wanted, request.now)


def _page(request: DeskRequest, form: AutomationForm, row: Automation | None) -> HttpResponse:
    given = {name: str(value) for name, value in request.POST.items()}
    number = _number(row)
    kept = None if row is None else row.campaign
    chosen = given.get("template", "" if kept is None else str(kept.template_id or ""))
    template = steps_slots.template_of(number, chosen)
    variables = {} if template is None else steps_slots.sources(template, given)
    if kept is not None and template is not None and kept.template_id == template.pk:
        variables = kept.variables | variables
    file = _file(request, None if kept is None else kept.file)
    columns = columns_of(str(form["columns"].value() or "")) if "columns" in form.fields else {}
    shown = {
        "form": form,
        "automation": row,
        "trigger": form.trigger,
        "trigger_words": words.TRIGGER[form.trigger],
        "slots": steps_slots.shown(number, template, variables, file, columns),
        "back": None if row is None else row.pk,
    }
    status = _UNFIT if form.errors else None
    return render(request, "automations/editor.html", shown, status=status)


def _number(row: Automation | None) -> Number:
    """Its own, or the company's first. Raises Http404 for a company that has none yet."""
    if row is not None:
        return row.campaign.number
    try:
        return fit_number(None)
    except UnfitCampaign as error:
        raise Http404 from error


def _file(request: DeskRequest, kept: File | None) -> File | None:
    named = request.POST.get("file", "")
    if named.isascii() and named.isdigit() and len(named) < 19:
        return File.objects.filter(pk=int(named)).first()
    return kept
