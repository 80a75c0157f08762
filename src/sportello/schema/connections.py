"""What people ask Meta about a number, step by step: connect, reconnect, disconnect, its profile.

`tend` performs the steps; a crash goes on with the first step that is not done.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.channel import Number
from sportello.schema.fields import one_of
from sportello.schema.team import User, Workspace


class ConnectionKind(models.TextChoices):
    CONNECT = "connect"
    RECONNECT = "reconnect"
    DISCONNECT = "disconnect"
    # The webhooks' way is looked at, and repaired.
    REPAIR = "repair"
    PROFILE = "profile"


class ConnectionState(models.TextChoices):
    """`stopped`: a step failed, or asks a person for something; they go on or give up."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    GIVEN_UP = "given_up"


class StepState(models.TextChoices):
    TO_DO = "to_do"
    DOING = "doing"
    DONE = "done"
    FAILED = "failed"


class Connection(models.Model):
    """One such undertaking. Ids are empty until they are known."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    kind = models.CharField(max_length=12, choices=ConnectionKind.choices)
    # By Meta's dialogue, or with credentials typed in.
    by_hand = models.BooleanField(default=False, db_default=False)
    number = models.ForeignKey(Number, models.CASCADE, null=True, blank=True, db_constraint=False)
    waba_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    phone_number_id = models.CharField(max_length=32, default="", db_default="", blank=True)
    # What the steps found out and what is wished: numbers to choose from, the profile to be saved.
    facts = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    state = models.CharField(
        max_length=12,
        choices=ConnectionState.choices,
        default=ConnectionState.RUNNING,
        db_default=ConnectionState.RUNNING,
    )
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Null: nobody of the company asked, `tend` saw that it was needed.
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("connection", "kind", ConnectionKind),
            one_of("connection", "state", ConnectionState),
            models.UniqueConstraint(fields=["workspace", "id"], name="connection_workspace_id"),
            models.CheckConstraint(
                condition=Q(kind="connect") | Q(number__isnull=False),
                name="connection_of_a_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopped"], ended_at__isnull=True)
                | Q(state__in=["done", "given_up"], ended_at__isnull=False),
                name="connection_ends_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="connection_due", condition=Q(state="running")),
            models.Index(fields=["workspace", "-id"], name="connection_list"),
        ]


class ConnectionStep(models.Model):
    """One step. `error`: kind, and of an answer of Meta's its code, subcode and words."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE, db_constraint=False)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=16)
    state = models.CharField(
        max_length=8,
        choices=StepState.choices,
        default=StepState.TO_DO,
        db_default=StepState.TO_DO,
    )
    at = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("connectionstep", "state", StepState),
            models.UniqueConstraint(fields=["connection", "place"], name="connectionstep_place"),
            models.CheckConstraint(
                condition=Q(state="failed", error__isnull=False)
                | (~Q(state="failed") & Q(error__isnull=True)),
                name="connectionstep_failed_with_error",
            ),
        ]


class ConnectionSecret(models.Model):
    """Code, token, PIN and app secret on their way: sealed, and deleted with the last step.

    The console's role may write but not read them.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    connection = models.ForeignKey(Connection, models.CASCADE, db_constraint=False)
    name = models.CharField(max_length=12)
    sealed = models.BinaryField()
    at = models.DateTimeField(db_default=Now())


class AppSecret(models.Model):
    """The secret of an app that is not the installation's own: it signs that company's webhooks."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    app_id = models.CharField(max_length=32)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "app_id"], name="appsecret_once")
        ]


class NumberChange(models.Model):
    """Something that changed about a number; a trigger writes it, whoever made the change."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    number = models.ForeignKey(Number, models.CASCADE, db_constraint=False)
    # The column's name, or one of the facts under `told`.
    kind = models.CharField(max_length=24)
    before = models.CharField(max_length=200, default="", db_default="", blank=True)
    after = models.CharField(max_length=200, default="", db_default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number", "-at"], name="numberchange_history"),
        ]


class Unblocking(models.Model):
    """That Meta was asked to lift a block: as a rule it grants one, so they are counted."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    waba_id = models.CharField(max_length=32)
    # What the company says it has corrected, as it stood in the request.
    corrected = models.TextField(default="", db_default="", blank=True)
    asked_at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "waba_id"], name="unblocking_of")]
