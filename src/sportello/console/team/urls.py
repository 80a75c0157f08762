"""Addresses of signing in and of the person's own account: those of allauth that are offered.

There is no registration, and nothing that needs an e-mail server: who is locked out, or lost their
second factor, gets a one-time link from `sportello user create`.
"""

from allauth.account import views
from django.urls import include, path

from sportello.console.team import company_door
from sportello.console.team.views import devices

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("company/", company_door.find, name="company-find"),
    path("company/<slug:company>/", company_door.door, name="company-door"),
    path("company/<slug:company>/knock", company_door.knock, name="company-knock"),
    path("company-return", company_door.back, name="company-return"),
    path("sessions/", devices, name="usersessions_list"),
]
