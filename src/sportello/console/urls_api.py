"""Where the outward API lies; `urls` includes it."""

from django.urls import path

from sportello.console.api.app import api

urlpatterns = [path("api/v1/", api.urls)]
