"""What people are told at the desk: their wishes, the notices, and the browsers that are woken."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sportello.schema.fields import one_of
from sportello.schema.team import User, Workspace


class NoticeKind(models.TextChoices):
    HANDED_OVER = "handed_over"
    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    CLOSING = "closing"
    BRAKED = "braked"
    BLOCKED = "blocked"


class NoticeWish(models.Model):
    """Of what a member wants to be told. Without a row of everything, at any hour."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    events = ArrayField(models.CharField(max_length=12), default=list)
    # By the company's clock; both or neither. Browsers are not woken then, pages still tell.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="noticewish_once"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="noticewish_quiet_hours_whole",
            ),
        ]


class Notice(models.Model):
    """One person is told of one thing, by ids alone; triggers write it (`notices.sql`)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE, db_index=False)
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    # Of which conversation, campaign (`braked`) or number (`blocked`): no foreign keys.
    conversation_id = models.BigIntegerField(null=True, blank=True)
    thing_id = models.BigIntegerField(null=True, blank=True)
    # When the window shuts of which `closing` warns: it warns once of each.
    closes_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True, blank=True)
    # Browsers were woken for it, or it was decided that they are not (the database's clock).
    pushed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [one_of("notice", "kind", NoticeKind)]
        indexes: ClassVar = [
            models.Index(F("user"), F("id").desc(), name="notice_list"),
            models.Index(
                fields=["workspace", "user"],
                name="notice_unseen",
                condition=Q(seen_at__isnull=True),
            ),
            models.Index(fields=["id"], name="notice_to_push", condition=Q(pushed_at__isnull=True)),
            models.Index(
                fields=["conversation_id", "closes_at"],
                name="notice_closing",
                condition=Q(kind="closing"),
            ),
            models.Index(fields=["created_at"], name="notice_age"),
        ]


class PushPlace(models.Model):
    """A browser that its person wants woken: an address at the browser's own push service."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    address = models.CharField(max_length=1000)
    # What the browser calls itself, so that a person knows which it is.
    browser = models.CharField(max_length=200, default="", db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user", "address"], name="pushplace_once")
        ]
