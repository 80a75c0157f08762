"""Addresses of the automations."""

from django.urls import path

from sportello.console.automations import editing, sheets, views

app_name = "automations"
urlpatterns = [
    path("", views.automations, name="list"),
    path("new", editing.new, name="new"),
    path("<int:automation_id>/", views.automation, name="automation"),
    path("<int:automation_id>/edit", editing.edit, name="edit"),
    path("<int:automation_id>/deed", views.deed, name="deed"),
    path("<int:automation_id>/address", views.address, name="address"),
    path("<int:automation_id>/errands/<int:errand_id>/verdict", views.verdict, name="verdict"),
    path("<int:automation_id>/retry", views.retry, name="retry"),
    path("<int:automation_id>/executions.csv", sheets.executions_csv, name="csv"),
    path("<int:automation_id>/executions.xlsx", sheets.executions_xlsx, name="xlsx"),
    path("<int:automation_id>/trial", views.trial, name="trial"),
]
