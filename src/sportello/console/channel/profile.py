"""The business profile: how whole it is, why that matters, and its change."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_administer
from sportello.console.channel import captions, deeds, words
from sportello.console.channel.doors import FORBIDDEN, number_of
from sportello.console.channel.forms import ProfileForm
from sportello.console.members import member
from sportello.console.templates_desk import files, refusals
from sportello.rules import profile as rules
from sportello.schema.channel import Number
from sportello.schema.files import File

_UNFIT: Final = 422


@member
@require_http_methods(["GET", "POST"])
def profile(request: DeskRequest, number_id: int) -> HttpResponse:
    number = number_of(number_id)
    known = number.profile if isinstance(number.profile, dict) else {}
    administers = may_administer(request.membership)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ProfileForm(*given, initial=initial(known))
    if request.method == "POST":
        if not administers:
            return render(request, "403.html", status=FORBIDDEN)
        photo = _photo(request, form) if form.is_valid() else None
        if form.is_valid():
            return _saved(request, number, rules.changes(form.wish(), known), photo)
    shown = {
        "number": number,
        "form": form,
        "administers": administers,
        "picture": known.get("profile_picture_url", ""),
        "going": deeds.open_of(number),
        **completeness(known),
    }
    return render(request, "channel/profile.html", shown, status=_UNFIT if form.errors else None)


def completeness(known: dict[str, Any]) -> dict[str, Any]:
    """For the page and for the number's card."""
    found = rules.completeness(known)
    missing = [captions.PARTS[part] for part in found.missing]
    return {"percent": found.percent, "missing": missing}


def initial(known: dict[str, Any]) -> dict[str, Any]:
    """The form as Meta's profile fills it."""
    sites = [*rules.sites_of(known), "", ""]
    plain = {name: known.get(name) or "" for name in (*rules.LENGTHS, "vertical")}
    return plain | {"site": sites[0], "other_site": sites[1]}


def _photo(request: DeskRequest, form: ProfileForm) -> File | None:
    """The photo's row; what Meta would not take is an error of the form."""
    given = form.cleaned_data.get("photo")
    if given is None:
        return None
    if given.size > rules.PHOTO_BYTES_MAX:
        form.add_error("photo", _("At most 5 MB."))
        return None
    try:
        kept = files.keep(
            request.workspace.pk, request.user, given.read(),
            filename=given.name or "", mime_type=given.content_type or "",
        )  # fmt: skip
    except files.UnfitFile as unfit:
        form.add_error("photo", str(refusals.FLAWS[unfit.code]))
        return None
    if kept.mime_type not in rules.PHOTO_TYPES:
        form.add_error("photo", _("A photo is a JPEG or a PNG."))
        return None
    return kept


def _saved(
    request: DeskRequest, number: Number, changes: dict[str, Any], photo: File | None
) -> HttpResponse:
    if not changes and photo is None:
        messages.success(request, _("Nothing has changed."))
        return redirect("channel:profile", number.pk)
    try:
        row = deeds.save_profile(
            number, changes, None if photo is None else photo.pk, request.user, request.now
        )
    except deeds.NotNow as refused:
        messages.error(request, str(words.NOT_NOW[refused.why]))
        return redirect("channel:profile", number.pk)
    return redirect("channel:connection", row.pk)
