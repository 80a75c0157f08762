"""Addresses of the knowledge."""

from django.urls import path

from sportello.console.library import imports, trials, views

app_name = "library"
urlpatterns = [
    path("", views.pairs, name="pairs"),
    path("new", views.new_pair, name="new"),
    path("import", imports.pairs, name="import"),
    path("import/example", imports.example, name="import-example"),
    path("restoration", views.restoration, name="restoration"),
    path("<int:pair_id>/", views.pair, name="pair"),
    path("<int:pair_id>/deletion", views.deletion, name="deletion"),
    path("trials", trials.ask, name="ask"),
    path("trials/<int:trial_id>", trials.trial, name="trial"),
]
