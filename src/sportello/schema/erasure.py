"""People who are erased: the job that takes their words away, and the mark that keeps their no."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.people import Contact
from sportello.schema.team import User, Workspace


class ErasureState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"


class Erasure(models.Model):
    """One contact erased. Name and number went with the request; the rest goes in portions."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    contact = models.ForeignKey(Contact, models.CASCADE, db_constraint=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    state = models.CharField(
        max_length=8,
        choices=ErasureState.choices,
        default=ErasureState.RUNNING,
        db_default=ErasureState.RUNNING,
    )
    # By what the journal and quarantine are searched for them; gone when the job is done.
    wa_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    user_id = models.CharField(max_length=160, default="", db_default="", blank=True)
    # Which part is under way (`store/erasures.py`), and up to which row it has come.
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    upto = models.BigIntegerField(default=0, db_default=0)
    # How many rows of each kind have lost their content.
    counts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("erasure", "state", ErasureState),
            models.CheckConstraint(
                condition=Q(state="running") | Q(wa_id="", user_id="", finished_at__isnull=False),
                name="erasure_done_forgets_the_number",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="erasure_waiting", condition=Q(state="running")),
            models.Index(fields=["contact"], name="erasure_contact"),
        ]


class Suppression(models.Model):
    """Somebody who was erased, by a keyed hash of their number or id: whoever comes again under it
    has said no already. Neither role may read the key (`sportello_mark_of`).
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="suppression_once")
        ]


class SuppressionKey(models.Model):
    """The company's key of those hashes; made with the first of them."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    secret = models.BinaryField()
