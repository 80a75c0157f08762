"""Addresses of the company's settings."""

from django.urls import path

from sportello.console.settings import audit, company, hours, keys, retention

app_name = "settings"
urlpatterns = [
    path("", company.company, name="company"),
    path("hours", hours.hours, name="hours"),
    path("retention", retention.retention, name="retention"),
    path("keys", keys.keys, name="keys"),
    path("keys/<int:key_id>/revocation", keys.revocation, name="revocation"),
    path("audit", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit-csv"),
]
