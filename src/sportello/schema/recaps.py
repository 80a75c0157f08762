"""What a person and a customer said to each other, kept in short for the assistant that goes on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.inbox import Conversation
from sportello.schema.team import Workspace


class RecapState(models.TextChoices):
    WAITING = "waiting"
    WRITTEN = "written"


class Recap(models.Model):
    """Wanted by the trigger (`assistant.sql`) when a person gives a chat back, or the idle timer
    does; the words lie in the message of type `recap`, and go with it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    # The control under which the assistant goes on: with the next change of hands it is history.
    control_epoch = models.PositiveIntegerField()
    # When the chat came back (company's time).
    at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=RecapState.choices,
        default=RecapState.WAITING,
        db_default=RecapState.WAITING,
    )
    message_id = models.BigIntegerField(null=True, blank=True)
    # The conversation's `answering_until` while an owed answer waits for it.
    held_until = models.DateTimeField(null=True, blank=True)
    # The database's clock.
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            one_of("recap", "state", RecapState),
            models.UniqueConstraint(fields=["conversation", "control_epoch"], name="recap_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="recap_to_write", condition=Q(state="waiting"))
        ]
