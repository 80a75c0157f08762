"""What a language model wrote for an operator: a chat in short, a message in their language."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sportello.schema.fields import one_of
from sportello.schema.inbox import Conversation, Message
from sportello.schema.team import User, Workspace


class GistKind(models.TextChoices):
    SUMMARY = "summary"
    TRANSLATION = "translation"


class GistState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Gist(models.Model):
    """Asked for by a person, written by the worker that answers; nobody but operators sees it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    # The message that is translated; null for the summary of the chat.
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, db_constraint=False)
    kind = models.CharField(max_length=12, choices=GistKind.choices)
    # Into which it is put: the language of whoever asked.
    language = models.CharField(max_length=8)
    state = models.CharField(
        max_length=8,
        choices=GistState.choices,
        default=GistState.WAITING,
        db_default=GistState.WAITING,
    )
    text = models.TextField(default="", db_default="", blank=True)
    # Why there is none, in a stable code (`assistant.models.Why`, or no_room).
    why = models.CharField(max_length=40, default="", db_default="", blank=True)
    # The chat's newest message when it was asked for: a summary of an older one is asked for anew.
    upto = models.BigIntegerField(default=0, db_default=0)
    # The database's clock.
    claimed_until = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("gist", "kind", GistKind),
            one_of("gist", "state", GistState),
            models.CheckConstraint(
                condition=Q(kind="summary", message__isnull=True)
                | Q(kind="translation", message__isnull=False),
                name="gist_of_chat_or_message",
            ),
            models.UniqueConstraint(
                fields=["conversation", "language"],
                name="gist_one_summary",
                condition=Q(kind="summary"),
            ),
            models.UniqueConstraint(
                fields=["message", "language"],
                name="gist_one_translation",
                condition=Q(kind="translation"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="gist_to_write", condition=Q(state="waiting"))
        ]
