"""The Django application that owns the tables."""

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "sportello.schema"
    label = "sportello"
    default_auto_field = "django.db.models.BigAutoField"
