"""How long each kind of content is kept, and what every night took."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.team import Workspace


class RetainedKind(models.TextChoices):
    """What each takes away, `rules.retention` says."""

    MESSAGES = "messages"
    MEDIA = "media"
    CLOSED = "closed"
    ANSWERS = "answers"
    FILLED = "filled"
    FLAWS = "flaws"


class Retention(models.Model):
    """A kind that a company keeps for so many days; one without a row is kept for ever."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=8, choices=RetainedKind.choices)
    days = models.PositiveIntegerField()
    # When it is looked at next, by the company's time; and how far tonight's look has come: which
    # part of the kind (`store/retention.py`), up to which row, how many rows it took.
    due_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    upto = models.BigIntegerField(default=0, db_default=0)
    gone = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="retention_once"),
            one_of("retention", "kind", RetainedKind),
            models.CheckConstraint(
                condition=Q(days__gte=7, days__lte=3650), name="retention_days_bounded"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="retention_due")]


class RetentionRun(models.Model):
    """A night that took something: how many rows of which kind. Lines are added, never changed."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_index=False)
    kind = models.CharField(max_length=8, choices=RetainedKind.choices)
    days = models.PositiveIntegerField()
    gone = models.BigIntegerField()
    # The company's time at its end.
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [one_of("retentionrun", "kind", RetainedKind)]
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"], name="retentionrun_list")]
