"""Imports of contacts: the file, how far it is, what came of it, what is wrong with which row."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.people import Contact
from sportello.schema.team import User, Workspace


class ImportState(models.TextChoices):
    """Uploaded, a worker looks at the file; then a person maps it; then a worker takes it in."""

    LOOKING = "looking"
    MAPPING = "mapping"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ContactImport(models.Model):
    """One file of contacts. Its bytes go when it is over; counts and rows with flaws stay."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    filename = models.CharField(max_length=240, default="", db_default="", blank=True)
    size = models.PositiveBigIntegerField(default=0, db_default=0)
    # Where the people come from, as whoever imports them declared it.
    provenance = models.TextField()
    # The consent that all rows share: category, source, text, at; empty where none is claimed.
    consent = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    # The lists that its contacts join, and the name of one that is still to be made.
    lists = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    list_name = models.CharField(max_length=120, default="", db_default="", blank=True)
    # Of numbers without a prefix (ISO); "": the company's own.
    country = models.CharField(max_length=2, default="", db_default="", blank=True)
    # {"headers": […], "rows": [[…]], "lines": […]}: the first rows, for whoever maps the columns.
    sample = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # By column: {"part", "name", "kind"}; a part is phone, name, …, property, or "".
    mapping = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # How the rows are read, from the start on (`intake.portions`).
    plan = models.JSONField(null=True, blank=True)
    state = models.CharField(
        max_length=12,
        choices=ImportState.choices,
        default=ImportState.LOOKING,
        db_default=ImportState.LOOKING,
    )
    # Why it failed.
    reason = models.CharField(max_length=40, default="", db_default="", blank=True)
    total = models.PositiveIntegerField(default=0, db_default=0)
    # Rows of the file that are behind us: committed with what they brought.
    done = models.PositiveIntegerField(default=0, db_default=0)
    counts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Rows a second, of late.
    rate = models.FloatField(default=0.0, db_default=0.0)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="contactimport_workspace_id"),
            one_of("contactimport", "state", ImportState),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="contactimport_done_in_total"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(plan__isnull=False),
                name="contactimport_runs_by_a_plan",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(reason="")) | (~Q(state="failed") & Q(reason="")),
                name="contactimport_failed_with_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="contactimport_waiting",
                condition=Q(state__in=["looking", "running"]),
            ),
            models.Index(F("workspace"), F("id").desc(), name="contactimport_list"),
        ]


class ImportPart(models.Model):
    """A piece of an uploaded file: whichever host's page took it, any worker can read it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    upload = models.ForeignKey(ContactImport, models.CASCADE, db_constraint=False)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "place"], name="importpart_once")
        ]


class ImportFlaw(models.Model):
    """What is wrong with a row, and the row as it stood in the file."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    upload = models.ForeignKey(ContactImport, models.CASCADE, db_constraint=False)
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    cells = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["upload", "line", "id"], name="importflaw_list"),
        ]


class ImportSeen(models.Model):
    """Whom an import has met already: of rows with one number the first stands."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    upload = models.ForeignKey(ContactImport, models.CASCADE, db_constraint=False)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "contact"], name="importseen_once")
        ]
