"""Addresses of the company's settings."""

from django.urls import path

from sportello.console.settings import audit, company, keys

app_name = "settings"
urlpatterns = [
    path("", company.company, name="company"),
    path("keys", keys.keys, name="keys"),
    path("keys/<int:key_id>/revocation", keys.revocation, name="revocation"),
    path("audit", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit-csv"),
]
