"""What people have at hand while they write: ready answers, unfinished words, who is at a chat."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from sportello.schema.files import File
from sportello.schema.inbox import Conversation
from sportello.schema.team import User, Workspace


class CannedReply(models.Model):
    """An answer that is typed once: `/shortcut` puts it into the box, its variables filled."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    shortcut = models.CharField(max_length=32)
    text = models.TextField(default="", db_default="", blank=True)
    file = models.ForeignKey(File, models.SET_NULL, null=True, blank=True, db_constraint=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now())
    # Deleted ones stay for a while: a person may want theirs back.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "workspace",
                Lower("shortcut"),
                condition=Q(deleted_at__isnull=True),
                name="cannedreply_shortcut_once",
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="cannedreply_workspace_id"),
            models.CheckConstraint(
                condition=Q(shortcut__regex=r"^[^[:space:]/{}]+$"),
                name="cannedreply_shortcut_typable",
            ),
        ]


class DraftKind(models.TextChoices):
    MESSAGE = "message"
    NOTE = "note"


class Draft(models.Model):
    """What one person began to write in one chat; gone once it is sent or rubbed out."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    user = models.ForeignKey(User, models.CASCADE)
    kind = models.CharField(max_length=8, choices=DraftKind.choices)
    text = models.TextField()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="draft_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["message", "note"]), name="draft_kind_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="draft_says_something"),
        ]


class Presence(models.Model):
    """Who looks at a chat, and until when they count as writing: the database's clock."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    user = models.ForeignKey(User, models.CASCADE)
    seen_at = models.DateTimeField(db_default=Now())
    writing_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="presence_once"),
        ]
