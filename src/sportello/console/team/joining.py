"""The page behind an invitation: a stranger becomes a member, once."""

from typing import Any, Final, cast

from django import forms
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sportello import clock
from sportello.console import access, actor
from sportello.console.team import invitations, sessions
from sportello.console.team.words import ROLE, ROLE_SAYS
from sportello.schema.team import Invitation, Membership, Role, User, Workspace

_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_GONE: Final = 410
_UNFIT: Final = 422


class JoiningForm(forms.Form):
    """Of somebody who has no account yet."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters, and none of the common ones."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """A GET only asks. Who has an account accepts signed in to it; all others choose a password."""
    now = clock.now()
    if request.user.is_authenticated:
        return _joined_by_account(request, secret)
    with access.workspace_transaction(None):
        found = invitations.find(secret, now)
        if found is None:
            return render(request, "team/invitation_spent.html", status=_GONE)
        access.narrow(found.workspace_id, actor.of_guest(request, now))
        if User.objects.filter(email__iexact=found.email).exists():
            return _shown(request, found, None, account=True)
        form = JoiningForm(request.POST if request.method == "POST" else None)
        if request.method == "GET" or not form.is_valid():
            return _shown(request, found, form)
        user = _made(found, form)
        if not invitations.accept(found, user, now):
            return render(request, "team/invitation_spent.html", status=_GONE)
    login(request, user, backend=_BACKEND)
    return redirect("home")


def _made(found: Invitation, form: JoiningForm) -> User:
    language = get_language() or "it"
    user = User(email=found.email, name=form.cleaned_data["name"], language=language[:2])
    user.set_password(form.cleaned_data["password"])
    user.save()
    return user


def _joined_by_account(request: HttpRequest, secret: str) -> HttpResponse:
    """Inside the transaction that `WorkspaceMiddleware` opened for the person."""
    assert isinstance(request.user, User)
    now = cast("access.DeskRequest", request).now
    found = invitations.find(secret, now)
    if found is None:
        return render(request, "team/invitation_spent.html", status=_GONE)
    access.narrow(found.workspace_id, "")
    theirs = request.user.email.lower() == found.email.lower()
    # Of two companies, neither's provider may open the account: it needs a password first.
    others = Membership.objects.filter(user=request.user).exclude(workspace_id=found.workspace_id)
    bare = theirs and not request.user.has_usable_password() and others.exists()
    if request.method == "GET" or not theirs or bare:
        return _shown(request, found, None, account=True, theirs=theirs, bare=bare)
    access.act_as(actor.of_page(cast("access.DeskRequest", request)))
    if not invitations.accept(found, request.user, now):
        return render(request, "team/invitation_spent.html", status=_GONE)
    # What the first company's provider opened ends here.
    sessions.end_others(request, request.user)
    request.session[access.WORKSPACE_KEY] = found.workspace_id
    return redirect("home")


def _shown(
    request: HttpRequest, found: Invitation, form: JoiningForm | None, **more: Any
) -> HttpResponse:
    role = Role(found.role)
    shown = {
        "form": form,
        "company": Workspace.objects.get(pk=found.workspace_id).name,
        "email": found.email,
        "role": ROLE[role],
        "role_says": ROLE_SAYS[role],
    }
    status = _UNFIT if form is not None and form.errors else None
    return render(request, "team/invitation.html", shown | more, status=status)
