"""The page of the company's people: who they are, what they may, whom to invite."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.console.team import invitations, mail, powers, second_factor, standing
from sportello.console.team.words import REFUSED, ROLE
from sportello.rules import permissions
from sportello.schema.team import Invitation, Membership, Role

_UNFIT: Final = 422
_PEOPLE_MAX: Final = 200


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        initial=Role.OPERATOR,
        help_text=gettext_lazy("What each may do stands in the table below."),
    )

    def __init__(self, data: Any, by: Membership) -> None:
        super().__init__(data)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role, ROLE[role]) for role in grantable(by)]


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the table."""

    row: Membership
    role: str
    has_second_factor: bool
    is_me: bool
    # An owner is an owner's matter.
    may_change: bool


def grantable(by: Membership) -> list[Role]:
    """From the least; only owners make owners."""
    known = [Role.READER, Role.OPERATOR, Role.ADMINISTRATOR]
    return [*known, Role.OWNER] if by.role == Role.OWNER else known


@member
@require_http_methods(["GET", "POST"])
def people(request: DeskRequest) -> HttpResponse:
    """POST invites. The link is shown once, on the page that answers."""
    form = InvitationForm(request.POST if request.method == "POST" else None, request.membership)
    if request.method == "POST" and form.is_valid():
        return _invited(request, form)
    return _page(request, form, status=_UNFIT if form.errors else None)


def _invited(request: DeskRequest, form: InvitationForm) -> HttpResponse:
    role = Role(form.cleaned_data["role"])
    email = form.cleaned_data["email"]
    try:
        row, path = invitations.invite(request.membership, email, role, request.now)
    except invitations.NotInvitable as refused:
        form.add_error("email", str(REFUSED[refused.code]))
        return _page(request, form, status=_UNFIT)
    link = request.build_absolute_uri(path)
    posted = mail.send_invitation(row, request.workspace, link)
    fresh = InvitationForm(None, request.membership)
    return _page(request, fresh, made={"row": row, "link": link, "posted": posted})


def _page(request: DeskRequest, form: InvitationForm, **more: Any) -> HttpResponse:
    status = more.pop("status", None)
    rows = _members(request)
    with_factor = second_factor.holders([row.user_id for row in rows])
    shown = {
        "form": form,
        "people": [_person(request, row, row.user_id in with_factor) for row in rows],
        "roles": [(role.value, ROLE[role]) for role in grantable(request.membership)],
        "invitations": [
            {"row": row, "role": ROLE[Role(row.role)]}
            for row in invitations.pending(request.now).order_by("-pk")[:_PEOPLE_MAX]
        ],
        "powers": powers.table(),
        "role_names": [ROLE[Role(role)] for role in permissions.Role],
        "tab": "people",
    }
    return render(request, "team/people.html", shown | more, status=status)


def _members(request: DeskRequest) -> QuerySet[Membership]:
    rows = Membership.objects.filter(workspace=request.workspace).select_related("user")
    return rows.order_by("deactivated_at", "user__name", "user__email")[:_PEOPLE_MAX]


def _person(request: DeskRequest, row: Membership, has_second_factor: bool) -> Person:  # noqa: FBT001  # a fact, not a switch
    owner = row.role == Role.OWNER
    return Person(
        row=row,
        role=str(ROLE[Role(row.role)]),
        has_second_factor=has_second_factor,
        is_me=row.user_id == request.user.pk,
        may_change=not owner or request.membership.role == Role.OWNER,
    )


@member
@require_POST
def role(request: DeskRequest, membership_id: int) -> HttpResponse:
    wished = request.POST.get("role", "")
    if wished not in Role.values:
        raise Http404
    return _done(
        request,
        lambda: standing.give_role(request.membership, membership_id, Role(wished)),
        _("Saved. They sign in again, with the new role."),
    )


@member
@require_POST
def rest(request: DeskRequest, membership_id: int) -> HttpResponse:
    return _done(
        request,
        lambda: standing.rest(request.membership, membership_id, request.now),
        _("Deactivated and signed out. Their conversations wait in the queue."),
    )


@member
@require_POST
def return_(request: DeskRequest, membership_id: int) -> HttpResponse:
    return _done(
        request,
        lambda: standing.return_(request.membership, membership_id),
        _("Activated: they can sign in again."),
    )


@member
@require_POST
def removal(request: DeskRequest, membership_id: int) -> HttpResponse:
    return _done(
        request,
        lambda: standing.remove(request.membership, membership_id, request.now),
        _("Removed. What they wrote keeps their name; their conversations wait in the queue."),
    )


@member
@require_POST
def revocation(request: DeskRequest, invitation_id: int) -> HttpResponse:
    try:
        invitations.revoke(invitation_id, request.now)
    except Invitation.DoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, _("The link no longer works."))
    return redirect("people:people")


def _done(request: DeskRequest, deed: Any, told: str) -> HttpResponse:
    try:
        deed()
    except Membership.DoesNotExist as stranger:
        raise Http404 from stranger
    except standing.NotAllowed as refused:
        messages.error(request, str(REFUSED[refused.why.value]))
        return redirect("people:people")
    messages.success(request, told)
    return redirect("people:people")
