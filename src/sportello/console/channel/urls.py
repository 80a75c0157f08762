"""Addresses of the numbers, their connections and their events."""

from django.urls import path

from sportello.console.channel import connecting, numbers, profile, unblocking, views
from sportello.console.money import views as money

app_name = "channel"
urlpatterns = [
    path("", views.numbers, name="numbers"),
    path("connect", connecting.before, name="before"),
    path("connect/dialogue", connecting.dialogue, name="dialogue"),
    path("connect/credentials", connecting.by_hand, name="hand"),
    path("connections/<int:connection_id>/", connecting.connection, name="connection"),
    path(
        "connections/<int:connection_id>/continuation",
        connecting.continuation,
        name="continuation",
    ),
    path(
        "connections/<int:connection_id>/steps/<int:place>/repetition",
        connecting.repetition,
        name="repetition",
    ),
    path("connections/<int:connection_id>/abandonment", connecting.abandonment, name="abandonment"),
    path("numbers/<int:number_id>/", numbers.number, name="number"),
    path("numbers/<int:number_id>/look", numbers.look, name="look"),
    path("numbers/<int:number_id>/repair", numbers.repair, name="repair"),
    path("numbers/<int:number_id>/profile", profile.profile, name="profile"),
    path("numbers/<int:number_id>/reconnection", numbers.reconnection, name="reconnection"),
    path("numbers/<int:number_id>/disconnection", numbers.disconnection, name="disconnection"),
    path("numbers/<int:number_id>/unlinking", numbers.unlinking, name="unlinking"),
    path("numbers/<int:number_id>/resumption", numbers.resumption, name="resumption"),
    path("numbers/<int:number_id>/unblocking", unblocking.unblocking, name="unblocking"),
    path("spend", money.spend, name="spend"),
    path("spend.csv", money.spend_csv, name="spend-csv"),
    path("events", views.events, name="events"),
    path("set-aside", views.set_aside, name="set-aside"),
    path("set-aside/<int:quarantined_id>/resolution", views.resolution, name="resolution"),
]
