"""Addresses of a campaign's follow-ups."""

from django.urls import path

from sportello.console.campaigns import steps_views

app_name = "campaign-steps"
urlpatterns = [
    path("", steps_views.followups, name="followups"),
    path("new", steps_views.new, name="new"),
    path("<int:position>/", steps_views.one, name="one"),
    path("retry", steps_views.retry, name="retry"),
    path("errands/<int:errand_id>/verdict", steps_views.verdict, name="verdict"),
    path("<int:position>/removal", steps_views.removal, name="removal"),
]
