"""Addresses of the numbers and their events."""

from django.urls import path

from sportello.console.channel import views
from sportello.console.money import views as money

app_name = "channel"
urlpatterns = [
    path("", views.numbers, name="numbers"),
    path("spend", money.spend, name="spend"),
    path("spend.csv", money.spend_csv, name="spend-csv"),
    path("events", views.events, name="events"),
    path("set-aside", views.set_aside, name="set-aside"),
    path("set-aside/<int:quarantined_id>/resolution", views.resolution, name="resolution"),
]
