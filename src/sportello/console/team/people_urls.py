"""Addresses of the company's people."""

from django.urls import path

from sportello.console.team import people

app_name = "people"
urlpatterns = [
    path("", people.people, name="people"),
    path("<int:membership_id>/role", people.role, name="role"),
    path("<int:membership_id>/rest", people.rest, name="rest"),
    path("<int:membership_id>/return", people.return_, name="return"),
    path("<int:membership_id>/removal", people.removal, name="removal"),
    path("invitations/<int:invitation_id>/revocation", people.revocation, name="revocation"),
]
