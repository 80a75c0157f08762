"""Addresses of the contacts, their consents and their imports."""

from django.urls import path

from sportello.console.contacts import imports, views

app_name = "contacts"
urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("<int:contact_id>/", views.contact, name="contact"),
    path("<int:contact_id>/consents", views.consent, name="consent"),
    path("<int:contact_id>/withdrawal", views.withdrawal, name="withdrawal"),
    path("imports/", imports.new_import, name="new-import"),
    path("imports/example", imports.example, name="example"),
    path("imports/<int:import_id>/", imports.an_import, name="import"),
    path("imports/<int:import_id>/progress", imports.progress, name="progress"),
    path("imports/<int:import_id>/errors", imports.errors, name="errors"),
]
