"""Imports of contacts under way: what was uploaded, how far it is, what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.people import ContactList
from sportello.schema.team import User, Workspace


class ImportState(models.TextChoices):
    MAPPING = "mapping"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"


class ContactImport(models.Model):
    """One file of contacts. What it held is forgotten when it is done; counts and errors stay."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    filename = models.CharField(max_length=240, default="", db_default="", blank=True)
    # Where the people come from, as whoever imports them declared it.
    provenance = models.TextField()
    # The consent that all rows share: category, source, text, at; empty where none is claimed.
    consent = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    listed = models.ForeignKey(
        ContactList, models.SET_NULL, null=True, blank=True, db_constraint=False
    )
    list_name = models.CharField(max_length=120, default="", db_default="", blank=True)
    # {"headers": […], "rows": [[…]]} as read; then the contacts that are to be written.
    table = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    fits = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # By column: phone, name, surname, language, consent_text, …, property, or "" to leave it out.
    mapping = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    state = models.CharField(
        max_length=12,
        choices=ImportState.choices,
        default=ImportState.MAPPING,
        db_default=ImportState.MAPPING,
    )
    total = models.PositiveIntegerField(default=0, db_default=0)
    done = models.PositiveIntegerField(default=0, db_default=0)
    counts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # [{"line", "code", "phone"}], in the order of their lines.
    errors = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="contactimport_workspace_id"),
            one_of("contactimport", "state", ImportState),
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="contactimport_done_in_total"
            ),
        ]
