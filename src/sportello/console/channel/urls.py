"""Addresses of the numbers and their events."""

from django.urls import path

from sportello.console.channel import views

app_name = "channel"
urlpatterns = [
    path("", views.numbers, name="numbers"),
    path("events", views.events, name="events"),
    path("set-aside", views.set_aside, name="set-aside"),
    path("set-aside/<int:quarantined_id>/resolution", views.resolution, name="resolution"),
]
