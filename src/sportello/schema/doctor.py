"""What somebody asked the doctor, and what was found; and messages that were sent once more."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.channel import Number
from sportello.schema.fields import one_of
from sportello.schema.inbox import Message
from sportello.schema.team import User, Workspace


class SubjectKind(models.TextChoices):
    NUMBER = "number"
    MESSAGE = "message"
    CONVERSATION = "conversation"
    CAMPAIGN = "campaign"
    TEMPLATE = "template"


class ExaminationState(models.TextChoices):
    WANTED = "wanted"
    LOOKING = "looking"
    DONE = "done"


class ExaminationDeed(models.TextChoices):
    """What `tend` shall do at Meta before it looks."""

    NONE = ""
    RESUBSCRIBE = "resubscribe"
    REFRESH = "refresh_template"


class Examination(models.Model):
    """One question to the doctor. `tend` looks, and writes what it saw as it sees it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False)
    subject = models.CharField(max_length=12, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    deed = models.CharField(
        max_length=20, choices=ExaminationDeed.choices, default="", db_default="", blank=True
    )
    # Meta's answer to the deed: {"code", "said"}; empty: it went well, or there was none.
    deed_error = models.JSONField(null=True, blank=True)
    state = models.CharField(
        max_length=8,
        choices=ExaminationState.choices,
        default=ExaminationState.WANTED,
        db_default=ExaminationState.WANTED,
    )
    # By name of the look: {"at", "miss", "code", "said"}, each added as it ends.
    looks = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    # In order: {"code", "weight", "turn", "deed", "meta", "values", "evidence"}.
    findings = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # The company's time, as what is shown beside it.
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    # The database's time: what is older than a month goes.
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("examination", "subject", SubjectKind),
            one_of("examination", "state", ExaminationState),
            one_of("examination", "deed", ExaminationDeed),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="examination_done_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-id"], name="examination_list"),
            models.Index(fields=["id"], name="examination_open", condition=~Q(state="done")),
            models.Index(fields=["created_at"], name="examination_age"),
        ]


class Repetition(models.Model):
    """A message that certainly did not arrive, and the one that says it anew: once."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    message = models.OneToOneField(
        Message, models.CASCADE, db_constraint=False, related_name="repetition"
    )
    by_message = models.OneToOneField(
        Message, models.CASCADE, db_constraint=False, related_name="repeats"
    )
    at = models.DateTimeField()
