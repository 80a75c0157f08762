"""What orders conversations: labels, folders, reminders, and deeds done to many at once."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from sportello.schema.fields import one_of
from sportello.schema.inbox import Conversation
from sportello.schema.team import User, Workspace


class Colour(models.TextChoices):
    """Of labels; the style sheet has an ink and a ground for each, in both themes."""

    GREY = "grey"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    PETROL = "petrol"
    BLUE = "blue"
    VIOLET = "violet"
    PINK = "pink"


class Label(models.Model):
    """A word that conversations carry. What was deleted can be brought back for a day."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=40)
    colour = models.CharField(
        max_length=8, choices=Colour.choices, default=Colour.GREY, db_default=Colour.GREY
    )
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="label_name_once",
                condition=Q(deleted_at__isnull=True),
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="label_workspace_id"),
            one_of("label", "colour", Colour),
        ]


class Folder(models.Model):
    """A place where conversations lie, each in one at most; `Conversation.folder` names it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="folder_name_once",
                condition=Q(deleted_at__isnull=True),
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="folder_workspace_id"),
        ]


class Labelling(models.Model):
    """A conversation carries a label."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    label = models.ForeignKey(Label, models.CASCADE, db_constraint=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["label", "conversation"], name="labelling_once")
        ]


class Reminder(models.Model):
    """A person wants a conversation back at a time; it has rung when `rung_at` says when."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_constraint=False)
    user = models.ForeignKey(User, models.CASCADE)
    # The company's time.
    due_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "conversation"], name="reminder_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(rung_at__isnull=True)),
            models.Index(
                F("user"),
                F("rung_at").desc(),
                name="reminder_rung",
                condition=Q(rung_at__isnull=False),
            ),
        ]


class Attendance(models.Model):
    """When a person was last at the desk (the database's clock), and got a chat from the queue."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    seen_at = models.DateTimeField(db_default=Now())
    given_at = models.DateTimeField(null=True, blank=True)
    # Here, but takes no chats from the queue.
    is_away = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="attendance_once")
        ]


class SweepDeed(models.TextChoices):
    CLOSE = "close"
    ASSIGN = "assign"
    LABEL = "label"
    UNLABEL = "unlabel"
    FILE = "file"
    READ = "read"
    UNREAD = "unread"


class SweepState(models.TextChoices):
    """doing → done, → undoing → undone; what is being done may be undone as well."""

    DOING = "doing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Sweep(models.Model):
    """One deed done to all conversations that a filter found; `workers.tend` does it in batches."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    deed = models.CharField(max_length=8, choices=SweepDeed.choices)
    # The colleague, label or folder that the deed speaks of; null: none (out of any folder).
    target = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=8,
        choices=SweepState.choices,
        default=SweepState.DOING,
        db_default=SweepState.DOING,
    )
    total = models.PositiveIntegerField(default=0, db_default=0)
    # How many were looked at, and how many of them changed.
    looked = models.PositiveIntegerField(default=0, db_default=0)
    changed = models.PositiveIntegerField(default=0, db_default=0)
    # The company's time; it can be undone for a while.
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "id"], name="sweep_workspace_id"),
            one_of("sweep", "deed", SweepDeed),
            one_of("sweep", "state", SweepState),
            models.CheckConstraint(
                condition=Q(looked__lte=F("total")) & Q(changed__lte=F("total")),
                name="sweep_not_beyond_its_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="sweep_going",
                condition=Q(state__in=["doing", "undoing"]),
            ),
            models.Index(fields=["at"], name="sweep_age"),
        ]


class Swept(models.Model):
    """A batch of conversations that a sweep goes to: their ids, rising."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    sweep = models.ForeignKey(Sweep, models.CASCADE, db_constraint=False)
    conversations = models.JSONField()
    is_looked_at = models.BooleanField(default=False, db_default=False)
    # How those that changed were before, by id; null: nothing is to be undone.
    before = models.JSONField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["sweep", "id"], name="swept_waiting", condition=Q(is_looked_at=False)
            ),
            models.Index(
                fields=["sweep", "id"], name="swept_changed", condition=Q(before__isnull=False)
            ),
        ]
