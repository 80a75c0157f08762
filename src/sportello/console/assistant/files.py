"""Who puts into words what customers send as files: saved from the page of the models."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest, may_administer
from sportello.console.assistant import keys
from sportello.console.assistant.forms import FilesForm, micros
from sportello.console.assistant.models import shown_page
from sportello.console.members import member
from sportello.schema.file_reading import FileReading

_FORBIDDEN = 403


@member
@require_POST
def files(request: DeskRequest) -> HttpResponse:
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    form = FilesForm(request.POST, prefix="files")
    if not form.is_valid() or not _keep(request, form):
        return shown_page(request, wrong_files=form)
    messages.success(request, _("Saved. It holds from the next message on."))
    return redirect("assistant-model")


def _keep(request: DeskRequest, form: FilesForm) -> bool:
    """A key goes only where it was given for: another address wants it anew."""
    filled, workspace = form.cleaned_data, request.workspace
    kept = FileReading.objects.filter(workspace=workspace).first() or FileReading()
    last4, moved = kept.voice_key_last4, kept.voice_url != filled["voice_url"]
    if moved and last4 and not filled["voice_key"]:
        form.add_error(
            "voice_key", _("Give the key again: the old one was meant for another address.")
        )
        return False
    if filled["voice_key"]:
        last4 = keys.keep_voice(workspace.pk, filled["voice_key"].strip())
    told: dict[str, Any] = {
        "documents": filled["documents"],
        "voice": filled["voice"],
        "voice_url": filled["voice_url"],
        "voice_model": filled["voice_model"],
        "voice_key_last4": last4,
        "voice_minute_micros": micros(filled["voice_minute"]) or 0,
        "updated_at": timezone.now(),
    }
    FileReading.objects.update_or_create(workspace=workspace, defaults=told)
    return True
