"""The editor: written, looked over at every pause of the hand, mended, kept, submitted."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_write
from sportello.console.members import member
from sportello.console.templates_desk import account, captions, deeds, drafts, page, sheet
from sportello.console.templates_desk.editing import (
    Editing,
    Mode,
    acted,
    body_of,
    from_form,
    of_template,
)
from sportello.console.templates_desk.findings import report
from sportello.console.templates_desk.fit import UnfitTemplate
from sportello.console.templates_desk.sheet import Sheet, to_body
from sportello.rules import files, template_life
from sportello.rules.template_text import plain_name
from sportello.schema.files import File
from sportello.schema.templates import Template, TemplateDraft

_UNFIT: Final = 422
_SAVE: Final = "save"
_SUBMIT: Final = "submit"
_SUBMIT_ANYWAY: Final = "submit-anyway"
_DISCARD: Final = "discard"


@member
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    blank = Sheet(language=request.workspace.language, waba_id=account.first_waba())
    return _serve(request, Editing(Mode.NEW, _copied(request, blank)))


def _copied(request: DeskRequest, blank: Sheet) -> Sheet:
    """`?from=` names a template whose words it starts with, under a name of its own."""
    asked = request.GET.get("from", "")
    digits = asked if asked.isascii() and asked.isdecimal() and len(asked) < 19 else "0"
    model = Template.objects.filter(pk=int(digits), deleted_at=None).first()
    if model is None or not sheet.fits(body_of(model)):
        return blank
    return replace(of_template(model, Mode.NEW).sheet, name=_next_name(model.name))


def _next_name(name: str) -> str:
    """`promo_2` after `promo`, `promo_3` after `promo_2`."""
    bare, _underscore, number = plain_name(name).rpartition("_")
    if bare and number.isdecimal() and len(number) < 4:
        return f"{bare}_{int(number) + 1}"
    return f"{plain_name(name)}_2"


@member
@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, template_id: int) -> HttpResponse:
    """A draft is written on; what Meta has is changed there, as far as Meta allows it now."""
    template = _find(template_id)
    if not may_write(request.membership):
        raise PermissionDenied("a reader")
    if not sheet.fits(body_of(template)):
        messages.error(request, _("This kind of template is changed in WhatsApp Manager."))
        return redirect("templates:template", template.pk)
    mode = Mode.DRAFT if template.status in template_life.OURS else Mode.EDIT
    objection = _objection(template, mode, request.now)
    if objection is not None and request.method == "GET":
        messages.error(request, str(captions.OBSTACLES[objection.obstacle]))
        return redirect("templates:template", template.pk)
    return _serve(request, of_template(template, mode))


def _objection(template: Template, mode: Mode, now: datetime) -> template_life.Objection | None:
    life = account.life_of(template)
    if mode is Mode.DRAFT:
        return template_life.against_submitting(life)
    return template_life.against_editing(life, now)


@member
@require_http_methods(["GET", "POST"])
def retry(request: DeskRequest, template_id: int) -> HttpResponse:
    """The way back of a rejected template: a new one, step by step."""
    template = _find(template_id)
    if template.status != "REJECTED" or not sheet.fits(body_of(template)):
        raise Http404
    start = of_template(template, Mode.RETRY)
    return _serve(
        request, replace(start, sheet=replace(start.sheet, name=_next_name(template.name)))
    )


def _find(template_id: int) -> Template:
    found = Template.objects.filter(pk=template_id, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def _serve(request: DeskRequest, start: Editing) -> HttpResponse:
    if not may_write(request.membership):
        raise PermissionDenied("a reader")
    if request.method == "GET":
        return _answer(request, _resumed(request, start))
    editing = from_form(request.POST, start.mode, start.template)
    editing = replace(editing, sheet=_with_fitting_sample(editing.sheet))
    act = request.POST.get("act", "")[:40]
    if act == _SAVE:
        return _save(request, editing)
    if act in {_SUBMIT, _SUBMIT_ANYWAY}:
        return _submit(request, editing, is_sure=act == _SUBMIT_ANYWAY)
    if act == _DISCARD and start.template is not None:
        drafts.forget(start.template.pk)
        return redirect("templates:edit", start.template.pk)
    done = acted(editing, act, request.now)
    _keep_change(request, done)
    return _answer(request, done)


def _resumed(request: DeskRequest, start: Editing) -> Editing:
    """`?draft=1`: with what somebody has written and not handed over."""
    draft = _draft(start) if request.GET.get("draft") == "1" else None
    written = None if draft is None else drafts.written_in(draft)
    return start if written is None else replace(start, sheet=written)


def _draft(editing: Editing) -> TemplateDraft | None:
    if editing.mode is not Mode.EDIT or editing.template is None:
        return None
    return drafts.found(editing.template)


def _keep_change(request: DeskRequest, editing: Editing) -> None:
    """At every pause of the hand; not over an older one that is still being offered."""
    if editing.mode is not Mode.EDIT or editing.template is None or "offered" in request.POST:
        return
    drafts.keep(editing.template, editing.sheet, request.user, request.now)


def _with_fitting_sample(given: Sheet) -> Sheet:
    """A picture is no sample of a video: it is asked for anew."""
    if not given.sample:
        return given
    file = File.objects.filter(pk=int(given.sample)).defer("content").first()
    fits = file is not None and files.sample_flaw(given.header, file.mime_type) is None
    return given if fits else replace(given, sample="")


def _answer(
    request: DeskRequest,
    editing: Editing,
    *,
    refused: str = "",
    is_asking: bool = False,
) -> HttpResponse:
    """The whole page, or for htmx its regions. `refused`: why it was not kept or submitted."""
    shown = page.shown(editing, request.now, request.workspace.name)
    shown |= {"refused": refused, "is_asking": is_asking, "offered": _offered(request, editing)}
    name = (
        "template/editor_regions.html"
        if request.headers.get("HX-Request")
        else "template/editor.html"
    )
    was_refused = bool(refused) or is_asking
    return render(request, name, shown, status=_UNFIT if was_refused else None)


def _offered(request: DeskRequest, editing: Editing) -> TemplateDraft | None:
    """The change that may be brought back: until it is, or is dropped."""
    is_open = (
        "offered" in request.POST if request.method == "POST" else not request.GET.get("draft")
    )
    return _draft(editing) if is_open else None


def _save(request: DeskRequest, editing: Editing) -> HttpResponse:
    """As a draft of ours. What Meta has is never saved halfway: it is changed or it is not."""
    if editing.mode is Mode.EDIT:
        return _submit(request, editing, is_sure=False)
    try:
        kept = _keep(request, editing)
    except (UnfitTemplate, deeds.Refused) as error:
        return _answer(request, editing, refused=_words(error))
    messages.success(request, _("Draft saved."))
    return redirect("templates:edit", kept.pk)


def _keep(request: DeskRequest, editing: Editing) -> Template:
    """Raises UnfitTemplate, Refused."""
    return deeds.save_draft(
        request.workspace.pk,
        to_body(editing.sheet),
        request.user,
        request.now,
        template_id=editing.template_id,
        waba_id=editing.sheet.waba_id,
    )


def _submit(request: DeskRequest, editing: Editing, *, is_sure: bool) -> HttpResponse:
    """Errors stop it, warnings ask once."""
    tried = replace(editing, tried=True)
    _keep_change(request, tried)
    told = report(tried.findings(request.now), tried.sheet)
    if told.blocks:
        return _answer(request, tried, refused=_("Not submitted: something must be mended first."))
    if told.warnings and not is_sure:
        return _answer(request, tried, is_asking=True)
    try:
        submitted = _hand_over(request, tried)
    except (UnfitTemplate, deeds.Refused) as error:
        return _answer(request, tried, refused=_words(error))
    messages.success(request, _("Handed over: this page follows what Meta says."))
    return redirect("templates:template", submitted.pk)


def _hand_over(request: DeskRequest, editing: Editing) -> Template:
    """Raises UnfitTemplate, Refused."""
    body = to_body(editing.sheet)
    if editing.mode is Mode.EDIT and editing.template is not None:
        changed = deeds.edit(editing.template.pk, body, request.user, request.now)
        drafts.forget(changed.pk)
        return changed
    if editing.mode is Mode.RETRY and editing.template is not None:
        return deeds.start_over(editing.template.pk, body, request.user, request.now)
    return deeds.submit(_keep(request, editing).pk, request.user, request.now)


def _words(error: UnfitTemplate | deeds.Refused) -> str:
    if isinstance(error, UnfitTemplate):
        return captions.unfit(error.part, error.code)
    return str(captions.OBSTACLES[error.objection.obstacle])
