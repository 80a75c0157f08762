"""Addresses of the company's settings."""

from django.urls import path

from sportello.console.settings import audit, company, hours, keys, retention, sign_in
from sportello.console.settings import outgoing_views as outgoing

app_name = "settings"
urlpatterns = [
    path("", company.company, name="company"),
    path("hours", hours.hours, name="hours"),
    path("retention", retention.retention, name="retention"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/removal", sign_in.removal, name="sign-in-removal"),
    path("keys", keys.keys, name="keys"),
    path("keys/<int:key_id>/revocation", keys.revocation, name="revocation"),
    path("webhooks", outgoing.endpoints, name="outgoing"),
    path("webhooks/new", outgoing.new, name="endpoint-new"),
    path("webhooks/<int:endpoint_id>/", outgoing.endpoint, name="endpoint"),
    path("webhooks/<int:endpoint_id>/secret", outgoing.rotation, name="endpoint-rotation"),
    path("webhooks/<int:endpoint_id>/removal", outgoing.removal, name="endpoint-removal"),
    path("webhooks/<int:endpoint_id>/trial", outgoing.trial, name="endpoint-trial"),
    path("webhooks/<int:endpoint_id>/replay", outgoing.replay, name="endpoint-replay"),
    path("webhooks/<int:endpoint_id>/deliveries", outgoing.delivered, name="deliveries"),
    path(
        "webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>/replay",
        outgoing.delivery_replay,
        name="delivery-replay",
    ),
    path("audit", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit-csv"),
]
