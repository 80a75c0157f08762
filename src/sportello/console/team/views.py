"""A person's own pages: the one-time link that lets them in, language, theme, password."""

from typing import cast

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import list_usersessions
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sportello import clock
from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.console.team import links, second_factor, sessions
from sportello.schema.team import User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_GONE = 410


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """A GET only asks: the programs that preview links must not spend it. The demo's own link comes
    from the terminal, where nothing previews it, and signs in at once.
    """
    if request.method == "GET" and not settings.SPORTELLO_DEMO:
        return render(request, "team/enter.html", {"secret": secret})
    user = links.redeem(secret, clock.now())
    if user is None:
        return render(request, "team/spent.html", status=_GONE)
    login(request, user, backend=_BACKEND)
    return redirect("home")


@member
@require_http_methods(["GET", "POST"])
def devices(request: DeskRequest) -> HttpResponseBase:
    """The list as allauth draws it; this device stands in it, whenever it signed in."""
    sessions.note(request=request)
    return cast("HttpResponseBase", list_usersessions(request))


@member
@require_POST
def session_end(request: DeskRequest, session_id: int) -> HttpResponse:
    """Signs the person out on another of their devices. Raises Http404 for anybody else's."""
    mine = UserSession.objects.filter(user_id=request.user.pk)
    get_object_or_404(mine, pk=session_id).end()
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("As colleagues see it. Customers do not."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        choices=[
            ("auto", gettext_lazy("As on this device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
    )


@member
@require_http_methods(["GET", "POST"])
def profile(request: DeskRequest) -> HttpResponse:
    user = request.user
    kept = {"name": user.name, "language": user.language, "theme": user.theme}
    form = ProfileForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=user.pk).update(**form.cleaned_data)
        # Said in the language that was chosen just now.
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        return redirect("profile")
    shown = {
        "form": form,
        "has_password": user.has_usable_password(),
        "has_factor": user.pk in second_factor.holders([user.pk]),
    }
    return render(request, "team/profile.html", shown)
