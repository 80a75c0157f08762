"""The addresses of the figures."""

from django.urls import path

from sportello.console.analytics import views

app_name = "analytics"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("campaigns", views.funnels, name="funnels"),
    *(path(f"{table}.csv", views.csv, {"table": table}, name="csv") for table in views.FILES),
]
